"""The one error that reaches a visitor: its message says what went wrong and what to do."""


class PlaygroundError(Exception):
    """A visitor's mistake or a machine's limit, explained in a sentence that they can act on.

    The message is plain text: whoever shows it as HTML escapes it first.
    """
