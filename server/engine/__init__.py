"""Who orders the blocks: the port and its engines.

Guarantees one writer: whatever the engine, blocks are executed one after the other by the store's
writer thread.  May not know about HTTP or pages.
"""
