"""What drives the programs from outside: bootstrap, demo, benchmarks, simulation."""
