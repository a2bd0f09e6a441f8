"""Tests of the payment provider without money."""
