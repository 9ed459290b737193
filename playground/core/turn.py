"""The turn of a call in a line of calls, which it gives back while it waits for the network.

Whoever serves calls sets it for each; elsewhere there is none. A thread that a call starts has none either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report


class CallerLeft(BaseException):  # noqa: N818 - no error: no handler of errors is meant to catch it
    """Ends work whose caller has gone."""


class Turn(Protocol):
    """A call's place in its line."""

    def is_wanted(self) -> bool:
        """Whether the caller is still there."""

    def give_back(self) -> None:
        """Lets the next call of the line begin. Raises PlaygroundError if too many have done so already."""

    def take_again(self) -> None:
        """Waits until the line has room for this call, unless its caller goes."""


#: The turn of this call, if it has one.
turn_of_call: ContextVar[Turn | None] = ContextVar("turn_of_call", default=None)


@contextmanager
def given_back(report: Report) -> Iterator[Report]:
    """While a call waits for the network: other calls of its line go on. Yields a Report that ends with its caller.

    Raises PlaygroundError if too many calls wait for the network, or if the caller goes.
    """
    turn = turn_of_call.get()
    if turn is None:
        yield report
        return

    def report_while_wanted(doing: str, fraction: float) -> None:
        if not turn.is_wanted():
            raise CallerLeft
        report(doing, fraction)

    turn.give_back()
    try:
        yield report_while_wanted
    except CallerLeft:
        raise PlaygroundError(say("shared.outcome.stopped")) from None
    finally:
        turn.take_again()
