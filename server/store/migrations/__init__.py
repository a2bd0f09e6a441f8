"""Migrations of `local_*`, in order.  A migration that was released is never changed."""
