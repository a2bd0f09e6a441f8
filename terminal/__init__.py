"""The till: reads cards, sells with or without a network, and tells the node what it did.

`till/` decides and is pure; `reader/`, `offline_queue/`, `sync/` and `ui/` are thin adapters;
`shell.py` is the only loop. This package never imports the server's.
"""
