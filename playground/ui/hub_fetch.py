"""A model of the Hugging Face Hub that joins a menu: fetched, with its progress in a notice, then chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice


def connect_hub_fetch(
    button: gr.Button,
    repo_id: gr.Textbox,
    menu: gr.Dropdown,
    note: gr.HTML,
    fetch: Callable[[str], Iterator[Any]],
    names: Callable[[], Sequence[str]],
) -> None:
    """Fetches the model of an id after a click or Enter.

    fetch: id -> reports with `what`, `fraction` and, at the end, `name`.  names: all that the menu then has.
    """

    def on_fetch(repo_id: str) -> Iterator[Update]:
        for report in fetch(repo_id):
            if report.name:
                menu = gr.Dropdown(choices=list(names()), value=report.name)
                yield {"menu": menu, "notice": notice(f"{report.name} is ready, and chosen.", "ok")}
            else:
                yield {"notice": notice(f"{report.what} ({report.fraction:.0%})")}

    components = {"menu": menu, "notice": note}
    gr.on([button.click, repo_id.submit], **call(on_fetch, components, [repo_id], ["menu", "notice"]), **QUIET)
