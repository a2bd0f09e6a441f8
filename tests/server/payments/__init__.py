"""Tests of reloads: the real stripe library over the stand-in, a real SQLite table."""
