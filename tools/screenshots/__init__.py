"""Pictures of what people see, for people to judge: rendered by the real widgets and pages."""
