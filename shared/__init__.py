"""What a terminal and a node must agree on: bytes, words, amounts and rules.

Everything here except `shared.host` is pure: values in, values out; no file, socket, clock or
random number.  Both sides import it, so a change here is a change of the protocol: it needs a new
test vector, and an ADR when old bytes would read differently.
"""
