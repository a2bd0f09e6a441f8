"""The office: what an administrator does with a node, whether by a page or on the command line.

Reads the store, proposes transactions to the engine, and keeps this node's own tables (people,
sessions, products, team, card numbers).  Knows nothing of HTTP; the pages ask it through
`server.web.port`.  `card_file` and `catalogue` are pure.
"""
