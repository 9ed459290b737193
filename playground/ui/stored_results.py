"""Stored results: what a panel shows before its visitor has done anything.

Each is what the panel's own button gives with the settings that the page opens with, run once and stored:
`python -m playground.stored_results` runs them all again. Opening a panel runs no model.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.paths import EXAMPLES
from playground.core.recipe import Recipe
from playground.ui.notice import notice
from playground.ui.panel_links import is_of, names_panel_alone
from playground.ui.panel_protocol import Example
from playground.ui.view import encode_value, module_call


class StoredResult:
    """A panel's stored result, and the event that shows it."""

    def __init__(self, tab: str, panel: str, example: Example, note: gr.HTML) -> None:
        """tab, panel: their names.  note: the panel's notice, which says TAB.PANEL.example of the catalogue."""
        self.tab, self.panel, self.note = tab, panel, note
        self.run, self.settings = example.run, {component._id: value for component, value in example.settings}

    @property
    def file_name(self) -> str:
        """Of the stored result, in assets/examples."""
        return f"{self.tab}.{self.panel}.json"

    def compute(self) -> dict[str, Any]:
        """Runs the panel's button with the settings that the page opens with -> the result, as it is stored.

        Raises RuntimeError if the run fails or gives nothing.
        """
        values: dict[int, Any] = {}
        for update in _updates(self.run["fn"], [self._input(component) for component in self.run["inputs"]]):
            values |= {place: value for place, value in enumerate(update) if not _is_skip(value)}
        outputs = self.run["outputs"]
        said = next((value for place, value in values.items() if outputs[place] is self.note), None) or {}
        if said.get("tone") == "error":
            raise RuntimeError(f"{self.file_name}: {said['text']}")
        # The others hold a link and the settings that the result came from: none if they are not those of the page.
        kinds = (gr.HTML,) if self.settings else (gr.HTML, gr.Textbox, gr.Radio)
        kept = {
            str(place): _without_visit(value)
            for place, value in sorted(values.items())
            if isinstance(outputs[place], kinds) and outputs[place] is not self.note
        }
        if not any(_is_view(outputs[int(place)]) and value for place, value in kept.items()):
            raise RuntimeError(f"{self.file_name}: the run gave no result")
        return {"outputs": len(outputs), "values": kept}

    def _input(self, component: Any) -> Any:
        value = self.settings.get(component._id, component.value)
        return value() if callable(value) else value

    def show(self) -> dict[int, Any]:
        """Place among the run's outputs -> value. Raises ValueError if the result was stored for other outputs."""
        stored = read_stored(self.file_name)
        outputs = self.run["outputs"]
        if stored["outputs"] != len(outputs):
            raise ValueError(f"{self.file_name} has other outputs: run python -m playground.stored_results")
        remark = notice(say(f"{self.tab}.{self.panel}.example"))
        return {int(place): value for place, value in stored["values"].items()} | {outputs.index(self.note): remark}

    def connect(self, turn: gr.Textbox, pending: gr.State, options: Mapping[str, Any]) -> Any:
        """Shows the result when `turn` changes, unless the page has one already or a link names other settings.

        The page asks for it, and looks again when it has come: a visitor may have begun something meanwhile.
        """
        outputs = self.run["outputs"]
        views = [place for place, output in enumerate(outputs) if _is_view(output) and output is not self.note]
        others = [place for place, output in enumerate(outputs) if isinstance(output, (gr.Textbox, gr.Radio))]
        places = [*views, *others, outputs.index(self.note)]
        filled = [outputs[place] for place in places]
        folds = [output for output in outputs if isinstance(output, gr.Accordion)]
        untouched, stored = gr.Checkbox(visible="hidden"), gr.Textbox(visible="hidden")

        def on_front(untouched: bool, pending: Recipe | None, *_: Any) -> str:
            is_linked = is_of(pending, self.panel) and pending is not None and not names_panel_alone(pending)
            if not untouched or is_linked:
                return ""
            values = self.show()
            sent = [
                encode_value(values.get(place)) if _is_view(outputs[place]) else values.get(place) for place in places
            ]
            return json.dumps(sent, ensure_ascii=False)

        on_front.stored_result = self  # type: ignore[attr-defined]
        asks = module_call("ui/stored_results.js", "isUntouched", str(len(views)), "now")
        fills = module_call("ui/stored_results.js", "fill", "stored", str(len(views)), str(len(folds)), "now")
        script = f"async (_, pending, ...now) => [await {asks}, pending, ...now.map(() => null)]"
        asked = turn.change(on_front, [untouched, pending, *filled], stored, js=script, **options)
        stored.change(
            None, [stored, *filled], [*filled, *folds], js=f"(stored, ...now) => {fills}", api_visibility="private",
        )  # fmt: skip
        return asked


def stored_results(site: gr.Blocks) -> list[StoredResult]:
    """All stored results of a page, in its order."""
    found = (getattr(event.fn, "stored_result", None) for event in site.fns.values())
    return [one for one in found if isinstance(one, StoredResult)]


@cache
def read_stored(file_name: str) -> Mapping[str, Any]:
    """A file of assets/examples."""
    return json.loads((EXAMPLES / file_name).read_text("utf-8"))  # type: ignore[no-any-return]


def write_stored(result: StoredResult) -> int:
    """Computes a result and stores it -> bytes of its file."""
    text = (
        json.dumps(result.compute(), ensure_ascii=False, separators=(",", ":"), default=lambda value: value.tolist())
        + "\n"
    )
    return (EXAMPLES / result.file_name).write_text(text, "utf-8")


def _updates(fn: Callable[..., Any], values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    result = fn(*values)
    yield from result if inspect.isgenerator(result) else [result]


def _is_view(component: Any) -> bool:
    return isinstance(component, gr.HTML)


def _is_skip(value: Any) -> bool:
    return isinstance(value, dict) and value == gr.skip()


def _without_visit(value: Any) -> Any:
    """A stored result is nobody's visit: it counts no comparison."""
    return {**value, "session": ""} if isinstance(value, dict) and "session" in value else value
