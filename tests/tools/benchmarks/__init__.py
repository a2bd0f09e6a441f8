"""Tests of the benchmarks: that each runs and says what the README promises."""
