"""What each page shows, as plain values.

A template renders only these; nothing in them can ask a database, read a clock or fail.  Times
are UTC milliseconds, days are dates, money is whole minor units beside its asset.  Words live in
`words.py` and in the templates: a view carries enum members and figures, never sentences.
"""
