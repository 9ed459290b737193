"""How events run: handlers return values by name, models take turns, progress shows where it is drawn, Stop stops.

A handler is a pure function of plain values: it returns an Update, {name of a component: its new value}, and what the
Update does not name stays as it is. `call` connects it with the components, and does the translation for Gradio.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.utils import get_positional_input_parameters, get_positional_parameters, get_type_hints

from playground.core.errors import PlaygroundError
from playground.ui import messages
from playground.ui.view import new_run

#: Name of a component -> its new value, or an update such as gr.Slider(maximum=9). What is absent stays as it is.
Update = Mapping[str, Any]
#: A component; or several by name (a mapping, or a dataclass of components) or in their order (a tuple).
Slot = Any

#: For every event that runs a model.
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
#: For events that are the page's own business.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
#: For what follows from controls: a change that comes during its work counts afterwards, which by default is lost.
FOLLOWS: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
#: Waits until a cancelled event is gone, then hands the inputs on.
AFTER_CANCEL = "(...values) => new Promise((done) => setTimeout(() => done(values), 150))"


def call(
    function: Callable[..., Any], components: Any, inputs: Sequence[Any] = (), outputs: Sequence[Any] = ()
) -> dict[str, Any]:
    """Keywords of a Gradio event: {"fn", "inputs", "outputs"}, for `button.click(**call(...), **QUIET)`.

    function: a handler that returns an Update, or a generator of Updates. It takes one value for each of `inputs`, in
    their order, besides gr.EventData and gr.Request by their annotation. An unknown name in its Update is a ValueError.
    A PlaygroundError that it raises is shown in `notice`, if that is among the outputs.
    components: a dataclass of components, or a mapping of names to components, or a tuple of such, as (panel, shared).
    inputs, outputs: names of its fields, or components themselves. A field may also hold several components: by name,
    which is one argument {name: value}, and the same in an Update; or in a tuple, which is one argument of that length.
    """
    known = _fields_of(components)
    taken = [known[item] if isinstance(item, str) else item for item in _known(inputs, known, function)]
    filled = {name: known[name] for name in (_name_of(item, known, function) for item in outputs)}
    leaves = [leaf for slot in filled.values() for leaf in _leaves(slot)]
    handler = _handler(function, taken, filled, leaves)
    return {"fn": handler, "inputs": [leaf for slot in taken for leaf in _leaves(slot)], "outputs": leaves}


def _fields_of(components: Any) -> dict[str, Slot]:
    if isinstance(components, tuple):
        merged: dict[str, Slot] = {}
        for part in components:
            named = _fields_of(part)
            if twice := merged.keys() & named.keys():
                raise ValueError(f"two components are called {', '.join(sorted(twice))}")
            merged |= named
        return merged
    if isinstance(components, Mapping):
        return dict(components)
    return {field.name: getattr(components, field.name) for field in fields(components)}


def _known(items: Sequence[Any], known: Mapping[str, Slot], function: Callable[..., Any]) -> Sequence[Any]:
    if isinstance(items, str):
        raise ValueError(f"{_title(function)}: give a list of names, not {items!r}")
    for item in items:
        if isinstance(item, str) and item not in known:
            raise ValueError(f"{_title(function)}: there is no component {item!r} among {', '.join(known)}")
    return items


def _name_of(item: Any, known: Mapping[str, Slot], function: Callable[..., Any]) -> str:
    if isinstance(item, str):
        _known([item], known, function)
        return item
    for name, slot in known.items():
        if slot is item:
            return name
    raise ValueError(f"{_title(function)}: an output has no name among {', '.join(known)}")


def _title(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", repr(function))


def _parts(slot: Slot) -> dict[Any, Slot] | None:
    """What a slot holds, by name or place; None for a component."""
    if isinstance(slot, Block):
        return None
    if isinstance(slot, Mapping) or is_dataclass(slot):
        return dict(_fields_of(slot))
    if isinstance(slot, (tuple, list)):
        return dict(enumerate(slot))
    raise ValueError(f"{slot!r} is not a component")


def _leaves(slot: Slot) -> list[Any]:
    parts = _parts(slot)
    return [slot] if parts is None else [leaf for part in parts.values() for leaf in _leaves(part)]


def _gathered(slot: Slot, values: Iterator[Any]) -> Any:
    """A slot's argument out of the values of its leaves."""
    parts = _parts(slot)
    if parts is None:
        return next(values)
    found = {name: _gathered(part, values) for name, part in parts.items()}
    return tuple(found.values()) if isinstance(slot, (tuple, list)) else found


def _scattered(slot: Slot, value: Any, name: str, found: dict[int, Any]) -> None:
    """Puts the new values of a slot's leaves into `found`, by the components' ids."""
    parts = _parts(slot)
    if parts is None:
        found[slot._id] = value
        return
    if isinstance(slot, (tuple, list)):
        if len(value) != len(parts):
            raise ValueError(f"{name} has {len(parts)} components, and was given {len(value)} values")
        value = dict(enumerate(value))
    for key, new in value.items():
        if key not in parts:
            raise ValueError(f"there is no component {key!r} in {name}")
        _scattered(parts[key], new, f"{name}.{key}", found)


