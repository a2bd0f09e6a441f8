"""What a node does by itself: one thread, one table of jobs, each under a lease.

Guarantees that a job that was missed runs as soon as the node is there again, that two never run
the same one at once, and that a failing job is shown and tried again without stopping the others.
"""
