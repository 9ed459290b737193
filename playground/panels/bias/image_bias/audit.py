"""Image bias, first part: an image model's samples counted against its training data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.image_audit import (
    FEWEST,
    MOST,
    NAME,
    ImageAudit,
    ImageAuditRequest,
    audit_images,
    auditable_models,
    load_real_images,
    read_image_audit,
)
from playground.bias.image_findings import audit_findings, audit_measurement, two_way_table
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.core.verification import verify
from playground.panels.bias.image_bias.data import audit_value, preview_value, two_way_value
from playground.panels.bias.shared import fine_print_value, outcome_notice, running_query
from playground.ui.events import FOLLOWS, MODEL_QUEUE, Update, call
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice, notice_view
from playground.ui.panel_protocol import Example
from playground.ui.picture_views import sheet_view
from playground.ui.result_settings import encode_settings, result_settings

RESTORED = ("model", "count", "seed")
#: Components of the part that a run updates, besides the panel's query and the tab's log.
RESULTS = ("audit", "sheet", "lines", "table", "fine_print", "notice")
DEFAULT = "gan-avatars"


@dataclass(frozen=True)
class AuditComponents:
    """attribute, condition: of the two-way table.  audit: gr.State of the finished ImageAudit, or None."""

    model: gr.Dropdown
    count: gr.Slider
    seed: gr.Number
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    sheet: gr.HTML
    lines: gr.HTML
    attribute: gr.Dropdown
    condition: gr.Dropdown
    table: gr.HTML
    fine_print: gr.HTML
    audit: gr.State


def build_components() -> AuditComponents:
    """Builds the part's components."""
    with gr.Column(elem_classes="pg-asks"):
        with gr.Row():
            models = auditable_models()
            model = gr.Dropdown(models, value=DEFAULT, label=say("shared.model"), elem_id="audit-model", scale=3)
            refresh_on_focus(model, auditable_models)
            count = gr.Slider(
                FEWEST, MOST, value=1000, step=50, label=say("shared.pictures"), elem_id="audit-count", scale=3,
                info=say("bias_texts.image_bias.audit.count_info"),
            )  # fmt: skip
            seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, elem_id="audit-seed", scale=1)
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias_texts.image_bias.audit.run"), variant="primary", elem_id="audit-run")
            stop = gr.Button(say("shared.stop"), elem_id="audit-stop")
    note = notice_view(elem_id="audit-notice")
    lines = intervals_view({"rows": [], "empty": say("bias_texts.image_bias.audit.empty")}, elem_id="audit-lines")
    with gr.Column(elem_classes="pg-rest"):
        sheet = sheet_view(elem_id="audit-sheet")
        with gr.Accordion(say("bias_texts.image_bias.audit.closer"), open=False, elem_id="audit-closer"):
            with gr.Row():
                attribute = gr.Dropdown(
                    ["glasses", "beard", "hat"], value="beard", label=say("bias_texts.image_bias.audit.attribute"),
                    elem_id="audit-attribute",
                )  # fmt: skip
                condition = gr.Dropdown(
                    ["skin", "hair colour", "clothing colour"], value="skin",
                    label=say("bias_texts.image_bias.audit.condition"), elem_id="audit-condition",
                )  # fmt: skip
            table = intervals_view(elem_id="audit-table")
        fine = fine_print_view(elem_id="audit-fine")
    return AuditComponents(
        model, count, seed, run, stop, note, sheet, lines, attribute, condition, table, fine, gr.State(None)
    )


def connect(part: AuditComponents, common: Mapping[str, Any]) -> tuple[dict[str, gr.Textbox], Example]:
    """Connects the part's events. common: the panel's query and the tab's log, by name.

    Returns the box with the settings that the results came from, by its name in the part, and the stored result.
    """
    came_from = result_settings(
        {name: getattr(part, name) for name in RESTORED}, [part.lines, part.sheet, part.table, part.fine_print]
    )
    inputs = ["model", "count", "seed", "attribute", "condition", "log"]
    audits = came_from.carry(call(on_audit, (part, common), inputs, [*RESULTS, *common]))
    connect_runs("audit", part.stop, part.notice, [([part.run.click, part.seed.submit], audits)])
    crossed = call(on_cross, part, ["audit", "attribute", "condition"], ["table"])
    gr.on([part.attribute.input, part.condition.input], **crossed, **FOLLOWS, **MODEL_QUEUE)
    return {"from": came_from.carried}, Example(audits, part="audit", note=part.notice)


def on_audit(model: str, count: Any, seed: Any, attribute: str, condition: str, log: SessionLog) -> Iterator[Update]:
    """Draws and classifies, showing the progress; then shows all lines."""
    yield from run_audit(read_image_audit(model, count, seed if seed is not None else 0), attribute, condition, log)


def run_audit(
    request: ImageAuditRequest, attribute: str, condition: str, log: SessionLog, recipe: Recipe | None = None
) -> Iterator[Update]:
    """Yields the updates of a run. recipe: of a link, to verify the result against."""
    empty = dict.fromkeys(("audit", "sheet", "lines", "table", "fine_print"))
    running = running_query(NAME, {"part": "audit", **vars(request)}, recipe)
    yield {**empty, "query": running, "notice": notice(say("bias_texts.image_bias.audit.loading"))}
    audit: ImageAudit | None = None
    for audit in throttle(audit_images(request), 0.3):
        progress = say("bias_texts.image_bias.audit.progress", read=len(audit.read), total=request.count)
        yield {"sheet": preview_value(audit.pictures, audit.done), "notice": notice(progress)}
    assert audit is not None
    yield {"notice": notice(say("bias_texts.image_bias.audit.comparing"))}
    findings = audit_findings(audit.read, load_real_images(audit.dataset))
    measurement = audit_measurement(audit, findings)
    log = log_measurement(log, measurement)
    done = notice(measurement.summary, "ok")
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    yield {
        "audit": audit, "sheet": preview_value(audit.pictures, audit.done), "lines": audit_value(findings),
        **on_cross(audit, attribute, condition), "fine_print": fine_print_value(measurement, log),
        "notice": outcome_notice(verification, say("bias_texts.image_bias.same_labels"), done),
        "query": measurement.recipe.to_query(), "log": log,
    }  # fmt: skip


def on_cross(audit: ImageAudit | None, attribute: str, condition: str) -> Update:
    """The two-way table of the drawn pictures."""
    if audit is None:
        return {"table": {"rows": [], "empty": say("bias_texts.image_bias.audit.no_audit")}}
    try:
        cells = two_way_table(audit.read, load_real_images(audit.dataset), attribute, condition)
    except PlaygroundError:
        return {"table": {"rows": [], "empty": say("bias_texts.image_bias.audit.one_label")}}
    return {"table": two_way_value(cells, attribute, condition)}


def read_recipe(recipe: Recipe) -> ImageAuditRequest:
    """The request of a link. Raises PlaygroundError."""
    return read_image_audit(recipe.model or DEFAULT, recipe.settings.get("count", 1000), recipe.seed)


def restore(recipe: Recipe) -> Update:
    """The settings of a link. Raises PlaygroundError."""
    request = read_recipe(recipe)
    return {"model": request.model, "count": request.count, "seed": request.seed}


def replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Audits what a link asks for, and verifies the result."""
    came_from = encode_settings(restore(recipe))
    for update in run_audit(read_recipe(recipe), "beard", "skin", log, recipe):
        yield {**update, "from": came_from}
