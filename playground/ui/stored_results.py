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

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.paths import EXAMPLES
from playground.core.recipe import Recipe
from playground.ui.events import FOLLOWS
from playground.ui.notice import notice
from playground.ui.panel_links import is_of, names_panel_alone
from playground.ui.panel_protocol import Example
from playground.ui.view import encode_value, module_call

#: Kinds of components whose plain values are stored beside a run's views.
_SETTINGS = (gr.Textbox, gr.Radio, gr.Number)


class StoredResult:
    """A panel's stored result, and the event that shows it."""

    def __init__(self, tab: str, panel: str, example: Example, note: gr.HTML, query: gr.Textbox | None = None) -> None:
        """tab, panel: their names.  note: the panel's notice, unless the example has its own.

        query: the panel's, which holds the link of only one of its results.
        """
        if example.run is None:
            raise ValueError(f"the example of {panel} has no run")
        self.tab, self.panel, self.part, self.note = tab, panel, example.part, example.note or note
        self.run, self.settings = example.run, {component._id: value for component, value in example.settings}
        self.left_out = query if example.part else None
        self.varies = example.varies
        self.stored = gr.Textbox(visible="hidden")

    @property
    def file_name(self) -> str:
        """Of the stored result, in assets/examples."""
        return ".".join(filter(None, [self.tab, self.panel, self.part, "json"]))

    def takeaway(self) -> str:
        """The sentence above the result: what to notice. TAB.PANEL.example of the catalogue, or example_PART."""
        key = f"example_{self.part}" if self.part else "example"
        return say(f"{self.tab}.{self.panel}.{key}")

    def _keeps(self, output: Any) -> bool:
        """Whether an output's value is stored. Links and settings are left out if they are not those of the page."""
        is_as_opened = all(isinstance(one, gr.State) for one in self.run["inputs"] if one._id in self.settings)
        kinds = (gr.HTML, *_SETTINGS) if is_as_opened else (gr.HTML,)
        shows_nothing_yet = not _is_view(output) or _is_result(output)
        is_other = output is self.note or output is self.left_out
        return isinstance(output, kinds) and shows_nothing_yet and not is_other

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
        kept = {
            str(place): _without_visit(value) for place, value in sorted(values.items()) if self._keeps(outputs[place])
        }
        if not any(_is_view(outputs[int(place)]) and value for place, value in kept.items()):
            raise RuntimeError(f"{self.file_name}: the run gave no result")
        return {"outputs": len(outputs), "values": kept}

    def _input(self, component: Any) -> Any:
        value = self.settings.get(component._id)
        return _first_value(component) if value is None else value() if callable(value) else value

    def show(self) -> dict[int, Any]:
        """Place among the run's outputs -> value. Raises ValueError if the result was stored for other outputs."""
        stored = read_stored(self.file_name)
        outputs = self.run["outputs"]
        if stored["outputs"] != len(outputs):
            raise ValueError(f"{self.file_name} has other outputs: run python -m playground.stored_results")
        elsewhere = stored.get("processor") not in (None, hardware.processor_kind())
        remark = notice(self.takeaway() + (" " + say("shared.other_processor") if elsewhere else ""))
        return {int(place): value for place, value in stored["values"].items()} | {outputs.index(self.note): remark}

    def _places(self) -> tuple[int, list[int]]:
        """(how many views the run fills, the places of all outputs that the result fills: the views first)."""
        outputs = self.run["outputs"]
        views = [place for place, output in enumerate(outputs) if _is_result(output) and output is not self.note]
        others = [place for place, output in enumerate(outputs) if isinstance(output, _SETTINGS)]
        return len(views), [*views, *others, outputs.index(self.note)]

    def _is_linked(self, pending: Recipe | None) -> bool:
        return is_of(pending, self.panel) and pending is not None and not names_panel_alone(pending)

    def _is_as_opened(self, values: Sequence[Any]) -> bool:
        """Whether the run's inputs have the values that the page opens with, or those of the stored result."""
        stored = {self.run["outputs"][place]._id: value for place, value in self.show().items()}
        opened = [(_first_value(one), stored.get(one._id)) for one in self.run["inputs"]]
        return all(any(_is_same(value, other) for other in both) for value, both in zip(values, opened, strict=True))

    def spare(self, turn: gr.Textbox, pending: gr.State) -> gr.Textbox:
        """A counter that follows `turn`, except while the stored result is there and a drawing would give the same.

        The page asks the server only while the stored result is there; a drawing waits in the model's line.
        """
        views, places = self._places()
        asked, needed = gr.Textbox("0", visible="hidden"), gr.Textbox("0", visible="hidden")

        def on_asked(turn: str, pending: Recipe | None, *values: Any) -> Any:
            return gr.skip() if not self._is_linked(pending) and self._is_as_opened(values) else turn

        untouched = module_call("ui/stored_results.js", "isUntouched", str(views), "now")
        shows = module_call("ui/stored_results.js", "showsStored", "stored", str(views), "now")
        script = (
            "async (turn, asked, needed, stored, ...now) => "
            f"(await {untouched} || await {shows} ? [turn, needed] : [asked, turn])"
        )
        filled = [self.run["outputs"][place] for place in places]
        turn.change(
            None, [turn, asked, needed, self.stored, *filled], [asked, needed], js=script, api_visibility="private",
        )  # fmt: skip
        asked.change(on_asked, [asked, pending, *self.run["inputs"]], needed, queue=False, **FOLLOWS)
        return needed

    def connect(
        self, turn: gr.Textbox, pending: gr.State, options: Mapping[str, Any], only_as_opened: bool = False
    ) -> Any:
        """Shows the result when `turn` changes, unless the page has one already or a link names other settings.

        The page asks for it, and looks again when it has come: a visitor may have begun something meanwhile.
        only_as_opened: whether the settings must be those that the page opens with, too.
        """
        outputs = self.run["outputs"]
        views, places = self._places()
        filled = [outputs[place] for place in places]
        folds = [output for output in outputs if isinstance(output, gr.Accordion)]
        stored, settings = self.stored, list(self.run["inputs"]) if only_as_opened else []

        def on_front(untouched: bool, pending: Recipe | None, *values: Any) -> Any:
            if not untouched or self._is_linked(pending):
                return gr.skip() if only_as_opened else ""
            if only_as_opened and not self._is_as_opened(values[len(filled) :]):
                return gr.skip()
            result = [(outputs[place], shown.get(place)) for shown in [self.show()] for place in places]
            sent = [encode_value(value) if _is_view(output) else value for output, value in result]
            return json.dumps(sent, ensure_ascii=False)

        on_front.stored_result = self  # type: ignore[attr-defined]
        asks = module_call("ui/stored_results.js", "isUntouched", str(views), f"now.slice(0, {len(filled)})")
        name = repr(f"{self.tab}-{self.panel}")
        fills = module_call("ui/stored_results.js", "fill", name, "stored", str(views), str(len(folds)), "now")
        script = (
            f"async (_, pending, ...now) => [await {asks}, pending, "
            f"...now.map((value, place) => (place < {views} ? null : value))]"
        )
        inputs = [gr.Checkbox(visible="hidden"), pending, *filled, *settings]
        asked = turn.change(on_front, inputs, stored, js=script, **options)
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
    content = result.compute() | ({"processor": hardware.processor_kind()} if result.varies else {})
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=lambda value: value.tolist()) + "\n"
    return (EXAMPLES / result.file_name).write_text(text, "utf-8")


