"""Verification by somebody who trusts no node: `tirelire verify …` (`python -m server.verify`).

Reads files and says in words what they prove.  Uses the pure cores only: no database, no network,
no home.  Exit codes: 0 proven, 1 not proven, 2 a command or file that is not understood.
"""
