"""Tests of the one script."""
