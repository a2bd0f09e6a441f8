"""What the owner of a node's machine can ask of it, serving or stopped.

One table of acts (`acts.ACTS`).  A serving node answers them on a unix socket in its home that only
its owner may open; of a stopped node they are done in process, under the same lock.
"""
