"""Tests of what people see on the till."""
