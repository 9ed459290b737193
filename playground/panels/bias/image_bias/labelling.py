"""Image bias, third part: drawn faces, labelled by two visitors, and statistics of pixels alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.face_labels import (
    FEWEST,
    LABELS,
    MEASURED,
    MOST,
    FaceImages,
    FacesRequest,
    compare_truncations,
    describe_spread,
    draw_faces,
    labelling_measurement,
    read_faces,
    read_marks,
    tally_labels,
)
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.image_bias.data import pixel_statistics_value, tally_value
from playground.panels.bias.image_bias.labelling_view import labelling_view, marks_script
from playground.panels.bias.shared import fine_print_value, query_of
from playground.ui.events import QUIET, Update, call
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.messages import verification_notice
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack
from playground.ui.result_settings import encode_settings, result_settings
from playground.ui.view import new_run

RESTORED = ("count", "truncation", "seed", "labels")
#: Components of the part that drawing updates, besides the panel's query.
RESULTS = ("faces", "marks", "labelling", "lines", "fine_print", "notice")
Marks = tuple[str, str]
_NO_MARKS: Marks = ("", "")


@dataclass(frozen=True)
class LabellingComponents:
    """The part's components. tally: counts the labels.  measure, pixels: brightness and colour.

    faces: gr.State of the FaceImages, or None.  marks: both raters' labels as digits, "first|second", hidden.
    """

    count: gr.Slider
    truncation: gr.Slider
    seed: gr.Number
    labels: gr.Textbox
    draw: gr.Button
    labelling: gr.HTML
    tally: gr.Button
    notice: gr.HTML
    lines: gr.HTML
    fine_print: gr.HTML
    measure: gr.Button
    stop: gr.Button
    pixels: gr.HTML
    faces: gr.State
    marks: gr.Textbox


def build_components() -> LabellingComponents:
    """Builds the part's components."""
    with gr.Column(elem_classes="pg-asks"):
        gr.Markdown(say("bias_texts.image_bias.faces.about"), elem_classes="pg-hint")
        with gr.Row():
            count = gr.Slider(
                FEWEST, MOST, value=24, step=1, label=say("bias_texts.image_bias.faces_title"), elem_id="faces-count"
            )
            truncation = gr.Slider(
                0, 3, value=0, step=0.25, label=say("shared.truncation"),
                info=say("bias_texts.image_bias.faces.truncation_info"),
                elem_id="faces-truncation",
            )  # fmt: skip
            seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, elem_id="faces-seed")
        with gr.Row(elem_classes="pg-map-row"):
            labels = gr.Textbox(
                ", ".join(LABELS), label=say("bias_texts.image_bias.faces.labels"),
                info=say("bias_texts.image_bias.faces.labels_info"), max_lines=1,
                elem_id="faces-labels", scale=3,
            )  # fmt: skip
            draw = gr.Button(
                say("bias_texts.image_bias.faces.draw"), variant="primary", elem_id="faces-draw", scale=0, min_width=160
            )
    note = notice_view(elem_id="faces-notice")
    labelling = labelling_view({"empty": say("bias_texts.image_bias.faces.empty")}, elem_id="faces-labelling")
    with gr.Row(elem_classes="pg-actions"):
        tally = gr.Button(say("bias_texts.image_bias.faces.tally"), elem_id="faces-count-labels")
    lines = intervals_view(elem_id="faces-lines")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="faces-fine")
        with gr.Accordion(say("bias_texts.image_bias.faces.measure_title"), open=False):
            with gr.Row(elem_classes="pg-actions"):
                measure = gr.Button(say("bias_texts.image_bias.faces.measure", count=MEASURED), elem_id="faces-measure")
                stop = gr.Button(say("shared.stop"), elem_id="faces-stop")
            pixels = intervals_view(elem_id="faces-pixels")
    return LabellingComponents(
        count, truncation, seed, labels, draw, labelling, tally, note, lines, fine, measure, stop, pixels,
        gr.State(None),
        gr.Textbox(visible="hidden", elem_id="faces-marks"),
    )  # fmt: skip


