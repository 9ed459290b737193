"""The session log: all measurements of a visit to the Bias tab, with corrected p-values, and the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import (
    SessionLog,
    adjusted_p_values,
    corrected_verdict,
    summarize_session,
    verdict_name,
)
from playground.bias.session_report import report_html, report_json
from playground.core.catalogue import say
from playground.panels.bias.session_log.view import session_log_view
from playground.panels.bias.shared import corrections, format_p_value, query_of
from playground.ui.browser_store import clear_script
from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.view import module_call, save_script


@dataclass(frozen=True)
class SessionLogComponents:
    """The accordion at the foot of the tab.

    file: JSON for `save` in ui/download.js, hidden.  corrections: JSON for ui/corrected_verdicts.js, hidden.
    """

    fold: gr.Accordion
    table: gr.HTML
    notice: gr.HTML
    file: gr.Textbox
    html: gr.Button
    json: gr.Button
    again: gr.Button
    corrections: gr.Textbox


def build_session_log(log: gr.State) -> None:
    """Builds the accordion, closed, and connects its events. log: gr.State of the SessionLog."""
    components = _build_components()
    update = call(on_log, (components, {"log": log}), ["log"], ["table", "corrections"])
    log.change(**update, **QUIET)
    correct = f"text => {module_call('ui/corrected_verdicts.js', 'correct', 'text')}"
    components.corrections.change(None, components.corrections, None, js=correct, api_visibility="private")
    components.fold.expand(**update, **QUIET)
    components.again.click(None, None, None, js=clear_script(), api_visibility="private")
    for button, kind in ((components.html, "html"), (components.json, "json")):
        report = button.click(**call(_reporter(kind), components, [log], ["file", "notice"]), **QUIET)
        report.then(None, components.file, None, js=save_script(), api_visibility="private")


def _build_components() -> SessionLogComponents:
    with gr.Accordion(say("bias_texts.session_log.title"), open=False, elem_id="session-log-fold") as fold:
        gr.Markdown(say("bias_texts.session_log.hint"), elem_classes="pg-hint")
        table = session_log_view(session_log_value(()), elem_id="session-log")
        with gr.Row(elem_classes="pg-actions"):
            html = gr.Button(say("bias_texts.session_log.html"), elem_id="session-report-html")
            data = gr.Button(say("bias_texts.session_log.json"), elem_id="session-report-json")
            again = gr.Button(say("shared.visit.button"), elem_id="session-start-again")
        note = notice_view(elem_id="session-report-notice")
        file = gr.Textbox(visible="hidden", elem_id="session-report-file")
    return SessionLogComponents(fold, table, note, file, html, data, again, gr.Textbox(visible="hidden"))


def on_log(log: SessionLog) -> Update:
    """Updates the table from the log, and the verdicts of all results that are still shown."""
    return {"table": session_log_value(log), "corrections": json.dumps(corrections(log), ensure_ascii=False)}


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
    return {"file": file, "notice": notice(say("bias_texts.session_log.ready"), "ok")}


def session_log_value(log: SessionLog) -> dict[str, Any]:
    """The log for session_log_view."""
    rows = [
        {
            "title": measurement.title, "summary": measurement.summary,
            "verdict": corrected_verdict(measurement, adjusted),
            "verdict_name": verdict_name(corrected_verdict(measurement, adjusted)),
            "query": query_of(measurement.recipe), "p": format_p_value(measurement.p),
            "adjusted": format_p_value(adjusted),
        }
        for measurement, adjusted in zip(log, adjusted_p_values(log), strict=True)
    ]  # fmt: skip
    return {"summary": summarize_session(log), "rows": rows}