def _handler(
    function: Callable[..., Any], taken: Sequence[Slot], filled: Mapping[str, Slot], leaves: Sequence[Any]
) -> Callable[..., Any]:
    """The function as Gradio calls it: one value for each component in, a list of values out."""
    arguments, signature = _flat_signature(function, taken)

    def given(values: Sequence[Any]) -> list[Any]:
        flat = iter(values)
        return [next(flat) if slot is _SPECIAL else _gathered(slot, flat) for slot in arguments]

    def outputs(update: Update) -> Any:
        found: dict[int, Any] = {}
        for name, value in update.items():
            if name not in filled:
                raise ValueError(f"{_title(function)} fills {name!r}, which is not among its outputs")
            _scattered(filled[name], value, name, found)
        ordered = [found.get(leaf._id, gr.skip()) for leaf in leaves]
        return ordered if len(ordered) > 1 else ordered[0] if ordered else None

    def failed(error: PlaygroundError) -> Any:
        if "notice" not in filled:
            raise error
        return outputs({"notice": messages.error_notice(error)})

    def handler(*values: Any) -> Any:
        try:
            return outputs(function(*given(values)))
        except PlaygroundError as error:
            return failed(error)

    def stream(*values: Any) -> Iterator[Any]:
        try:
            for update in function(*given(values)):
                yield outputs(update)
        except PlaygroundError as error:
            yield failed(error)

    made: Any = stream if inspect.isgeneratorfunction(function) else handler
    made.__name__, made.__qualname__ = getattr(function, "__name__", "handler"), _title(function)
    made.__doc__, made.__module__ = function.__doc__, function.__module__
    made.__signature__ = signature
    made.__annotations__ = {parameter.name: parameter.annotation for parameter in signature.parameters.values()}
    return made  # type: ignore[no-any-return]


#: Marks an argument that Gradio itself fills: gr.EventData or gr.Request.
_SPECIAL = object()


def _flat_signature(function: Callable[..., Any], taken: Sequence[Slot]) -> tuple[list[Any], inspect.Signature]:
    """(slot of each argument, the signature with a parameter for each component), for Gradio counts parameters."""
    hints: dict[str, Any] = get_type_hints(function)  # type: ignore[no-untyped-call]
    plain = {parameter.name for parameter in get_positional_input_parameters(function)}
    arguments: list[Any] = []
    flat: list[inspect.Parameter] = []
    slots = list(taken)

    def add(slot: Slot) -> None:
        arguments.append(slot)
        for _ in _leaves(slot):
            flat.append(_parameter(f"value_{len(flat)}"))

    for parameter in get_positional_parameters(function):
        if parameter.name not in plain:
            arguments.append(_SPECIAL)
            flat.append(_parameter(parameter.name, hints[parameter.name]))
        elif slots:
            add(slots.pop(0))
        elif parameter.default is inspect.Parameter.empty:
            raise ValueError(f"{_title(function)} takes more than the {len(taken)} values of its inputs")
    starred = any(one.kind is one.VAR_POSITIONAL for one in inspect.signature(function).parameters.values())
    if slots and not starred:
        raise ValueError(f"{_title(function)} takes fewer than the {len(taken)} values of its inputs")
    for slot in slots:
        add(slot)
    return arguments, inspect.Signature(flat)


def _parameter(name: str, annotation: Any = Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)


def connect_stop(stop: gr.Button, running: Any, note: gr.HTML) -> None:
    """Makes a button stop an event, or any of several, and a notice say so."""
    events = running if isinstance(running, list) else [running]
    stop.click(None, None, None, cancels=events, api_visibility="private")
    # Cancelling closes the page's stream of answers: what is asked at the same moment would go unanswered.
    said: dict[str, Any] = {"queue": False, "js": AFTER_CANCEL, "show_progress": "hidden", "api_visibility": "private"}
    stop.click(messages.stopped, None, note, **said)


def when_read(events: Sequence[Any], pending: gr.State) -> Any:
    """An event that follows when one of `events` has read a recipe into `pending`, and not when there was none.

    Whatever runs at a page's opening is waited for, even if there is nothing for it to do.
    """
    context = gr.context.Context
    inside, context.block = context.block, context.root_block
    # Outside of the tab: whatever an event fills in a tab that is not open counts as changed.
    came, found = gr.State(""), gr.Checkbox(visible="hidden")
    context.block = inside

    def on_read(recipe: Any, before: str) -> tuple[str, bool]:
        return (before, False) if recipe is None else (new_run(), True)

    for event in events:
        # Queued: only so the page hears that a State has changed.
        read = event.then(on_read, [pending, came], [came, found], **QUIET)
        read.then(None, found, None, js="(found) => window.playground.recipeIsRead(found)", api_visibility="private")
    return came.change(None, None, None, js="() => {}", api_visibility="private")
