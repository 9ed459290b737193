"""Adds a Hugging Face model to a menu: fetches it, with progress in a notice, then selects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.ui.events import QUIET, Update, call
from playground.ui.model_dropdown import Choices
from playground.ui.notice import notice


def connect_hub_fetch(
    button: gr.Button,
    repo_id: gr.Textbox,
    menu: gr.Dropdown,
    note: gr.HTML,
    fetch: Callable[[str], Iterator[Any]],
    choices: Callable[[], Choices],
) -> None:
    """Fetches the model of an id after a click or Enter.

    fetch: id -> reports with `what`, `fraction` (0 to 1) and, at the end, `name`.  choices: the menu's new ones.
    """

    def on_fetch(repo_id: str | None) -> Iterator[Update]:
        for report in fetch(repo_id or ""):
            if report.name:
                menu = gr.Dropdown(choices=list(choices()), value=report.name)
                yield {"menu": menu, "notice": notice(say("shared.hub_fetch.ready", model=report.name), "ok")}
            else:
                progress = say("shared.hub_fetch.progress", step=report.what, fraction=report.fraction)
                yield {"notice": notice(progress)}

    components = {"menu": menu, "notice": note}
    gr.on([button.click, repo_id.submit], **call(on_fetch, components, [repo_id], ["menu", "notice"]), **QUIET)
