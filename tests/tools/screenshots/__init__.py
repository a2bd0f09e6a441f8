"""Tests of the picture tool."""
