"""Is it the wording? One contrast through many wordings at once, beside pairs that mean nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.control_pairs import CONTROLS, lines_of, read_controls, written_controls
from playground.bias.session_log import Visit, added
from playground.bias.template_sweep import NAME, Fan, FanRequest, differs, fan, named, read_fan
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.panels.bias.model_choice import build_model, chosen
from playground.panels.bias.panels import Shared, fine_print
from playground.panels.bias.presets import WORDINGS
from playground.panels.bias.template_sweep.api import build_api
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired, is_of

__all__ = ["NAME", "TITLE", "build", "wire"]
TITLE = "Is it the wording?"
OWN = "own"
_SKIP: Any = gr.skip()
_BEAT = 0.5
_NAMES = ("a", "b", "words_1", "words_2", "templates", "controls", "model")
_FAMILIES = [("People: the red guest, the blue guest", "people"), ("First names in A, in B", "names"),
             ("Animals: the red one, the blue one", "animals"), ("Towns", "places"), ("My own", OWN)]  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """The panel's components."""

    a: gr.Textbox
    b: gr.Textbox
    words_1: gr.Textbox
    words_2: gr.Textbox
    templates: gr.Textbox
    family: gr.Dropdown
    controls: gr.Textbox
    model: gr.Dropdown
    presets: tuple[gr.Button, ...]
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    dots: gr.HTML
    fine: gr.HTML
    lane: gr.HTML
    query: gr.Textbox

    def asked(self) -> list[Any]:
        """What is measured, in the order of _NAMES."""
        return [self.a, self.b, self.words_1, self.words_2, self.templates, self.controls, self.model]

    def shown(self) -> list[Any]:
        """What a measurement fills after the visit."""
        return [self.dots, self.fine, self.lane, self.query, self.notice]


def factor(value: float, request: FanRequest) -> str:
    """A contrast in words: how many times as likely, and which way."""
    times = math.exp(abs(value))
    side = named(request.words_1 if value > 0 else request.words_2)
    return f"{times:,.0f} × {side}" if times >= 99.5 else f"{times:.2f} × {side}"


def _axis(made: Fan) -> dict[str, Any]:
    ends = [*map(abs, made.values), *map(abs, made.controls), 0.5]
    if len(made.values) > 1:
        ends += [abs(made.mean.low), abs(made.mean.high)]
    reach = 1.08 * max(ends)
    asked = made.request
    return {
        "low": -reach, "high": reach, "zero": 0,
        "left": f"“{named(asked.words_2)}” more with “{asked.a}”",
        "right": f"“{named(asked.words_1)}” more with “{asked.a}”",
    }  # fmt: skip


def dots_value(made: Fan) -> dict[str, Any]:
    """The wordings as dots, their mean with its interval, and the band once it is known."""
    asked = made.request
    rows = [
        {"label": template, "value": value, "low": None, "high": None, "text": factor(value, asked), "group": ""}
        for template, value in zip(asked.templates, made.values, strict=False)
    ]
    if len(made.values) == len(asked.templates):
        mean = made.mean
        rows.append(
            {"label": "Mean of all wordings", "value": mean.value, "low": mean.low, "high": mean.high,
             "text": factor(mean.value, asked), "group": "mean"}
        )  # fmt: skip
    title = f"{made.headline()}: {made.verdict}" if made.controls else f"{len(made.values)} wordings measured so far"
    band = made.band
    hint = "Further out is a stronger contrast, on a scale of factors; the line in the middle is none at all."
    if band is not None:
        hint += (
            f" Shaded: the band of nothing, where 95 % of {len(made.controls)} arbitrary pairs lie (up to "
            f"{math.exp(band[1]):.2f} × either way)."
        )
    return {
        "title": title, "name": "Wording", "columns": [], "axis": _axis(made), "rows": rows, "hint": hint,
        "band": None if band is None else list(band), "empty": "",
    }  # fmt: skip


