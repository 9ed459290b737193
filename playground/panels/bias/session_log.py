"""The visit: all that was measured in the Bias tab, what is left after correction, and the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import Visit, corrected, summary
from playground.bias.session_report import report_html, report_json
from playground.core.errors import PlaygroundError
from playground.panels.bias.panels import chance
from playground.panels.bias.session_log_view import visit_view
from playground.ui.events import QUIET
from playground.ui.notice import notice, notice_view


@dataclass(frozen=True)
class Panel:
    """The fold at the foot of the tab."""

    fold: gr.Accordion
    table: gr.HTML
    notice: gr.HTML
    file: gr.Textbox
    html: gr.Button
    json: gr.Button


def build_visit() -> Panel:
    """The fold, shut."""
    with gr.Accordion("This visit: all that was tried, and the report", open=False, elem_id="bias-visit-fold") as fold:
        gr.Markdown(
            "Who tries twenty things finds one by chance. So everything that you measure here is counted, and every "
            "p-value corrected for all the others (Holm 1979).",
            elem_classes="pg-hint",
        )
        table = visit_view(shown(()), elem_id="bias-visit")
        with gr.Row(elem_classes="pg-actions"):
            html = gr.Button("Download the report (HTML)", elem_id="bias-report-html")
            data = gr.Button("Download the report (JSON, with recipes)", elem_id="bias-report-json")
        note = notice_view(elem_id="bias-report-notice")
        file = gr.Textbox(visible="hidden", elem_id="bias-report-file")
    return Panel(fold, table, note, file, html, data)


def wire(panel: Panel, visit: gr.State) -> None:
    """Keeps the table as the visit is, and makes the report."""
    visit.change(shown, visit, panel.table, **QUIET)
    panel.fold.expand(shown, visit, panel.table, **QUIET)
    for button, kind in ((panel.html, "html"), (panel.json, "json")):
        made = button.click(_maker(kind), visit, [panel.file, panel.notice], **QUIET)
        made.then(None, panel.file, None, js="message => window.playground.save(message)", api_visibility="private")


def _maker(kind: str) -> Any:
    def on_report(visit: Visit, request: gr.Request) -> tuple[Any, Any]:
        return made_report(visit, kind, f"{str(request.headers.get('origin', '')).rstrip('/')}/")

    return on_report


def made_report(visit: Visit, kind: str, address: str) -> tuple[Any, Any]:
    """(file for the page to save, notice). kind: "html" or "json"."""
    try:
        text = report_html(visit, address) if kind == "html" else report_json(visit)
    except PlaygroundError as error:
        return None, notice(str(error), "error")
    typed = "text/html" if kind == "html" else "application/json"
    return json.dumps({"name": f"bias-report.{kind}", "text": text, "type": typed}), notice("The report is made.", "ok")


def shown(visit: Visit) -> dict[str, Any]:
    """The visit for its view."""
    rows = []
    for trial, adjusted in zip(visit, corrected(visit), strict=True):
        try:
            query = trial.recipe.to_query()
        except PlaygroundError:
            query = ""
        rows.append(
            {
                "title": trial.title, "found": trial.found, "verdict": trial.verdict, "query": query,
                "p": chance(trial.p), "adjusted": chance(adjusted),
            }
        )  # fmt: skip
    return {"summary": summary(visit), "rows": rows}
