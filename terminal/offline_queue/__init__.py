"""The terminal's durable memory: nothing turns green before it is in here.

`database.py` opens the file and holds its schema; `journal.py` appends linked and signed entries
and keeps what the node said about them; `drafts.py` speaks the till's language over it.  The raw
`sqlite3` of the standard library is imported nowhere else on the terminal.  No network here.
"""
