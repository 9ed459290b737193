"""The one error whose message visitors see: it says what is wrong and what to do."""


class PlaygroundError(Exception):
    """A visitor's mistake or a limit of the machine, explained in a sentence that visitors can act on.

    The message is plain text: escape it before showing it as HTML.
    """
