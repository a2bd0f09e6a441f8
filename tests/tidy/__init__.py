"""Style as a test."""
