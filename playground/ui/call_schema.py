"""What a call must be before Gradio reads it: its route's fields, an event that exists, as many values as that takes.

Gradio answers a call that is none with HTTP 500, a traceback in the log, or {"error": null}.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted

#: Routes of Gradio below gradio_api/ that take a call, by their first part.
_ROUTES = ("call", "run", "api", "queue/join", "component_server", "cancel", "reset")
#: Characters of an id that a caller chooses. Gradio's own have 11 to 32.
_LONGEST_ID = 200
_IDS = ("session_hash", "event_id", "fn_name")
_NUMBERS = ("fn_index", "trigger_id", "component_id")
#: A surrogate in the bytes of a JSON text, lone or one of a pair.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
_LONE = re.compile("[\ud800-\udfff]")


class NoSuchCallError(PlaygroundError):
    """There is no such endpoint, event, component or server function."""


def check_call(page: gr.Blocks, path: str, media_type: str, body: bytes) -> None:
    """Raises PlaygroundError for a call that cannot be one, and NoSuchCallError for one of what is not there.

    path: of a request that sends something, without slashes at its ends; all but the routes of calls pass.
    """
    route = path.removeprefix("gradio_api/")
    if not route.startswith(_ROUTES):
        return
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise PlaygroundError(say("shared.call.media_type"))
    call = _object(body)
    if route.startswith("call/v2/"):
        _check_names(_named(page, route.removeprefix("call/v2/")), call)
        return
    _check_fields(call)
    if route.startswith("component_server"):
        _check_server_function(page, call)
    elif route.startswith(("call/", "run/", "api/", "queue/join")):
        _check_event(page, route, call)


def check_answer(page: gr.Blocks, path: str) -> None:
    """Raises NoSuchCallError for a path that asks for the answer of a call of which there is none, any more or yet."""
    parts = path.removeprefix("gradio_api/").split("/")
    if parts[0] != "call" or len(parts) < 3:
        return
    queue, event = page._queue, parts[-1]
    waiting = (queue.event_ids_to_events, queue.pending_messages_per_session, *queue.pending_event_ids_session.values())
    if not any(event in some for some in waiting):
        raise NoSuchCallError(say("shared.call.no_answer"))


def _object(body: bytes) -> dict[str, Any]:
    """A body as an object of which each text can be written down again."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):  # of syntax, of encoding, or of a number with 5,000 digits
        raise PlaygroundError(say("shared.call.json")) from None
    if not isinstance(call, dict):
        raise PlaygroundError(say("shared.call.object"))
    if _SURROGATE.search(body):
        for text in _texts(call):
            if lone := _LONE.search(text):
                name, code = say("shared.call.text"), ord(lone[0])
                raise PlaygroundError(say("shared.invalid.surrogate", position=lone.start() + 1, name=name, code=code))
    return call


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(part)


def _check_fields(call: Mapping[str, Any]) -> None:
    for name in _IDS:
        value = call.get(name)
        if value is None or (name == "event_id" and value == ""):
            continue
        if not (isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()):
            raise PlaygroundError(say("shared.call.id", name=name, most=_LONGEST_ID, value=quoted(value)))
    for name in _NUMBERS:
        if call.get(name) is not None and type(call[name]) is not int:
            _raise_kind(name, "number", call[name])
    for name in ("simple_format", "batched"):
        if not isinstance(call.get(name, False), bool):
            _raise_kind(name, "bool", call[name])
    if call.get("batched"):
        raise PlaygroundError(say("shared.call.batched"))
    if call.get("oauth_token") is not None and not isinstance(call["oauth_token"], str):
        _raise_kind("oauth_token", "text", call["oauth_token"])


def _raise_kind(name: str, kind: str, value: object) -> None:
    expected = say(f"shared.invalid.kinds.{kind}")
    raise PlaygroundError(say("shared.invalid.kind", name=name, kind=expected, value=quoted(value)))


def _needs(call: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if call.get(name) is None:
            raise PlaygroundError(say("shared.call.missing", name=name))


def _named(page: gr.Blocks, name: str) -> Any:
    """The event of an endpoint, by its name."""
    for event in page.fns.values():
        if event.api_name == name and event.fn is not None:
            return event
    raise NoSuchCallError(say("shared.call.no_endpoint", name=quoted(name)))


def _check_event(page: gr.Blocks, route: str, call: Mapping[str, Any]) -> None:
    if not isinstance(call.get("data"), list):
        _raise_kind("data", "list", call.get("data"))
    name = "" if route == "queue/join" else route.partition("/")[2]
    if route == "queue/join":
        _needs(call, "session_hash", "fn_index")
    # A page names its events by number also in /run; /call reads the name alone.
    if call.get("fn_index") is None or route.startswith("call/"):
        event = _named(page, name)
    else:
        event = page.fns.get(call["fn_index"])
    if event is None or (event.fn is None and not event.cancels):
        raise NoSuchCallError(say("shared.call.no_event", number=call["fn_index"]))
    if not event.cancels:
        _check_count(event, len(call["data"]))


def _check_count(event: Any, given: int) -> None:
    """A call by position has a value for each input; one of a page may have more, which its script has added."""
    count = len(event.inputs)
    if event.api_visibility == "private":
        if given < count:
            raise PlaygroundError(say("shared.call.count", given=given, count=count))
    elif given != count:
        names = ", ".join(inspect.signature(event.fn).parameters)
        raise PlaygroundError(
            say("shared.call.count_named", endpoint=event.api_name, given=given, count=count, names=names)
        )


def _check_names(event: Any, call: Mapping[str, Any]) -> None:
    parameters = inspect.signature(event.fn).parameters
    if unknown := next((name for name in call if name not in parameters and name != "oauth_token"), None):
        raise PlaygroundError(say("shared.guard.parameter", name=unknown[:40]))
    needed = (name for name, one in parameters.items() if one.default is one.empty and name not in call)
    if missing := next(needed, None):
        raise PlaygroundError(say("shared.call.missing", name=missing))


def _check_server_function(page: gr.Blocks, call: Mapping[str, Any]) -> None:
    _needs(call, "session_hash", "component_id", "fn_name")
    if "data" not in call:
        raise PlaygroundError(say("shared.call.missing", name="data"))
    block = page.blocks.get(call["component_id"])
    if block is None:
        raise NoSuchCallError(say("shared.call.no_component", number=call["component_id"]))
    if not getattr(getattr(block, call["fn_name"], None), "_is_server_fn", False):
        raise NoSuchCallError(say("shared.call.no_function", name=quoted(call["fn_name"])))
