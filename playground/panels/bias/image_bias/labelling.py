"""Pictures, third part: drawn faces, labelled by the visitors themselves, and what pixels alone can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias import face_labels as lab
from playground.bias.face_labels import Faces
from playground.bias.session_log import Visit, added
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.panels.bias.image_bias.labelling_view import MARKS, tally_view
from playground.panels.bias.image_bias.sentences import looks_value, tally_value
from playground.panels.bias.panels import Shared, compared, fine_print
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
_NO_MARKS = ("", "")


@dataclass(frozen=True)
class Part:
    """The components. faces: gr.State of the Faces, or None.  marks: both raters' labels, as digits, "first|second"."""

    count: gr.Slider
    truncation: gr.Slider
    seed: gr.Number
    labels: gr.Textbox
    draw: gr.Button
    tally: gr.HTML
    tallied: gr.Button
    notice: gr.HTML
    lines: gr.HTML
    fine: gr.HTML
    look: gr.Button
    stop: gr.Button
    looks: gr.HTML
    faces: gr.State
    marks: gr.Textbox

    def shown(self, query: gr.Textbox, visit: gr.State) -> list[Any]:
        """What drawing fills."""
        return [self.faces, self.marks, self.tally, self.lines, self.fine, self.notice, query, visit]

    def asked(self) -> list[Any]:
        """What drawing takes."""
        return [self.count, self.seed, self.truncation, self.labels]


def build() -> Part:
    """The part."""
    gr.Markdown(
        "No machine names anyone's gender or race here: drawn faces have none, and such machines fail people. "
        "**You** label them, in your own words, and then somebody else does. The network was trained on DigiFace-1M, "
        "rendered faces of nobody, for non-commercial research only; many are misshapen.",
        elem_classes="pg-hint",
    )
    with gr.Row():
        count = gr.Slider(lab.FEWEST, lab.MOST, value=24, step=1, label="Faces", elem_id="faces-count")
        truncation = gr.Slider(
            0, 3, value=0, step=0.25, label="Truncation", info="0 is off; small values draw what is typical.",
            elem_id="faces-truncation",
        )  # fmt: skip
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="faces-seed")
    with gr.Row(elem_classes="pg-map-row"):
        labels = gr.Textbox(
            ", ".join(lab.LABELS), label="Your labels", info="Two or three, with commas between.", max_lines=1,
            elem_id="faces-labels", scale=3,
        )  # fmt: skip
        draw = gr.Button("Draw faces", variant="primary", elem_id="faces-draw", scale=0, min_width=160)
    note = notice_view(elem_id="faces-notice")
    tally = tally_view({"empty": "Press Draw faces: they appear here, to be labelled."}, elem_id="faces-tally")
    with gr.Row(elem_classes="pg-actions"):
        tallied = gr.Button("Count the labels", elem_id="faces-count-labels")
    lines = intervals_view(elem_id="faces-lines")
    fine = fine_print_view(elem_id="faces-fine")
    with gr.Accordion("What a machine may measure: brightness and colour", open=False):
        with gr.Row(elem_classes="pg-actions"):
            look = gr.Button(f"Measure {lab.MEASURED} faces at three truncations", elem_id="faces-look")
            stop = gr.Button("Stop", elem_id="faces-stop")
        looks = intervals_view(elem_id="faces-looks")
    return Part(
        count, truncation, seed, labels, draw, tally, tallied, note, lines, fine, look, stop, looks, gr.State(None),
        gr.Textbox(visible="hidden", elem_id="faces-marks"),
    )  # fmt: skip


def drawn_value(faces: Faces, marks: tuple[str, str] = _NO_MARKS) -> dict[str, Any]:
    """For the tally view."""
    return pack(faces.pictures) | {"run": new_run(), "labels": list(faces.request.labels), "marks": list(marks)}


def on_draw(
    count: Any, seed: Any, truncation: Any, labels: str, pending: Recipe | None = None
) -> Iterator[tuple[Any, ...]]:
    """New faces, nothing labelled, or what a link says. Outputs: those of Part.shown()."""
    try:
        request = lab.read_faces(count, 0 if seed is None else seed, truncation, labels)
        yield *[_SKIP] * 5, notice("Drawing. The network is fetched once (13 MB)."), _SKIP, _SKIP
        marks = _NO_MARKS
        if pending is not None:
            marks = str(pending.settings.get("first", "")), str(pending.settings.get("second", ""))
            for one in marks:
                lab.read_marks(one, request)
        faces = lab.draw_faces(request)
    except PlaygroundError as error:
        yield *[_SKIP] * 5, notice(str(error), "error"), _SKIP, _SKIP
        return
    recipe = faces.recipe(marks)
    told = compared(pending, recipe, "picture for picture")
    yield faces, "|".join(marks), drawn_value(faces, marks), None, None, told, recipe.to_query(), _SKIP


def on_count(faces: Faces | None, written: str, visit: Visit) -> tuple[Any, ...]:
    """(lines, fine print, notice, query, visit)."""
    try:
        if faces is None:
            raise PlaygroundError("There are no faces yet: press Draw faces.")
        before, _, after = str(written or "").partition("|")
        marks = before, after
        first, second = (lab.read_marks(one, faces.request) for one in marks)
        made = lab.tally(first, second, faces.request.labels)
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error"), _SKIP, _SKIP
    trial = lab.trial_of(faces, made, marks)
    visit = added(visit, trial)
    return tally_value(made), fine_print(trial, visit), None, trial.recipe.to_query(), visit


def on_look(seed: Any) -> Iterator[tuple[Any, Any]]:
    """(looks, notice), a truncation at a time."""
    try:
        made = []
        yield _SKIP, notice("Drawing and measuring.")
        for one in lab.looks(lab.read_faces(seed=0 if seed is None else seed).seed):
            made.append(one)
            yield looks_value(made), _SKIP
        yield _SKIP, None
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def restored(recipe: Recipe) -> list[Any]:
    """(count, truncation, seed, labels) of a link. Raises PlaygroundError."""
    given = recipe.settings
    request = lab.read_faces(given.get("count", 24), recipe.seed, given.get("truncation", 0), given.get("labels", ""))
    return [request.count, request.truncation, request.seed, ", ".join(request.labels)]


def wire(part: Part, query: gr.Textbox, shared: Shared) -> None:
    """Connects the events."""
    outputs = part.shown(query, shared.visit)
    triggers = [part.draw.click, part.seed.submit, part.labels.submit]
    gr.on(triggers, on_draw, part.asked(), outputs, **QUIET, **MODEL_QUEUE)
    counted = [part.lines, part.fine, part.notice, query, shared.visit]
    part.tallied.click(on_count, [part.faces, part.marks, shared.visit], counted, js=MARKS, **QUIET)
    looked = part.look.click(on_look, part.seed, [part.looks, part.notice], **QUIET, **MODEL_QUEUE)
    stop_button(part.stop, looked, part.notice)
