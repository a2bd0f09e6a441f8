"""Tests of the run that plays the days."""
