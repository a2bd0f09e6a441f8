"""A payment provider without money: what a node without Stripe keys plays with.

It answers the real `stripe` library as Stripe's API would (sessions, payments, refunds, errors,
idempotency), keeps its state in a file of the node's home, shows its own payment page, and is as
rude as the network can be when a test asks for it.  It is labelled on every page, and a node with
`production = true` refuses to start with it.  It imports neither `stripe` nor the node.
"""
