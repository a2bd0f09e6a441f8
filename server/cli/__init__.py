"""The command line of a node: `tirelire node …` (`python -m server.cli`).

One file a family of commands.  Commands ask a `desk` (the serving node, or the stopped one in
process) and print what it answers, for people or as JSON.  Exit codes: 0 done, 1 not possible or
something is wrong, 2 a command that is not understood.
"""
