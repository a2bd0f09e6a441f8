"""The till's rules: events in, commands out, no I/O, no clock, no randomness.

`flow.py` holds the table (state, event) → handler; it is the machine. A sale that was not
journalled is never shown as paid, and trouble never empties the basket.
"""
