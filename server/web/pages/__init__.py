"""The pages, one module a family: each gives a blueprint that reads the office and renders."""
