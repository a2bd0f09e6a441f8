"""kill -9 of a node under load, again and again on one database, with books kept beside it.

`script.py` says what every client of the node intends, `life.py` is the process that is killed,
`zygote.py` starts it in milliseconds, `books.py` is a second ledger of plain dicts, and `drill.py`
kills, starts again and compares after every kill.
"""
