"""End to end: the real processes, a cable that can be cut, and what must hold afterwards."""
