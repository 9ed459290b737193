"""A result carries the settings that it came from."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.ui.events import Update, call
from playground.ui.result_settings import ResultSettings, result_settings


@dataclass(frozen=True)
class Components:
    text: gr.Textbox
    seed: gr.Number
    chart: gr.HTML
    notice: gr.HTML


@pytest.fixture
def components() -> Components:
    with gr.Blocks():
        return Components(gr.Textbox(), gr.Number(), gr.HTML(elem_id="chart"), gr.HTML())


def connected(components: Components) -> ResultSettings:
    with gr.Blocks():
        return result_settings({"text": components.text, "seed": components.seed}, [components.chart])


def skipped(value: object) -> bool:
    return bool(value == gr.skip())


def test_a_result_carries_the_settings_that_the_event_ran_with(components: Components) -> None:
    def on_run(text: str) -> Update:
        return {"chart": text}

    event = connected(components).carry(call(on_run, components, ["text"], ["chart"]))
    assert event["inputs"] == [components.text, components.text, components.seed]
    chart, carried = event["fn"]("cat", "cat", 3)
    assert chart == "cat" and json.loads(carried) == {"text": "cat", "seed": 3}
    assert len(inspect.signature(event["fn"]).parameters) == 3


def test_an_error_leaves_the_settings_of_the_result_that_stays(components: Components) -> None:
    def on_run(text: str) -> Update:
        raise PlaygroundError("Choose another.")

    event = connected(components).carry(call(on_run, components, ["text"], ["chart", "notice"]))
    chart, notice, carried = event["fn"]("cat", "cat", 3)
    assert skipped(chart) and skipped(carried) and notice["text"] == "Choose another."


def test_a_stream_carries_the_settings_once_with_its_first_result(components: Components) -> None:
    def on_run(text: str) -> Iterator[Update]:
        yield {"notice": "begins"}
        yield {"chart": text}
        yield {"chart": text + text}

    event = connected(components).carry(call(on_run, components, ["text"], ["chart", "notice"]))
    assert inspect.isgeneratorfunction(event["fn"])
    carried = [values[-1] for values in event["fn"]("cat", "cat", 3)]
    assert skipped(carried[0]) and json.loads(carried[1])["seed"] == 3 and skipped(carried[2])


def test_a_result_that_is_cleared_came_from_no_settings(components: Components) -> None:
    def on_clear() -> Update:
        return {"chart": None}

    event = connected(components).carry(call(on_clear, components, [], ["chart"]))
    assert event["fn"]("cat", 3) == [None, ""]


def test_an_event_that_fills_no_result_is_a_mistake(components: Components) -> None:
    def on_run() -> Update:
        return {}

    with pytest.raises(ValueError, match="none of the results"):
        connected(components).carry(call(on_run, components, [], ["notice"]))


def test_results_without_an_element_id_get_one(components: Components) -> None:
    with gr.Blocks():
        result_settings({"text": components.text}, [components.chart, components.notice])
    assert components.chart.elem_id == "chart" and components.notice.elem_id == f"result-{components.notice._id}"