def connect(part: LabellingComponents, common: Mapping[str, Any]) -> tuple[dict[str, gr.Textbox], None]:
    """Connects the part's events. common: the panel's query and the tab's log, by name.

    Returns the box with the settings that the faces came from, by its name in the part. Nothing is stored: the
    network's licence does not allow its pictures to be passed on.
    """
    components = (part, common)
    came_from = result_settings(
        {name: getattr(part, name) for name in RESTORED}, [part.labelling, part.lines, part.fine_print]
    )
    pixels_from = result_settings({"seed": part.seed}, [part.pixels])
    draws = came_from.carry(call(on_draw, components, ["count", "seed", "truncation", "labels"], [*RESULTS, "query"]))
    drawing = [part.draw.click, part.seed.submit, part.labels.submit]
    tallies = call(on_tally, components, ["faces", "marks", "log"], ["lines", "fine_print", "notice", *common])
    part.tally.click(**tallies, js=marks_script(), **QUIET)
    measured = pixels_from.carry(call(on_measure, part, ["seed"], ["pixels", "notice"]))
    connect_runs("faces", part.stop, part.notice, [(drawing, draws), ([part.measure.click], measured)])
    return {"from": came_from.carried}, None


def on_draw(count: Any, seed: Any, truncation: Any, labels: str) -> Iterator[Update]:
    """Draws new faces, without labels."""
    yield from draw_update(read_faces(count, 0 if seed is None else seed, truncation, labels))


def draw_update(request: FacesRequest, recipe: Recipe | None = None) -> Iterator[Update]:
    """Draws the faces of a request; with a link's recipe, restores its labels and verifies the pictures."""
    running = query_of(request.recipe("") if recipe is None else recipe)
    yield {"query": running, "notice": notice(say("bias_texts.image_bias.faces.drawing"))}
    marks = _NO_MARKS if recipe is None else _marks_of(recipe, request)
    faces = draw_faces(request)
    result = faces.recipe(marks)
    verification = verify(recipe, result) if recipe is not None else None
    outcome = (
        None if verification is None else verification_notice(verification, say("bias_texts.image_bias.faces.same"))
    )
    yield {
        "faces": faces, "marks": "|".join(marks), "labelling": labelling_value(faces, marks), "lines": None,
        "fine_print": None, "notice": outcome, "query": result.to_query(),
    }  # fmt: skip


def _marks_of(recipe: Recipe, request: FacesRequest) -> Marks:
    """Both raters' labels in a link. Raises PlaygroundError if they do not belong to these faces."""
    marks = str(recipe.settings.get("first", "")), str(recipe.settings.get("second", ""))
    for one in marks:
        read_marks(one, request)
    return marks


def labelling_value(faces: FaceImages, marks: Marks = _NO_MARKS) -> dict[str, Any]:
    """For the labelling view."""
    same = "|".join([faces.recipe().result, *faces.request.labels])
    return pack(faces.pictures) | {
        "run": new_run(), "labels": list(faces.request.labels), "marks": list(marks), "same": same,
    }  # fmt: skip


def on_tally(faces: FaceImages | None, marks: str, log: SessionLog) -> Update:
    """Each label's share by rater, and how far the raters agree."""
    if faces is None:
        raise PlaygroundError(say("bias_texts.image_bias.faces.no_faces"))
    first, _, second = str(marks or "").partition("|")
    by_a, by_b = (read_marks(one, faces.request) for one in (first, second))
    tally = tally_labels(by_a, by_b, faces.request.labels)
    measurement = labelling_measurement(faces, tally, (first, second))
    log = log_measurement(log, measurement)
    return {
        "lines": tally_value(tally), "fine_print": fine_print_value(measurement, log),
        "notice": notice(measurement.summary), "query": measurement.recipe.to_query(), "log": log,
    }  # fmt: skip


def on_measure(seed: Any) -> Iterator[Update]:
    """Measures brightness and colour, one truncation after another."""
    yield {"notice": notice(say("bias_texts.image_bias.faces.measuring"))}
    statistics = []
    for one in compare_truncations(read_faces(seed=0 if seed is None else seed).seed):
        statistics.append(one)
        yield {"pixels": pixel_statistics_value(statistics)}
    yield {"notice": notice(describe_spread(statistics))}


def read_recipe(recipe: Recipe) -> FacesRequest:
    """The request of a link. Raises PlaygroundError."""
    settings = recipe.settings
    return read_faces(settings.get("count", 24), recipe.seed, settings.get("truncation", 0), settings.get("labels", ""))


def restore(recipe: Recipe) -> Update:
    """The settings of a link. Raises PlaygroundError."""
    request = read_recipe(recipe)
    _marks_of(recipe, request)
    return {
        "count": request.count, "truncation": request.truncation, "seed": request.seed,
        "labels": ", ".join(request.labels),
    }  # fmt: skip


def replay(recipe: Recipe) -> Iterator[Update]:
    """Draws the faces of a link with their labels, and verifies them."""
    came_from = encode_settings(restore(recipe))
    for update in draw_update(read_recipe(recipe), recipe):
        yield {**update, "from": came_from}
