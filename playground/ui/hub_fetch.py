"""A model of the Hub that joins a menu: fetched with its progress told, and chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.ui.notice import notice

_SKIP: Any = gr.skip()


def fetch_handler(
    fetch: Callable[[str], Iterator[Any]], names: Callable[[], Sequence[str]]
) -> Callable[[str], Iterator[tuple[Any, Any]]]:
    """A handler that takes an id and fills (the menu, a notice).

    fetch: id -> reports with `what`, `fraction` and, at the end, `name`.  names: all that the menu then has.
    """

    def on_fetch(repo_id: str) -> Iterator[tuple[Any, Any]]:
        try:
            for report in fetch(repo_id):
                if report.name:
                    chosen = gr.Dropdown(choices=list(names()), value=report.name)
                    yield chosen, notice(f"{report.name} is ready, and chosen.", "ok")
                else:
                    yield _SKIP, notice(f"{report.what} ({report.fraction:.0%})")
        except PlaygroundError as error:
            yield _SKIP, notice(str(error), "error")

    return on_fetch
