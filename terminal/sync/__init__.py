"""The conversation with the node: what was journalled goes out, what the node knows comes in.

`plan.py` and `directory.py` are pure; `node_sync.py` carries out PROTOCOL §4 over a `Transport`;
`client.py` is the one module that imports `requests`; `pairing.py` enrols the terminal, `trust.py`
follows the node's key and `identity.py` keeps who we both are.  Nothing is ever removed from the
journal here, and no error of the node stops the selling.
"""
