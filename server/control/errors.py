"""Why an act was not done."""


class NotPossibleError(Exception):
    """The act was not done, and nothing happened; the message says why and what to do."""
