"""The ledger: rules, executor, chain and audit.  Pure: no file, socket, clock or random number.

`executor.execute` takes a view of the state and ordered batches and returns verdicts, postings and
changes; both engines, the audit and the simulator call it, so they cannot disagree.
"""
