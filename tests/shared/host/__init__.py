"""Tests of the impure corner, on real files."""
