"""Mutation runs over the pure cores: every small wrong change must make some test fail.

mutmut makes and tries the mutants, in a copy of the tree under `out/`; what it has tried it
remembers, so a run can be stopped and gone on with, and a change costs only what it touched.
"""