def lane_value(made: Fan) -> dict[str, Any] | None:
    """The control pairs on the same axis, the furthest first."""
    if not made.controls or made.band is None:
        return None
    asked = made.request
    order = sorted(range(len(made.controls)), key=lambda at: -abs(made.controls[at]))
    rows = [
        {"label": " / ".join(asked.controls[at]), "value": made.controls[at], "low": None, "high": None,
         "text": factor(made.controls[at], asked), "group": "control"} for at in order
    ]  # fmt: skip
    mean = made.mean
    rows.insert(
        0, {"label": f"{asked.a} / {asked.b}", "value": mean.value, "low": mean.low, "high": mean.high,
            "text": factor(mean.value, asked), "group": "mean"},
    )  # fmt: skip
    axis = _axis(made) | {"left": named(asked.words_2), "right": named(asked.words_1)}
    return {
        "title": "Your pair, and pairs that mean nothing", "name": "Pair", "columns": [], "axis": axis, "rows": rows,
        "band": list(made.band), "hint": "Each is a mean over all wordings; the furthest stand first.", "empty": "",
    }  # fmt: skip


def on_run(*values: Any) -> Iterator[tuple[Any, ...]]:
    """(visit, *shown): measures, drawing wordings as they come. values: those of Panel.asked(), and the visit."""
    yield from _running(dict(zip(_NAMES, values[:-1], strict=True)), values[-1], None)


def on_replay(visit: Visit, pending: Recipe | None) -> Iterator[tuple[Any, ...]]:
    """The same for what a link asks."""
    if pending is None or not is_of(pending, NAME) or "templates" not in pending.settings:
        return
    given = {**pending.settings, "model": pending.model}
    try:
        chosen(read_fan(given).model)
    except PlaygroundError:
        return  # told by on_restore
    yield from _running(given, visit, pending)


def _running(given: dict[str, Any], visit: Visit, recipe: Recipe | None) -> Iterator[tuple[Any, ...]]:
    try:
        request = read_fan(given)
        yield _SKIP, None, None, None, _SKIP, notice("The model is reading.")
        made, drawn, last = None, 0, time.perf_counter()
        for made in fan(request):
            fresh = len(made.values) > drawn
            if fresh or time.perf_counter() - last > _BEAT:
                last, drawn = time.perf_counter(), len(made.values)
                what = "your wordings" if drawn < len(request.templates) else "arbitrary pairs, for comparison"
                view = dots_value(made) if fresh else _SKIP
                yield _SKIP, view, _SKIP, _SKIP, _SKIP, notice(f"Measuring {what}: {made.done:.0%} of all.")
        assert made is not None
        trial = made.trial()
        visit = added(visit, trial)
        said = notice(f"{made.headline()}: {made.verdict}.", "ok")
        if recipe is not None and recipe.result:
            what = differs(recipe, made)
            said = notice(f"Differs: {what}.", "warning") if what else notice("Reproduced ✓", "ok")
        try:
            query: Any = made.recipe().to_query()
        except PlaygroundError as error:
            query, said = "", notice(f"{made.headline()}: {made.verdict}. {error}", "warning")
        yield visit, dots_value(made), fine_print(trial, visit), lane_value(made), query, said
    except PlaygroundError as error:
        yield *[_SKIP] * 5, notice(str(error), "error")


def on_restore(pending: Recipe) -> list[Any]:
    """(*asked, family, notice) of a link."""
    given = pending.settings
    if "templates" not in given:
        return [_SKIP] * 9
    try:
        asked = read_fan({**given, "model": pending.model})
        family = on_controls(lines_of(asked.controls))
        return [
            asked.a, asked.b, ", ".join(asked.words_1), ", ".join(asked.words_2), "\n".join(asked.templates),
            lines_of(asked.controls), chosen(asked.model), family, _SKIP,
        ]  # fmt: skip
    except PlaygroundError as error:
        return [*[_SKIP] * 8, notice(f"This link cannot be followed. {error}", "error")]


def on_family(family: str) -> Any:
    """The pairs of a family, to be seen and edited."""
    try:
        return lines_of(read_controls(family)) if family != OWN else _SKIP
    except PlaygroundError:
        return _SKIP


def on_controls(lines: str) -> str:
    """The family that stands in the box, or that the pairs are a visitor's own."""
    try:
        written = written_controls(read_controls(lines))
    except PlaygroundError:
        return OWN  # said when it is measured
    return written if written in CONTROLS else OWN


