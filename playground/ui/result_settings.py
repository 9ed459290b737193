"""The settings that a result came from: it is dimmed, with "of earlier settings", as soon as the page's are others.

An event that fills a result also fills `carried`, a hidden box, with the values of the settings that it ran with. At
each change of a setting the page compares them (result_settings.js), without a request to the server.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.ui.view import module_call

_SKIP = gr.skip()
#: How long a result that follows its settings may take to arrive before it is dimmed.
PATIENCE_MILLISECONDS = 3_000


@dataclass(frozen=True)
class ResultSettings:
    """What a result came from. settings: components by name.  results: those that are dimmed.  carried: JSON or "".

    A handler that knows the settings of its result better, such as that of a stored example, fills `carried` itself.
    """

    settings: Mapping[str, Any]
    results: Sequence[Any]
    carried: gr.Textbox

    def carry(self, keywords: Mapping[str, Any]) -> dict[str, Any]:
        """Keywords of `call`, for an event that fills `carried` too as soon as it fills one of the results."""
        inputs, outputs = list(keywords["inputs"]), list(keywords["outputs"])
        ids = {result._id for result in self.results}
        places = [place for place, output in enumerate(outputs) if output._id in ids]
        if not places:
            raise ValueError("the event fills none of the results")
        fn = _carrying(keywords["fn"], list(self.settings), places, len(outputs))
        return {
            **keywords,
            "fn": fn,
            "inputs": [*inputs, *self.settings.values()],
            "outputs": [*outputs, self.carried],
        }


@dataclass(frozen=True)
class SeveralResults:
    """Results of one event that come from different settings."""

    groups: Sequence[ResultSettings]

    def carry(self, keywords: Mapping[str, Any]) -> dict[str, Any]:
        """As ResultSettings.carry, for each group."""
        carried = dict(keywords)
        for group in self.groups:
            carried = group.carry(carried)
        return carried


def result_settings(
    settings: Mapping[str, Any], results: Sequence[Any], follows: bool = False, first: Mapping[str, Any] | None = None
) -> ResultSettings:
    """Connects settings with the results that they lead to, inside the surrounding Blocks.

    settings: components with plain values, by name: text, numbers, choices.
    results: the components to dim; the first carries the sign.
    follows: whether a change computes the results again by itself: they are dimmed until the new ones come, with
    "waiting" and the length of the server's line, and as those of earlier settings if none come.
    first: the settings of the results that the page opens with, if they are there from the beginning.
    """
    patience = PATIENCE_MILLISECONDS if follows else 0
    for result in results:
        result.elem_id = result.elem_id or f"result-{result._id}"
    carried = gr.Textbox(encode_settings(first) if first else "", visible="hidden")
    ids, names = (json.dumps(list(items)) for items in ([result.elem_id for result in results], settings))
    gr.on(
        [carried.change, *(component.change for component in settings.values())],
        None,
        [carried, *settings.values()],
        None,
        js="(carried, ...now) => "
        + module_call("ui/result_settings.js", "compareSettings", ids, names, "carried", "now", str(patience)),
        api_visibility="private",
    )
    return ResultSettings(settings, results, carried)


def encode_settings(values: Mapping[str, Any]) -> str:
    """A value of `carried`. Settings that it leaves out are not compared."""
    return json.dumps(dict(values), ensure_ascii=False)


def _carrying(fn: Callable[..., Any], names: Sequence[str], places: Sequence[int], count: int) -> Callable[..., Any]:
    """The function with the settings' values as further inputs, and `carried` as a last output."""

    def with_carried(result: Any, settings: str) -> list[Any]:
        values = list(result) if count > 1 else [result]
        filled = [values[place] for place in places if not _is_skip(values[place])]
        if not filled:
            return [*values, _SKIP]
        return [*values, settings if any(value is not None for value in filled) else ""]

    def split(values: Sequence[Any]) -> tuple[Sequence[Any], str]:
        own = len(values) - len(names)
        return values[:own], encode_settings(dict(zip(names, values[own:], strict=True)))

    def handler(*values: Any) -> list[Any]:
        own, settings = split(values)
        return with_carried(fn(*own), settings)

    def stream(*values: Any) -> Iterator[list[Any]]:
        own, settings = split(values)
        sent: Any = _SKIP
        for result in fn(*own):
            *outputs, carried = with_carried(result, settings)
            yield [*outputs, _SKIP if carried == sent else carried]
            sent = sent if _is_skip(carried) else carried

    wrapper: Any = stream if inspect.isgeneratorfunction(fn) else handler
    before = list(inspect.signature(fn).parameters.values())
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    more = [inspect.Parameter(f"setting_{len(before) + place}", kind, annotation=Any) for place in range(len(names))]
    wrapper.__name__, wrapper.__qualname__, wrapper.__module__ = fn.__name__, fn.__qualname__, fn.__module__
    wrapper.__doc__, wrapper.__signature__ = fn.__doc__, inspect.Signature([*before, *more])
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in [*before, *more]}
    return wrapper  # type: ignore[no-any-return]


def _is_skip(value: Any) -> bool:
    return isinstance(value, dict) and value == _SKIP
