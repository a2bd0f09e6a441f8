"""Verification by somebody who trusts no node: `tirelire verify …` (`python -m server.verify`).

Reads files, or a node's chain over HTTP, and says in words what they prove.  Uses the pure cores
only: no database, no home, and no network but for an address that was given.  Exit codes: 0 proven,
1 not proven, 2 a command, file or answer that is not understood.
"""
