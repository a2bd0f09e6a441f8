"""Benchmarks: each prints its figure as a ratio to a limit or peer measured in the same run.

The machine is noisy, so a figure alone says little: the limit is what raw sqlite3 (WAL,
synchronous=FULL) does with the same bytes, seconds earlier, on the same disk.
"""
