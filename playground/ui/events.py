"""Events: handlers return values by component name, models run one at a time, and Stop stops them.

A handler is a pure function of plain values. It returns an Update, {name of a component: its new value}; components
that the Update does not name do not change. `call` connects a handler with components, and translates for Gradio.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.utils import get_positional_input_parameters, get_positional_parameters, get_type_hints

from playground.ui import messages
from playground.ui.view import module_call, new_run

#: Name of a component -> its new value, or an update such as gr.Slider(maximum=9). Others do not change.
Update = Mapping[str, Any]
#: A component; or several by name (a mapping, or a dataclass of components) or in their order (a tuple).
Slot = Any

#: For events that run a model: one at a time.
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
#: For events without progress and without an API endpoint.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
#: For events of controls: a change during the work is handled afterwards, instead of being lost, as by default.
FOLLOWS: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
#: JavaScript: waits until a cancelled event has ended, then passes the inputs on.
AFTER_CANCEL = "(...values) => new Promise((done) => setTimeout(() => done(values), 150))"


def call(
    function: Callable[..., Any], components: Any, inputs: Sequence[Any] = (), outputs: Sequence[Any] = ()
) -> dict[str, Any]:
    """Keywords of a Gradio event: {"fn", "inputs", "outputs"}, for `button.click(**call(...), **QUIET)`.

    function: a handler that returns an Update, or a generator of Updates. It takes one value for each of `inputs`, in
    order, and gr.EventData or gr.Request by annotation. An unknown name in its Update is a ValueError.
    A PlaygroundError that it raises is shown in `notice`, if that is among the outputs.
    components: a dataclass of components, a mapping of names to components, or a tuple of these: (panel, shared).
    inputs, outputs: names of fields, or components. A field may hold several components: a mapping or dataclass is one
    argument {name: value}, also in an Update; a tuple is one argument of that length.
    """
    slots = _fields_of(components)
    input_slots = [slots[item] if isinstance(item, str) else item for item in _check_names(inputs, slots, function)]
    output_slots = {name: slots[name] for name in (_name_of(item, slots, function) for item in outputs)}
    leaves = [leaf for slot in output_slots.values() for leaf in _leaves(slot)]
    handler = _handler(function, input_slots, output_slots, leaves)
    return {"fn": handler, "inputs": [leaf for slot in input_slots for leaf in _leaves(slot)], "outputs": leaves}


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


def _check_names(items: Sequence[Any], slots: Mapping[str, Slot], function: Callable[..., Any]) -> Sequence[Any]:
    if isinstance(items, str):
        raise ValueError(f"{_title(function)}: give a list of names, not {items!r}")
    for item in items:
        if isinstance(item, str) and item not in slots:
            raise ValueError(f"{_title(function)}: there is no component {item!r} among {', '.join(slots)}")
    return items


def _name_of(item: Any, slots: Mapping[str, Slot], function: Callable[..., Any]) -> str:
    if isinstance(item, str):
        _check_names([item], slots, function)
        return item
    for name, slot in slots.items():
        if slot is item:
            return name
    raise ValueError(f"{_title(function)}: an output has no name among {', '.join(slots)}")


def _title(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", repr(function))


def _parts(slot: Slot) -> dict[Any, Slot] | None:
    """The parts of a slot by name or index; None for a component."""
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


def _gather(slot: Slot, values: Iterator[Any]) -> Any:
    """The argument for a slot, from the values of its leaves."""
    parts = _parts(slot)
    if parts is None:
        return next(values)
    argument = {name: _gather(part, values) for name, part in parts.items()}
    return tuple(argument.values()) if isinstance(slot, (tuple, list)) else argument


def _scatter(slot: Slot, value: Any, name: str, values: dict[int, Any]) -> None:
    """Puts the new values of a slot's leaves into `values`, by component id."""
    parts = _parts(slot)
    if parts is None:
        values[slot._id] = value
        return
    if isinstance(slot, (tuple, list)):
        if len(value) != len(parts):
            raise ValueError(f"{name} has {len(parts)} components, and the Update has {len(value)} values")
        value = dict(enumerate(value))
    for key, new in value.items():
        if key not in parts:
            raise ValueError(f"there is no component {key!r} in {name}")
        _scatter(parts[key], new, f"{name}.{key}", values)


def _handler(
    function: Callable[..., Any], input_slots: Sequence[Slot], output_slots: Mapping[str, Slot], leaves: Sequence[Any]
) -> Callable[..., Any]:
    """The function in the form that Gradio calls: one value per component in, a list of values out."""
    arguments, signature = _flat_signature(function, input_slots)

    def gather(values: Sequence[Any]) -> list[Any]:
        flat = iter(values)
        return [next(flat) if slot is _SPECIAL else _gather(slot, flat) for slot in arguments]

    def outputs(update: Update) -> Any:
        values: dict[int, Any] = {}
        for name, value in update.items():
            if name not in output_slots:
                raise ValueError(f"{_title(function)} fills {name!r}, which is not among its outputs")
            _scatter(output_slots[name], value, name, values)
        ordered = [values.get(leaf._id, gr.skip()) for leaf in leaves]
        return ordered if len(ordered) > 1 else ordered[0] if ordered else None

    def explain(error: Exception) -> Update:
        """A sentence for the notice in place of an error, whatever it is."""
        if "notice" not in output_slots or isinstance(error, gr.Error):
            raise error
        return {"notice": messages.error_notice(messages.to_playground_error(error))}

    def handler(*values: Any) -> Any:
        try:
            update = function(*gather(values))
        except Exception as error:
            update = explain(error)
        return outputs(update)

    def stream(*values: Any) -> Iterator[Any]:
        for update in replace_error(function(*gather(values))):
            yield outputs(update)

    def replace_error(updates: Iterator[Update]) -> Iterator[Update]:
        try:
            yield from updates
        except Exception as error:
            yield explain(error)

    wrapper: Any = stream if inspect.isgeneratorfunction(function) else handler
    wrapper.__name__, wrapper.__qualname__ = getattr(function, "__name__", "handler"), _title(function)
    wrapper.__doc__, wrapper.__module__ = function.__doc__, function.__module__
    wrapper.__signature__ = signature
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in signature.parameters.values()}
    return wrapper  # type: ignore[no-any-return]


