"""Calls of a page's events and server functions, each with one value that its input is not for."""

from __future__ import annotations

import inspect
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

ODD: list[Any] = [True, 5, -1.5, [], {}, [None], {"path": "/etc/passwd"}, {"a": {"b": []}}]
TEXTS = ["", "x", "\x00", "<b>", "9" * 5000, "{}", "[]", "null", "1e999", "-1", "a" * 20_000, '{"a": 1}', "[[1]]"]
NUMBERS: list[Any] = [0, -1, 0.5, 1e308, 10**18, 10**30, float("nan"), float("inf"), "x"]
FILES: list[Any] = [
    "x", "/etc/passwd", {"path": ""},
    *({"path": path, "meta": {"_type": "gradio.FileData"}} for path in ("", "/etc/passwd")),
]  # fmt: skip
REPORTS: list[Any] = [
    None, 1, "x", [], {}, {"index": "x"}, {"index": None}, {"index": [10**9, -1]}, {"index": -1, "name": None},
    {"index": 10**30, "name": [], "turn": "x", "x": "y", "y": {}, "label": None, "dimension": "x", "row": -1},
]  # fmt: skip
_BAD: tuple[tuple[tuple[type, ...], list[Any]], ...] = (
    ((gr.Slider, gr.Number), [None, *NUMBERS, *ODD]),
    ((gr.Dropdown, gr.Radio, gr.CheckboxGroup), [None, *TEXTS[:6], *ODD, 10**30, ["x"]]),
    ((gr.Checkbox,), [None, "x", *ODD[1:]]),
    ((gr.UploadButton, gr.File), [None, *FILES, *ODD]),
    ((gr.Textbox, gr.HTML, gr.JSON), [None, *TEXTS, *ODD]),
)
#: Server function -> a request as its view sends it.
_PLACE = {"model": "vae-avatars", "condition": "any"}
REQUESTS: Mapping[str, Any] = {
    "decode": {"model": "gan-avatars", "condition": "any", "places": [[0, 0]]},
    "follow": {"model": "vae-avatars", "a": ["3"], "b": ["5"], "c": ["7"], "strength": 1, "steps": 9},
    "probe": {**_PLACE, "projection": "pca", "x": 0, "y": 0},
    "thumbs": {"model": "vae-avatars", "projection": "pca", "rows": [1]},
    "near": {"label": "king"},
    "traverse": {**_PLACE, "dimension": 1, "position": 0, "base": "middle"},
    "apply_edit": {**_PLACE, "start": {"kind": "seed", "text": "seed:0"}, "moves": {"glasses": 1}},
    "poll_run": {"run": "", "since": [1, 10], "frame_since": 0, "frame_mark": "", "at": 10, "owner": "", "aside": True},
    "steer_run": {"run": "", "do": "set", "settings": {"g_rate": 0.001}, "owner": "", "step": 10},
    "diagnose_run": {"run": ""},
    "run_cost": {"runs": [""]},
    "list_runs": {"owner": ""},
    "manage_run": {"do": "rename", "run": "", "owner": "", "name": "a", "step": 10, "model": "x"},
    "follow_settings": {"context": {}, "settings": {}},
}


@dataclass(frozen=True)
class BadCall:
    """What to send to a path, and what it is, for a failing test."""

    path: str
    body: dict[str, Any]
    what: str


def chosen(calls: list[list[BadCall]], seed: int, of_each: int | None) -> list[BadCall]:
    """Some of the calls of each input, or all, in a random order."""
    choice = random.Random(seed)
    some = [
        call
        for group in calls
        for call in (group if of_each is None else choice.sample(group, min(of_each, len(group))))
    ]
    choice.shuffle(some)
    return some


def bad_events(page: gr.Blocks) -> Iterator[list[BadCall]]:
    """Calls of a page's private events: a list for each input of each handler. Alike ones are there once."""
    seen = set()
    for event in page.fns.values():
        if event.fn is None or event.api_visibility != "private":
            continue
        values, handler = (
            [_opened(component) for component in event.inputs],
            (event.fn.__module__, event.fn.__qualname__),
        )
        name = ".".join(handler).removeprefix("playground.")
        trigger = next((target for target, _ in event.targets if target in page.blocks), None)
        body = {"session_hash": "fuzz", "fn_index": event._id, "trigger_id": trigger}
        if "Data" in str(inspect.signature(event.fn)) and handler not in seen:
            seen.add(handler)
            yield [
                BadCall("run/predict", {**body, "data": values, "event_data": report}, f"{name}, reporting {report!r}")
                for report in REPORTS
            ]
        for place, component in enumerate(event.inputs):
            bad = next((bad for kinds, bad in _BAD if isinstance(component, kinds)), [])
            if bad and (handler, place) not in seen:
                seen.add((handler, place))
                yield [
                    BadCall(
                        "run/predict", {**body, "data": [*values[:place], value, *values[place + 1 :]]},
                        f"{name}, {component.label or component.elem_id} = {str(value)[:40]!r}",
                    )
                    for value in bad
                ]  # fmt: skip


def bad_server_calls(page: gr.Blocks) -> Iterator[list[BadCall]]:
    """Calls of a page's server functions: a list for the whole request, and for each of its values."""
    seen = set()
    for number, block in page.blocks.items():
        for name in list(vars(block)):
            if not getattr(getattr(block, name, None), "_is_server_fn", False) or name in seen:
                continue
            seen.add(name)
            request = REQUESTS.get(name, {"a": 1})
            requests = {"request": [None, *TEXTS, *ODD]}
            requests |= {key: [{**request, key: value} for value in (None, *TEXTS, *NUMBERS, *ODD)] for key in request}
            for key, values in requests.items():
                yield [
                    BadCall(
                        "component_server",
                        {"session_hash": "fuzz", "component_id": number, "fn_name": name, "data": value},
                        f"{name}, {key} = {str(value.get(key) if isinstance(value, dict) else value)[:40]!r}",
                    )
                    for value in values
                ]


def _opened(component: Any) -> Any:
    """A component's value as the page opens."""
    value = getattr(component, "value", None)
    value = value() if callable(value) else value
    try:
        return None if isinstance(component, gr.State) else json.loads(json.dumps(value))
    except TypeError:
        return None
