"""Handlers by name: what Gradio hands in reaches their parameters, and what they return reaches the components."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.ui.api_errors import to_gradio_error
from playground.ui.events import FOLLOWS, Update, call, connect_stop, starts_again


@dataclass(frozen=True)
class Components:
    prompt: gr.Textbox
    seed: gr.Number
    notice: gr.Textbox
    settings: dict[str, Any]
    charts: tuple[gr.Textbox, ...]


@pytest.fixture
def components() -> Components:
    with gr.Blocks():
        settings = {"width": gr.Number(3), "steps": gr.Number(10)}
        return Components(gr.Textbox(), gr.Number(), gr.Textbox(), settings, (gr.Textbox(), gr.Textbox()))


def skipped(value: Any) -> bool:
    return bool(value == gr.skip())


def test_an_update_becomes_values_in_the_order_of_the_outputs(components: Components) -> None:
    def on_run(prompt: str, seed: int) -> Update:
        return {"notice": f"{prompt} {seed}", "seed": seed + 1}

    event = call(on_run, components, ["prompt", "seed"], ["prompt", "seed", "notice"])
    assert event["inputs"] == [components.prompt, components.seed]
    assert event["outputs"] == [components.prompt, components.seed, components.notice]
    prompt, seed, notice = event["fn"]("a", 1)
    assert skipped(prompt) and (seed, notice) == (2, "a 1")


def test_an_empty_update_changes_nothing(components: Components) -> None:
    def on_run() -> Update:
        return {}

    assert all(map(skipped, call(on_run, components, [], ["prompt", "seed"])["fn"]()))
    assert skipped(call(on_run, components, [], ["prompt"])["fn"]())
    assert call(on_run, components)["fn"]() is None


def test_a_single_output_is_returned_unwrapped_even_if_it_is_a_list(components: Components) -> None:
    def on_run() -> Update:
        return {"prompt": [1]}

    assert call(on_run, components, [], ["prompt"])["fn"]() == [1]


def test_a_generator_stays_a_generator_and_is_closed_with_its_event(components: Components) -> None:
    closed = []

    def on_run() -> Iterator[Update]:
        try:
            yield {"prompt": "a"}
            yield {"seed": 2}
        finally:
            closed.append(True)

    handler = call(on_run, components, [], ["prompt", "seed"])["fn"]
    assert inspect.isgeneratorfunction(handler)
    first, second = handler()
    assert first[0] == "a" and skipped(first[1]) and skipped(second[0]) and second[1] == 2
    stopped = handler()
    next(stopped)
    closed.clear()
    stopped.close()
    assert closed == [True]


def test_an_error_is_shown_in_the_notice_or_raised_without_one(components: Components) -> None:
    def on_run() -> Update:
        raise PlaygroundError("Choose another.")

    def on_stream() -> Iterator[Update]:
        yield {"prompt": "a"}
        raise PlaygroundError("Choose another.")

    error_value = {"tone": "error", "text": "Choose another."}
    assert call(on_run, components, [], ["prompt", "notice"])["fn"]()[1] == error_value
    assert [values[1] for values in call(on_stream, components, [], ["prompt", "notice"])["fn"]()][1] == error_value
    with pytest.raises(PlaygroundError):
        call(on_run, components, [], ["prompt"])["fn"]()


def test_what_nobody_foresaw_is_a_sentence_too_and_is_logged(
    components: Components, capsys: pytest.CaptureFixture[str]
) -> None:
    def on_run() -> Update:
        raise IndexError("list index out of range\nmore")

    def on_stream() -> Iterator[Update]:
        yield {"prompt": "a"}
        raise IndexError("list index out of range")

    for values in (
        call(on_run, components, [], ["prompt", "notice"])["fn"](),
        [*call(on_stream, components, [], ["prompt", "notice"])["fn"]()][1],
    ):
        assert values[1]["tone"] == "error" and "(IndexError: list index out of range)" in values[1]["text"]
    assert capsys.readouterr().err.count("Traceback") == 2
    error = to_gradio_error(IndexError("<b>"))
    assert "(IndexError: &lt;b&gt;)" in str(error)


def test_several_components_of_one_field_are_one_argument_and_one_value(components: Components) -> None:
    def on_run(prompt: str, settings: dict[str, Any], charts: tuple[str, ...]) -> Update:
        assert (prompt, settings, charts) == ("a", {"width": 3, "steps": 10}, ("b", "c"))
        return {"settings": {"steps": 20}, "charts": ("d", "e")}

    event = call(on_run, components, ["prompt", "settings", "charts"], ["settings", "charts"])
    assert len(event["inputs"]) == 5 and len(inspect.signature(event["fn"]).parameters) == 5
    width, steps, *charts = event["fn"]("a", 3, 10, "b", "c")
    assert skipped(width) and (steps, charts) == (20, ["d", "e"])


def test_a_dataclass_of_components_is_one_argument_by_its_fields(components: Components) -> None:
    def on_run(everything: dict[str, Any]) -> Update:
        return {"prompt": ",".join(everything)}

    event = call(on_run, components, [components], ["prompt"])
    assert event["fn"](*"abcdefg") == "prompt,seed,notice,settings,charts"


def test_components_come_from_several_dataclasses_and_mappings(components: Components) -> None:
    with gr.Blocks():
        visit = gr.State(())

    def on_run(visit: tuple[str, ...]) -> Update:
        return {"visit": (*visit, "a"), "notice": None}

    event = call(on_run, (components, {"visit": visit}), [visit], [visit, "notice"])
    assert event["fn"](()) == [("a",), None]
    with pytest.raises(ValueError, match="two components are called prompt"):
        call(on_run, (components, {"prompt": visit}), [visit], [])


def test_gradio_passes_event_data_to_annotated_parameters(components: Components) -> None:
    def on_pick(settings: dict[str, Any], event: gr.EventData, *values: Any) -> Update:
        return {"prompt": f"{settings['steps']} {event._data['index']} {values}"}

    handler = call(on_pick, components, ["settings", "prompt", "seed"], ["prompt"])["fn"]
    parameters = list(inspect.signature(handler).parameters.values())
    assert [one.annotation is gr.EventData for one in parameters] == [False, False, True, False, False]
    assert handler(3, 10, gr.EventData(None, {"index": 7}), "a", 1) == "10 7 ('a', 1)"


@pytest.mark.parametrize(
    ("inputs", "outputs", "update", "sentence"),
    [
        (["prmpt"], ["prompt"], {}, "no component 'prmpt'"),
        (["prompt"], ["prmpt"], {}, "no component 'prmpt'"),
        (["prompt"], ["prompt"], {"seed": 1}, "fills 'seed'"),
        (["prompt"], ["settings"], {"settings": {"stps": 1}}, "no component 'stps' in settings"),
        (["prompt"], ["charts"], {"charts": ["one"]}, "charts has 2 components"),
        ([], ["prompt"], {}, "takes more than the 0 values"),
        (["prompt", "seed"], ["prompt"], {}, "takes fewer than the 2 values"),
        ("prompt", ["prompt"], {}, "a list of names"),
    ],
)
def test_a_wrong_name_or_count_is_a_programming_error(
    components: Components, inputs: Any, outputs: Any, update: Update, sentence: str
) -> None:
    def on_run(prompt: str) -> Update:
        return update

    with pytest.raises(ValueError, match=sentence):
        call(on_run, components, inputs, outputs)["fn"]("a")


def test_the_buttons_of_a_run_that_can_be_stopped_answer_a_press() -> None:
    with gr.Blocks() as page:
        buttons = [gr.Button("a", elem_id=name) for name in ("once", "follows", "again", "chain", "other")]
        once, follows, again, chain, other = buttons
        events = [
            once.click(lambda: None),
            follows.click(lambda: None, **FOLLOWS),
            again.click(lambda: None, **starts_again("group")),
            chain.click(lambda: None).then(lambda: None),
        ]
        other.click(lambda: None)
        connect_stop(gr.Button("Stop"), events, gr.HTML())
    classes = [button.elem_classes for button in buttons]
    assert classes == [["pg-starts-once"], ["pg-starts-always-last"], [], ["pg-starts-once"], []]
    ends = [event.js for event in page.fns.values() if isinstance(event.js, str) and "busy.js" in event.js]
    assert len(ends) == 6 and all('"end"' in script or "'end'" in script for script in ends)
