"""Image bias, first part: an image model's draws counted against its training data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.image_audit import (
    FEWEST,
    MOST,
    ImageAudit,
    ImageAuditRequest,
    audit_images,
    auditable_models,
    load_real_images,
    read_image_audit,
)
from playground.bias.image_findings import audit_findings, audit_measurement, two_way_table
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.core.verification import verify
from playground.panels.bias.image_bias.data import audit_value, preview_value, two_way_value
from playground.panels.bias.shared import fine_print_value, outcome_notice
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import sheet_view

RESTORED = ("model", "count", "seed")
#: What a run fills of the part; besides, the panel's query and the tab's log.
RESULTS = ("audit", "sheet", "lines", "table", "fine_print", "notice")
DEFAULT = "gan-avatars"
_NO_TABLE = {"rows": [], "empty": "This data has one label only: there is nothing to cross it with."}
_NOTHING = {"rows": [], "empty": "Press Audit: each line says how far the draws lie from the data."}


@dataclass(frozen=True)
class AuditComponents:
    """attribute, given: of the two-way table.  audit: gr.State of the finished ImageAudit, or None."""

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
    fine_print: gr.HTML
    audit: gr.State


def build_components() -> AuditComponents:
    """The part's components."""
    with gr.Row():
        models = auditable_models()
        model = gr.Dropdown(models, value=DEFAULT, label="Model", elem_id="audit-model", scale=3)
        refresh_on_focus(model, auditable_models)
        count = gr.Slider(
            FEWEST, MOST, value=1000, step=50, label="Pictures", elem_id="audit-count", scale=3,
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
    return AuditComponents(
        model, count, seed, run, stop, note, sheet, lines, attribute, given, table, fine, gr.State(None)
    )


def connect(part: AuditComponents, common: Mapping[str, Any]) -> None:
    """Connects the part's events. common: {"query", "log"}."""
    inputs = ["model", "count", "seed", "attribute", "given", "log"]
    started = gr.on(
        [part.run.click, part.seed.submit],
        **call(on_audit, (part, common), inputs, [*RESULTS, *common]), **QUIET, **MODEL_QUEUE,
    )  # fmt: skip
    connect_stop(part.stop, started, part.notice)
    crossed = call(on_cross, part, ["audit", "attribute", "given"], ["table"])
    gr.on([part.attribute.input, part.given.input], **crossed, **QUIET, **MODEL_QUEUE)


def on_audit(model: str, count: Any, seed: Any, attribute: str, given: str, log: SessionLog) -> Iterator[Update]:
    """Draws and classifies, shown as it goes; then all lines."""
    yield from run_audit(read_image_audit(model, count, seed if seed is not None else 0), attribute, given, log)


def run_audit(
    request: ImageAuditRequest, attribute: str, given: str, log: SessionLog, recipe: Recipe | None = None
) -> Iterator[Update]:
    """The updates of a run. recipe: to be verified, if there is one."""
    yield {"audit": None, "notice": notice("Loading the model and the classifier.")}
    audit: ImageAudit | None = None
    for audit in throttle(audit_images(request), 0.3):
        progress = f"{len(audit.read):,} of {request.count:,} pictures drawn and read. These are the first."
        yield {"sheet": preview_value(audit.pictures, not audit.stage), "notice": notice(progress)}
    assert audit is not None
    yield {"notice": notice("Comparing with what the classifier reads off real pictures.")}
    findings = audit_findings(audit.read, load_real_images(audit.dataset))
    measurement = audit_measurement(audit, findings)
    log = log_measurement(log, measurement)
    done = notice(f"{len(audit.read):,} pictures counted, {len(findings)} lines.", "ok")
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    yield {
        "audit": audit, "sheet": preview_value(audit.pictures, not audit.stage), "lines": audit_value(findings),
        **on_cross(audit, attribute, given), "fine_print": fine_print_value(measurement, log),
        "notice": outcome_notice(verification, "label for label", done), "query": measurement.recipe.to_query(),
        "log": log,
    }  # fmt: skip


def on_cross(audit: ImageAudit | None, attribute: str, given: str) -> Update:
    """The two-way table of what was drawn."""
    if audit is None:
        return {"table": {"rows": [], "empty": "Audit a model first."}}
    try:
        cells = two_way_table(audit.read, load_real_images(audit.dataset), attribute, given)
    except PlaygroundError:
        return {"table": _NO_TABLE}
    return {"table": two_way_value(cells, attribute, given)}


def read_recipe(recipe: Recipe) -> ImageAuditRequest:
    """The request of a link. Raises PlaygroundError."""
    return read_image_audit(recipe.model, recipe.settings.get("count", 1000), recipe.seed)


def restore(recipe: Recipe) -> Update:
    """The settings of a link. Raises PlaygroundError."""
    request = read_recipe(recipe)
    return {"model": request.model, "count": request.count, "seed": request.seed}


def replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Audits what a link asks for, and verifies it."""
    yield from run_audit(read_recipe(recipe), "beard", "skin", log, recipe)
