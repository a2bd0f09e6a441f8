"""The demo: a node and a till as the real processes they are, with a network that can be cut.

Neither process knows that it is in a demo.  The story is told from outside: through the command
line, the pages, the till's control socket (posted touches, held cards) and a TCP proxy.
"""
