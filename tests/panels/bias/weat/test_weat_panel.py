"""The handlers of the WEAT panel, without a browser: settings in, values of views out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.bias.weat_catalogue import weat_choices, weat_list_texts
from playground.bias.weat_request import LISTS
from playground.bias.weat_sets import weat_tests
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.panels.bias.weat import panel as weat
from playground.panels.bias.weat.api import api_weat
from playground.panels.bias.weat.panel import measure_part, on_choice, on_lists, on_replay, on_restore

OWN = {"targets_x": "rose, tulip", "targets_y": "wasp, flea, zzqx", "attributes_a": "love, joy",
       "attributes_b": "hate, evil"}  # fmt: skip


def test_every_choice_fills_the_boxes_with_a_test_and_the_boxes_give_the_choice_back() -> None:
    for _, choice in weat_choices()[:-1]:
        update = on_choice(choice)
        assert update["question"].endswith(f"p = {weat_tests()[int(choice)].published_p}.)") and update[
            "lists"
        ] == weat_list_texts(choice)
        assert on_lists(tuple(update["lists"]))["choice"] == choice
    assert on_lists(("a b", "c d", "e f", "g h"))["choice"] == "own"
    assert on_lists(("", "", "", ""))["choice"] == "own"
    assert "lists" not in on_choice("own"), "own lists start from what is in the boxes"


@pytest.mark.parametrize(
    ("part", "values", "sentence"),
    [
        ("test", {**OWN, "targets_x": "rose"}, "at least two different words"),
        ("test", {**OWN, "embedding": "<b>"}, "embedding must be one of"),
        ("ten", {"alternative": "up"}, "alternative must be one of"),
        ("debias", {"pairs": "he"}, "not two different words"),
        ("debias", {"pairs": "he-she", "embedding": "minilm-l6-v2"}, "choose GloVe"),
    ],
)
def test_bad_input_gets_a_sentence_and_measures_nothing(part: str, values: dict[str, str], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        next(measure_part(part, values, ()))


@pytest.mark.parametrize(
    "query",
    [
        "test=11",
        "part=everything",
        "test=1&model=gpt",
        "targets_x=rose",
        "alternative=up&test=1",
        "part=debias&pairs=he",
    ],
)
def test_a_bad_link_is_not_valid_and_runs_nothing(query: str) -> None:
    recipe = from_query(f"tab=bias&panel=weat&{query}")
    with pytest.raises(PlaygroundError):
        on_restore(recipe)
    with pytest.raises(PlaygroundError):
        next(on_replay(recipe, ()))


@pytest.mark.weights
def test_own_lists_are_measured_linked_restored_and_measured_again() -> None:
    end: dict[str, Any] = dict(list(measure_part("test", OWN, ()))[-1])
    rows = end["words"]["rows"]
    assert [row["label"] for row in rows[:2]] == ["Mean of X: the words of X", "Mean of Y: the words of Y"]
    values = [row["value"] for row in rows[2:]]
    assert len(values) == 4 and values == sorted(values, reverse=True)
    assert "zzqx" in end["words"]["hint"] and "fewer than 8 words" in end["words"]["hint"]
    assert end["fine_print"]["test"]["found"].startswith("d = ") and len(end["log"]) == 1
    json.dumps({name: value for name, value in end.items() if name != "log"})
    recipe = from_query(end["query"])
    restored = on_restore(recipe)
    assert restored["choice"] == "own" and restored["side"] == "greater"
    assert restored["lists"] == [OWN[name] for name in LISTS]
    again = list(on_replay(recipe, end["log"]))[-1]
    assert again["notes"]["test"]["text"] == "Reproduced ✓ the numbers are the same."
    assert len(again["log"]) == 1, "the same again counts once"


@pytest.mark.weights
def test_the_endpoint_gives_a_test_by_number_and_own_lists_and_a_sentence_for_bad_ones() -> None:
    import gradio as gr

    result = api_weat(test=6)
    low, high = result["interval"]
    assert low < result["d"] < high and result["exact"] and result["partitions"] == 12_870 and result["n"] == 16
    assert result["d"] == pytest.approx(1.708, abs=2e-3) and result["p"] == pytest.approx(1 / 12_870)
    assert result["missing"] == [] and result["recipe"]["settings"]["test"] == 6 and "WEAT 6" in result["title"]
    own = api_weat(**OWN, alternative="two-sided")
    assert (
        own["missing"] == ["zzqx"]
        and own["sizes"]["targets_y"] == 2
        and own["p"] == own["p_by_alternative"]["two-sided"]
    )
    json.dumps([result, own])
    with pytest.raises(gr.Error, match="at least two different words"):
        api_weat(targets_x=["<b>"], targets_y="a b", attributes_a="c d", attributes_b="e f")


def test_the_panel_has_its_name_in_links() -> None:
    assert (weat.NAME, weat.FORMER_NAMES) == ("weat", ("associations",))
    assert say("bias.weat.title") == "Associations"
