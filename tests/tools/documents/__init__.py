"""Tests of `tools.documents`."""
