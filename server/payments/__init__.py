"""Money that comes in by bank card: reloads through Stripe Checkout (PROTOCOL §9).

Guarantees that a payment is credited exactly once whatever arrives first, twice or at once, that
a paid reload is never dropped (what cannot be credited is held or waits in view of the admins),
and that nothing is credited on the word of a message: every event is fetched again from the API.

`gateway.py` alone may import `stripe`.  `reload.py` and `limits.py` are pure.  `standin/` is a
payment provider without money for a node without keys; it may not run in production.
"""
