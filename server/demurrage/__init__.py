"""When idle money melts: what a node proposes, and the run that plays the days (PROTOCOL §8).

`plan.py` is pure and says what one day calls for; `run.py` carries it out, a day at a time,
notices first.  The rule itself is `server.ledger.demurrage`, which every node executes: what is
proposed here wrongly is rejected there.
"""