def _updates(fn: Callable[..., Any], values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    result = fn(*values)
    yield from result if inspect.isgenerator(result) else [result]


def _is_view(component: Any) -> bool:
    return isinstance(component, gr.HTML)


def _first_value(component: Any) -> Any:
    return component.value() if callable(component.value) else component.value


def _is_same(value: Any, opened: Any) -> bool:
    """Whether a component has the value that it opens with; nothing chosen is None, "" or an empty list."""
    nothing: tuple[Any, ...] = (None, "", [])
    try:
        return bool(value == opened) or (value in nothing and opened in nothing)
    except ValueError:  # an array
        return False


def _is_result(component: Any) -> bool:
    """Whether a component is a view that has nothing to show as the page opens; a model's facts are no result."""
    if not _is_view(component):
        return False
    value = component.value() if callable(component.value) else component.value
    parts = json.loads(value).values() if value else ()
    return not any(isinstance(part, (dict, list)) and part for part in parts)


def _is_skip(value: Any) -> bool:
    return isinstance(value, dict) and value == gr.skip()


def _without_visit(value: Any) -> Any:
    """A stored result is nobody's visit: it counts no comparison."""
    if not isinstance(value, dict):
        return value
    others = {name: one for name, one in value.items() if name not in ("id", "titles")}
    return {**others, "session": ""} if "session" in value else others
