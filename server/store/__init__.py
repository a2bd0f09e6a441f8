"""The store: one database (SQLite or PostgreSQL) behind SQLAlchemy Core, written by one thread.

Guarantees that what the writer answered is on the disk, that a failure leaves nothing half written,
and that readers never wait for it.  `block_*` is the truth and only grows; `chain_*` is an index of
it that can be dropped and rebuilt; `local_*` belongs to this node alone.  Knows no rule of money.
"""
