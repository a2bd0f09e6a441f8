"""Tests of `shared.bodies`."""
