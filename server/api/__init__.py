"""The machine API `/api/v1`: what terminals ask of a node (PROTOCOL §§2, 4).

Guarantees that every answer is a documented message or an RFC 9457 problem with one code of ours,
and that whatever is asked twice has its effect once.  Handlers take a `Call` and give a message, so
they know nothing of HTTP; only `application.py` does.  Reaches the store and the engine
through `port.py`.
"""
