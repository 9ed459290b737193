"""What the server remembers of a visit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import gradio as gr
import pytest
from gradio import state_holder
from gradio.state_holder import StateHolder

from playground.ui.sessions import LightSession, use_light_sessions


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(state_holder, "SessionState", state_holder.SessionState)
    use_light_sessions()
    yield


def holder(page: gr.Blocks, capacity: int = 1000) -> StateHolder:
    page.state_session_capacity = capacity
    made = StateHolder()
    made.set_blocks(page)
    return made


@pytest.mark.usefixtures("light")
def test_five_hundred_visits_of_the_whole_site_cost_less_than_5_megabytes(whole_site: gr.Blocks) -> None:
    sessions = holder(whole_site)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(50):
        _ = sessions[f"visit {number}"]
    each = (tracemalloc.get_traced_memory()[0] - before) / 50
    tracemalloc.stop()
    assert 500 * each < 5e6


@pytest.mark.usefixtures("light")
def test_a_visit_keeps_its_own_state_and_the_oldest_visit_goes() -> None:
    with gr.Blocks() as page:
        counter = gr.State(3)
        button = gr.Button("More")
    sessions = holder(page, capacity=2)
    sessions["a"][counter._id] = 4
    assert (
        isinstance(sessions["a"], LightSession) and sessions["a"][counter._id] == 4 and sessions["b"][counter._id] == 3
    )
    sessions["a"]._update_value_in_config(button._id, "x" * 1000)
    assert not sessions["a"].config_values
    sessions["a"][button._id] = gr.Button("Less", render=False)
    assert sessions["a"][button._id].value == "Less" and sessions["b"][button._id].value == "More"
    assert page.default_config.blocks[button._id].value == "More", "the page is nobody's"
    _ = sessions["c"], sessions["a"], sessions["d"]
    assert "b" not in sessions and "d" in sessions
