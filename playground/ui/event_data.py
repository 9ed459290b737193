"""What a view reports with an event: an object of names and values, which anybody can send as well."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int

#: Beyond it, JavaScript's numbers are not whole any more.
_LARGEST = 1 << 53


class EventValues(dict[str, Any]):
    """Values by name. A name that is needed and missing is a PlaygroundError."""

    def __missing__(self, name: str) -> Any:
        """Raises PlaygroundError."""
        raise PlaygroundError(say("shared.call.event_value", name=name))

    def number(self, name: str) -> int:
        """The whole number of that name. Raises PlaygroundError if it is none."""
        return parse_int(self[name], -_LARGEST, _LARGEST, say("shared.call.event_number", name=name))


def event_values(event: gr.EventData) -> EventValues:
    """The values of an event; none if it reports anything but an object."""
    return EventValues(event._data) if isinstance(event._data, dict) else EventValues()


def next_count(count: str | None) -> str:
    """The next value of a hidden counter, whose change draws something; "1" after what is no count."""
    return str(int(count) + 1) if count and count.isdecimal() and len(count) < 12 else "1"
