"""The handlers of the Text tab with a tiny model: their outputs by name."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.language.completion_tree import CompletionTree
from playground.language.sampling import SamplerSettings
from playground.panels.text.beam_search.panel import on_search
from playground.panels.text.compare.panel import on_compare
from playground.panels.text.generate import export, sampler_panel
from playground.panels.text.generate.panel import (
    STREAM_OUTPUTS,
    TREE_OUTPUTS,
    on_branch,
    on_force,
    on_generate,
    on_more,
    on_open,
    tree_update,
)
from playground.panels.text.score.panel import on_score


@pytest.fixture
def controls(llama: str) -> dict[str, Any]:
    settings = {"mode": "completion", "prompt": "Once upon a time", "system": "", "model": llama, "decoder": "auto"}
    return {**settings, **vars(SamplerSettings()), "max_new_tokens": 5, "seed": 1}


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


@pytest.fixture
def tree(controls: dict[str, Any]) -> CompletionTree:
    *_, last = on_generate(CompletionTree(), controls)
    assert set(last) == set(STREAM_OUTPUTS) - {"query"}  # the link is that of a finished text
    generated: CompletionTree = last["tree"]
    return generated


def test_a_finished_text_fills_the_tree_and_the_link(tree: CompletionTree) -> None:
    update = tree_update(tree)
    assert set(update) == set(TREE_OUTPUTS) and "result=" in update["query"]
    assert len(update["branches"]["branches"]) == 1 and json.loads(update["history"])["query"] == update["query"]
    assert tree_update(CompletionTree()) == {"branches": {"branches": []}}


def test_the_page_opens_on_its_example_though_the_model_cannot_be_loaded(
    controls: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(model: str, decoder: str = "auto") -> Any:
        asked.append(decoder)
        raise PlaygroundError("It is gone.")

    monkeypatch.setattr("playground.language.next_token.load", load)
    update = on_open(CompletionTree(), None, controls)
    assert update["chips"] and update["notice"]["tone"] != "error" and "sampler" not in update
    assert asked == ["auto"], "this machine may lack the decoder that wrote it"


def test_a_forced_token_adds_a_branch_and_the_first_can_be_selected_again(
    tree: CompletionTree, controls: dict[str, Any]
) -> None:
    running, *_, last = on_force(tree, event(part="output", position=2, id=7), controls)
    assert "running=1" in running["query"] and "forced=%2C%2C7" in running["query"], "a reload meanwhile writes it"
    forked: CompletionTree = last["tree"]
    assert len(forked.branches) == 2 and forked.selected and forked.selected.generation.tokens[2].id == 7
    assert on_branch(forked, event(branch=0))["tree"].selected == tree.selected


def test_extending_saving_or_drawing_without_a_text_is_an_error(controls: dict[str, Any]) -> None:
    with pytest.raises(PlaygroundError, match="press Generate"):
        list(on_more(CompletionTree(), controls))
    assert (
        export.on_json(CompletionTree())["file"] == "" and sampler_panel.on_pick_first(CompletionTree(), controls) == {}
    )
    with pytest.raises(PlaygroundError, match="Choose a token first"):
        sampler_panel.on_draw(None, controls)


def test_the_sampler_describes_a_position_and_draws_there(tree: CompletionTree, controls: dict[str, Any]) -> None:
    first = sampler_panel.on_pick_first(tree, controls)
    assert set(first) == {"position", "sampler"} and len(first["sampler"]["stages"]) == 7
    update = sampler_panel.on_draw(first["position"], controls)
    assert update["sampler"]["draws"]["n"] == 1000 and update["position"]["presses"] == 1


def test_two_equal_requests_are_reported_as_such(controls: dict[str, Any], llama: str) -> None:
    settings = {"model": llama, "decoder": "auto", **vars(SamplerSettings())}
    *_, last = on_compare(controls, settings)
    assert len(last["chips"]) == 2 and "A and B have the same settings" in last["notice"]["text"]


def test_a_score_and_a_search_end_with_their_results(controls: dict[str, Any]) -> None:
    *_, score = on_score("Once upon a time there was", "surprisal", controls)
    assert score["chips"]["done"] and score["facts"]["rows"][0]["name"] == "Perplexity"
    *_, search = on_search(2, 3, 1.0, controls)
    assert search["tree"]["done"] and search["notice"]["text"].startswith("2 texts, best first.")


def test_the_last_value_of_a_growing_text_is_the_whole_text(controls: dict[str, Any]) -> None:
    """A page that is slow misses pieces: Gradio draws only the newest value of a moment."""
    *_, text = on_generate(CompletionTree(), controls)
    *_, score = on_score("Once upon a time there was a sea.", "surprisal", controls)
    assert text["chips"]["start"] == 0 == score["chips"]["start"] and text["chips"]["prompt"]
    assert len(text["chips"]["tokens"]) == len(text["tree"].selected.generation.tokens)
    assert "".join(token["text"] for token in score["chips"]["tokens"]).strip() == "Once upon a time there was a sea."
