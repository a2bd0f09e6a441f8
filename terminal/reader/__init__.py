"""Card readers: a card held to the reader becomes one UID, in full, exactly once.

`session.py` is the dialogue with the card (no I/O); `reader.py` runs it over a `Field`, which is
what a driver implements: `nfcpy_driver.py` for real readers (and for cards simulated in another
process), `simulated.py` in this process.  Nothing here knows about money or the journal.
"""