def build() -> Panel:
    """The panel."""
    lead(
        "One contrast, asked in many wordings: a dot each. Shaded is what pairs give that mean nothing.",
        "Choose A and B, two groups of words, and edit the wordings: can you make it hold, or break it?",
        "What flips with the wording is about the wording. What stays, outside the shaded band, is the model's.",
    )
    first = WORDINGS[1]
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(one.title, size="sm", elem_id=f"wording-preset-{number}")
            for number, one in enumerate(WORDINGS, 1)
        )
    with gr.Row():
        a = gr.Textbox(first.a, label="● A", max_lines=1, elem_id="wording-a", elem_classes="pg-sentence-a")
        b = gr.Textbox(first.b, label="■ B", max_lines=1, elem_id="wording-b", elem_classes="pg-sentence-b")
        words_1 = gr.Textbox(first.words_1, label="Is it these words…", max_lines=1, elem_id="wording-words-1")
        words_2 = gr.Textbox(first.words_2, label="…rather than these?", max_lines=1, elem_id="wording-words-2")
    templates = gr.Textbox(
        first.templates, label="Wordings, one a line", lines=8, max_lines=16, elem_id="wording-templates",
        info="{} is where A or B goes, _ where the words go. 8 or more, or nothing can be called consistent.",
    )  # fmt: skip
    with gr.Accordion("The control lane, and the model", open=False):
        family = gr.Dropdown(
            _FAMILIES, value=first.controls, label="Arbitrary pairs", elem_id="wording-family",
            info="They go through the same wordings. First names carry more than a letter: try them, and see the band.",
        )  # fmt: skip
        controls = gr.Textbox(
            lines_of(CONTROLS[first.controls]), label="The pairs, one a line", lines=6, max_lines=12,
            elem_id="wording-controls", info="At least 20. Change one, and they are your own.",
        )  # fmt: skip
        model = build_model("wording")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Measure all wordings", variant="primary", elem_id="wording-run")
        stop = gr.Button("Stop", elem_id="wording-stop")
    note = notice_view(elem_id="wording-notice")
    dots = intervals_view({"rows": [], "empty": "Nothing is measured yet."}, elem_id="wording-dots")
    fine = fine_print_view(elem_id="wording-fine")
    with gr.Accordion("The control lane, pair by pair", open=False):
        lane = intervals_view({"rows": [], "empty": "Nothing is measured yet."}, elem_id="wording-lane")
    query = gr.Textbox(visible="hidden", elem_id="wording-query")
    return Panel(
        a, b, words_1, words_2, templates, family, controls, model, presets, run, stop, note, dots, fine, lane, query
    )  # fmt: skip


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    filled = [shared.visit, *panel.shown()]
    runs: dict[str, Any] = {
        "fn": on_run, "inputs": [*panel.asked(), shared.visit], "outputs": filled, **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    boxes = (panel.a, panel.b, panel.words_1, panel.words_2)
    started = [gr.on([panel.run.click, *(box.submit for box in boxes)], **runs)]
    for number, button in enumerate(panel.presets):
        set_up = button.click(
            lambda number=number: _preset(number), None, [*boxes, panel.templates, panel.family, panel.controls],
            **at_once,
        )  # fmt: skip
        started.append(set_up.then(**runs))
    stop_button(panel.stop, started, panel.notice)
    panel.family.input(on_family, panel.family, panel.controls, **at_once)
    panel.controls.blur(on_controls, panel.controls, panel.family, **at_once)
    build_api()
    return Wired(
        NAME, room, panel.query,
        {"fn": on_restore, "outputs": [*panel.asked(), panel.family, panel.notice]},
        {"fn": on_replay, "inputs": [shared.visit, shared.pending], "outputs": filled, **QUIET, **MODEL_QUEUE},
        [panel.stop],
    )  # fmt: skip


def _preset(number: int) -> list[str]:
    one = WORDINGS[number]
    return [one.a, one.b, one.words_1, one.words_2, one.templates, one.controls, lines_of(CONTROLS[one.controls])]
