"""Pictures, first part: an image model's draws counted against its training data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias import image_audit as lab
from playground.bias.image_audit import Drawn
from playground.bias.image_findings import findings, trial_of, two_way
from playground.bias.session_log import Visit, added
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import latest
from playground.panels.bias.image_bias.sentences import audit_value, two_way_value
from playground.panels.bias.panels import Shared, compared, fine_print
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.model_dropdown import kept_fresh
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack, sheet_view

_SKIP: Any = gr.skip()
DEFAULT = "gan-avatars"
_NO_TABLE = {"rows": [], "empty": "This data has one label only: there is nothing to cross it with."}
_NOTHING = {"rows": [], "empty": "Press Audit: each line says how far the draws lie from the data."}


@dataclass(frozen=True)
class Part:
    """The components. drawn: gr.State of the finished Drawn, or None."""

    model: gr.Dropdown
    count: gr.Slider
    seed: gr.Number
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    sheet: gr.HTML
    lines: gr.HTML
    attribute: gr.Dropdown
    given: gr.Dropdown
    table: gr.HTML
    fine: gr.HTML
    drawn: gr.State

    def asked(self) -> list[Any]:
        """What a run takes."""
        return [self.model, self.count, self.seed, self.attribute, self.given]

    def shown(self, query: gr.Textbox, visit: gr.State) -> list[Any]:
        """What a run fills."""
        return [self.drawn, self.sheet, self.lines, self.table, self.fine, self.notice, query, visit]


def build() -> Part:
    """The part."""
    with gr.Row():
        models = lab.audited()
        model = gr.Dropdown(models, value=DEFAULT, label="Model", elem_id="audit-model", scale=3)
        kept_fresh(model, lab.audited)
        count = gr.Slider(
            lab.FEWEST, lab.MOST, value=1000, step=50, label="Pictures", elem_id="audit-count", scale=3,
            info="More pictures, narrower intervals.",
        )  # fmt: skip
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="audit-seed", scale=1)
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Audit", variant="primary", elem_id="audit-run")
        stop = gr.Button("Stop", elem_id="audit-stop")
    note = notice_view(elem_id="audit-notice")
    sheet = sheet_view(elem_id="audit-sheet")
    lines = intervals_view(_NOTHING, elem_id="audit-lines")
    with gr.Accordion("Look closer: one label for each word of another", open=False, elem_id="audit-closer"):
        with gr.Row():
            attribute = gr.Dropdown(
                ["glasses", "beard", "hat"], value="beard", label="Share with", elem_id="audit-attribute"
            )
            given = gr.Dropdown(
                ["skin", "hair colour", "clothing colour"], value="skin", label="For each", elem_id="audit-given"
            )
        table = intervals_view(elem_id="audit-table")
    fine = fine_print_view(elem_id="audit-fine")
    return Part(model, count, seed, run, stop, note, sheet, lines, attribute, given, table, fine, gr.State(None))


def on_audit(
    model: str, count: Any, seed: Any, attribute: str, given: str, visit: Visit, pending: Recipe | None = None
) -> Iterator[tuple[Any, ...]]:
    """Draws and reads, shown as they come; then all lines. Outputs: those of Part.shown()."""
    try:
        request = lab.read_audit(model, count, seed if seed is not None else 0)
        yield None, *[_SKIP] * 4, notice("Loading the model and the classifier."), _SKIP, _SKIP
        drawn: Drawn | None = None
        for drawn in latest(lab.draw_and_read(request), 0.3):
            told = notice(f"{len(drawn.read):,} of {request.count:,} pictures drawn and read. These are the first.")
            yield _SKIP, _sheet(drawn), *[_SKIP] * 3, told, _SKIP, _SKIP
        assert drawn is not None
        yield *[_SKIP] * 5, notice("Comparing with what the classifier reads off real pictures."), _SKIP, _SKIP
        real = lab.real_pictures(drawn.dataset)
        found = findings(drawn.read, real)
    except PlaygroundError as error:
        yield *[_SKIP] * 5, notice(str(error), "error"), _SKIP, _SKIP
        return
    trial = trial_of(drawn, found)
    visit = added(visit, trial)
    told = compared(pending, trial.recipe, "label for label") or notice(
        f"{len(drawn.read):,} pictures counted, {len(found)} lines.", "ok"
    )
    yield (
        drawn, _sheet(drawn), audit_value(found), on_cross(drawn, attribute, given), fine_print(trial, visit), told,
        trial.recipe.to_query(), visit,
    )  # fmt: skip


def _sheet(drawn: Drawn) -> dict[str, Any]:
    items = [{"label": "", "words": f"Drawn picture {number + 1}"} for number in range(len(drawn.pictures))]
    return pack(drawn.pictures) | {"items": items, "done": not drawn.doing, "chosen": None, "empty": ""}


def on_cross(drawn: Drawn | None, attribute: str, given: str) -> Any:
    """The two-way table of what was drawn."""
    if drawn is None:
        return {"rows": [], "empty": "Audit a model first."}
    try:
        return two_way_value(
            two_way(drawn.read, lab.real_pictures(drawn.dataset), attribute, given), attribute, given
        )  # fmt: skip
    except PlaygroundError:
        return _NO_TABLE


def restored(recipe: Recipe) -> list[Any]:
    """(model, count, seed) of a link. Raises PlaygroundError."""
    request = lab.read_audit(recipe.model, recipe.settings.get("count", 1000), recipe.seed)
    return [request.model, request.count, request.seed]


def wire(part: Part, query: gr.Textbox, shared: Shared) -> None:
    """Connects the events."""
    outputs = part.shown(query, shared.visit)
    started = gr.on(
        [part.run.click, part.seed.submit], on_audit, [*part.asked(), shared.visit], outputs, **QUIET, **MODEL_QUEUE
    )
    stop_button(part.stop, started, part.notice)
    crossed = [part.drawn, part.attribute, part.given]
    gr.on([part.attribute.input, part.given.input], on_cross, crossed, part.table, **QUIET, **MODEL_QUEUE)
