"""A button that fetches the data set of the chosen model, in sight while that is missing, with progress in a notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice, notice_view


def build_data_fetch(
    model: gr.Dropdown, is_missing: Callable[[str], bool], fetch: Callable[[str], Iterator[float]], elem_id: str
) -> Callable[..., Any]:
    """Builds the button below the menu of models. Returns the listener of what follows a fetch.

    is_missing: model -> whether its data set could be fetched.  fetch: model -> the fractions done, 0 to 1.
    """
    button = gr.Button(say("shared.data_fetch.run"), visible=_visible(is_missing(str(model.value))), elem_id=elem_id)
    note = notice_view(elem_id=f"{elem_id}-notice")
    components = {"model": model, "button": button, "notice": note}

    def on_model(model: str) -> Update:
        return {"button": gr.Button(visible=_visible(is_missing(model))), "notice": None}

    def on_fetch(model: str) -> Iterator[Update]:
        for fraction in fetch(model):
            yield {"notice": notice(say("shared.data_fetch.progress", fraction=fraction))}
        yield {"button": gr.Button(visible="hidden"), "notice": notice(say("shared.data_fetch.done"), "ok")}

    model.change(**call(on_model, components, ["model"], ["button", "notice"]), queue=False, **QUIET)
    return button.click(**call(on_fetch, components, ["model"], ["button", "notice"]), **QUIET).then


def _visible(visible: bool) -> Any:
    return True if visible else "hidden"