#: Marks an argument that Gradio itself fills: gr.EventData or gr.Request.
_SPECIAL = object()


def _flat_signature(function: Callable[..., Any], input_slots: Sequence[Slot]) -> tuple[list[Any], inspect.Signature]:
    """(slot of each argument, the signature with a parameter per component, which Gradio counts)."""
    hints: dict[str, Any] = get_type_hints(function)  # type: ignore[no-untyped-call]
    plain = {parameter.name for parameter in get_positional_input_parameters(function)}
    arguments: list[Any] = []
    flat: list[inspect.Parameter] = []
    slots = list(input_slots)

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
            raise ValueError(f"{_title(function)} takes more than the {len(input_slots)} values of its inputs")
    starred = any(one.kind is one.VAR_POSITIONAL for one in inspect.signature(function).parameters.values())
    if slots and not starred:
        raise ValueError(f"{_title(function)} takes fewer than the {len(input_slots)} values of its inputs")
    for slot in slots:
        add(slot)
    return arguments, inspect.Signature(flat)


def _parameter(name: str, annotation: Any = Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)


def connect_stop(stop: gr.Button, running: Any, note: gr.HTML) -> None:
    """Connects a button that stops an event, or a list of events, and reports it in a notice.

    A press that begins one of them says what it waits for, and a second press, which Gradio would ignore, is answered:
    see ui/busy.js.
    """
    events = running if isinstance(running, list) else [running]
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    for event in events:
        if buttons := _buttons_of(event, page):
            ends = f"() => {module_call('ui/busy.js', 'end', repr([button.elem_id for button in buttons]))}"
            event.then(None, None, None, js=ends, api_visibility="private")
            stop.click(None, None, None, js=ends, api_visibility="private")
    stop.click(None, None, None, cancels=events, api_visibility="private")
    # Cancelling closes the page's stream of answers: an event at the same moment would get none.
    options: dict[str, Any] = {**QUIET, "queue": False, "js": AFTER_CANCEL}
    stop.click(messages.stopped, None, note, **options)


def _buttons_of(event: Any, page: gr.Blocks) -> list[gr.Button]:
    """The buttons that begin an event, or the chain that it ends, marked for ui/busy.js; none of those of again.js."""
    first = last = page.fns[event["id"]]
    while first.trigger_after is not None:
        first = page.fns[first.trigger_after]
    if last.trigger_mode == "multiple":
        return []
    clicked = [page.blocks[target] for target, name in first.targets if target is not None and name == "click"]
    buttons = [one for one in clicked if isinstance(one, gr.Button) and one.elem_id]
    for button in buttons:
        button.elem_classes = [*button.elem_classes, f"pg-starts-{last.trigger_mode.replace('_', '-')}"]
    return buttons


def starts_again(group: str, result: str = "") -> dict[str, Any]:
    """Keywords of an event that a press begins again while it runs, instead of being ignored. See cancel_each_other.

    group: of events that cancel each other, by a name of its own.
    result: selector of what the run fills, which a press goes to on a narrow screen; "" to stay.
    """
    call_ = module_call("ui/again.js", "newestPress", repr(group), "values", json.dumps(result))
    script = f"(...values) => {call_}"
    return {**QUIET, "trigger_mode": "multiple", "js": script}


def cancel_each_other(group: str, events: Sequence[Any]) -> None:
    """Makes each of the events of a group cancel those of them that are running, itself included, before it begins.

    By a hidden button, which `newestPress` clicks. A second listener of the press itself would come too late: the page
    calls the listeners of a press one after another, each when the one before has ended.
    """
    button = gr.Button(visible="hidden", elem_id=f"cancel-{group}")
    button.click(None, None, None, cancels=list(events), api_visibility="private")


def when_read(events: Sequence[Any], pending: gr.State) -> Any:
    """An event that runs after one of `events` has read a recipe into `pending`; it does not run without a recipe.

    The page waits for every event at its opening, even one that does nothing.
    """
    context = gr.context.Context
    inside, context.block = context.block, context.root_block
    # Outside of the tab: filling a component in a tab that is not open counts as a change.
    reading, has_recipe = gr.State(""), gr.Checkbox(visible="hidden")
    context.block = inside

    def on_read(recipe: Any, before: str) -> tuple[str, bool]:
        return (before, False) if recipe is None else (new_run(), True)

    for event in events:
        # Queued, or the page would not notice that the gr.State changed.
        read = event.then(on_read, [pending, reading], [reading, has_recipe], **QUIET)
        script = f"(hasRecipe) => {module_call('ui/links.js', 'recipeIsRead', 'hasRecipe')}"
        read.then(None, has_recipe, None, js=script, api_visibility="private")
    return reading.change(None, None, None, js="() => {}", api_visibility="private")
