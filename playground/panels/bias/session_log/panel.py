"""The session log: all that was measured in the Bias tab, what remains significant after correction, and the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import SessionLog, adjusted_p_values, summarize_session
from playground.bias.session_report import report_html, report_json
from playground.panels.bias.session_log.view import session_log_view
from playground.panels.bias.shared import format_p_value, query_of
from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice, notice_view


@dataclass(frozen=True)
class SessionLogComponents:
    """The fold at the foot of the tab. file: JSON for window.playground.save, hidden."""

    fold: gr.Accordion
    table: gr.HTML
    notice: gr.HTML
    file: gr.Textbox
    html: gr.Button
    json: gr.Button


def build_session_log(log: gr.State) -> None:
    """The fold, shut, and its events. log: gr.State of the SessionLog."""
    components = _build_components()
    shown = call(on_log, (components, {"log": log}), ["log"], ["table"])
    log.change(**shown, **QUIET)
    components.fold.expand(**shown, **QUIET)
    for button, kind in ((components.html, "html"), (components.json, "json")):
        report = button.click(**call(_reporter(kind), components, [log], ["file", "notice"]), **QUIET)
        report.then(
            None, components.file, None, js="message => window.playground.save(message)", api_visibility="private"
        )


def _build_components() -> SessionLogComponents:
    with gr.Accordion("This visit: all that was tried, and the report", open=False, elem_id="session-log-fold") as fold:
        gr.Markdown(
            "Who tries twenty things finds one by chance. So everything that you measure here is counted, and every "
            "p-value corrected for all the others (Holm 1979).",
            elem_classes="pg-hint",
        )
        table = session_log_view(session_log_value(()), elem_id="session-log")
        with gr.Row(elem_classes="pg-actions"):
            html = gr.Button("Download the report (HTML)", elem_id="session-report-html")
            data = gr.Button("Download the report (JSON, with recipes)", elem_id="session-report-json")
        note = notice_view(elem_id="session-report-notice")
        file = gr.Textbox(visible="hidden", elem_id="session-report-file")
    return SessionLogComponents(fold, table, note, file, html, data)


def on_log(log: SessionLog) -> Update:
    """The table as the log is now."""
    return {"table": session_log_value(log)}


def _reporter(kind: str) -> Callable[..., Update]:
    def on_report(log: SessionLog, request: gr.Request) -> Update:
        return report_update(log, kind, f"{str(request.headers.get('origin', '')).rstrip('/')}/")

    return on_report


def report_update(log: SessionLog, kind: str, address: str) -> Update:
    """The report as a file for the page to save. kind: "html" or "json".  address: of the page, for its links.

    Raises PlaygroundError if nothing was measured.
    """
    text = report_html(log, address) if kind == "html" else report_json(log)
    media_type = "text/html" if kind == "html" else "application/json"
    file = json.dumps({"name": f"bias-report.{kind}", "text": text, "type": media_type})
    return {"file": file, "notice": notice("The report is made.", "ok")}


def session_log_value(log: SessionLog) -> dict[str, Any]:
    """The log for its view."""
    rows = [
        {
            "title": measurement.title, "found": measurement.summary, "verdict": measurement.verdict,
            "query": query_of(measurement.recipe), "p": format_p_value(measurement.p),
            "adjusted": format_p_value(adjusted),
        }
        for measurement, adjusted in zip(log, adjusted_p_values(log), strict=True)
    ]  # fmt: skip
    return {"summary": summarize_session(log), "rows": rows}
