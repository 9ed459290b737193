"""The handlers of the panel Associations, without a browser: settings in, values of views out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.bias.weat_catalogue import choices, written_lists
from playground.bias.weat_request import LISTS
from playground.core.recipe import from_query
from playground.panels.bias.weat import panel as weat
from playground.panels.bias.weat.api import api_weat
from playground.panels.bias.weat.panel import on_choice, on_part, on_replay, on_restore, on_write

OWN = {"targets_x": "rose, tulip", "targets_y": "wasp, flea, zzqx", "attributes_a": "love, joy",
       "attributes_b": "hate, evil"}  # fmt: skip


def test_every_choice_fills_the_boxes_with_a_test_and_the_boxes_give_the_choice_back() -> None:
    for _, choice in choices()[:-1]:
        question, *lists = on_choice(choice)
        assert question.endswith("than ours.)") and lists == written_lists(choice)
        assert on_write(*lists)[0] == choice
    assert on_write("a b", "c d", "e f", "g h")[0] == "own"
    assert on_write("", "", "", "")[0] == "own"


@pytest.mark.parametrize(
    ("part", "values", "sentence"),
    [
        ("test", {**OWN, "targets_x": "rose"}, "two different ones"),
        ("test", {**OWN, "embedding": "<b>"}, "embedding must be one of"),
        ("ten", {"alternative": "up"}, "alternative must be one of"),
        ("debias", {"pairs": "he"}, "hyphen between"),
        ("debias", {"pairs": "he-she", "embedding": "minilm-l6-v2"}, "choose GloVe"),
    ],
)
def test_bad_input_is_told_in_the_notice_and_measures_nothing(part: str, values: dict[str, str], sentence: str) -> None:
    (said,) = on_part(part, values, ())
    assert said.keys() == {"notice"} and said["notice"]["tone"] == "error" and sentence in said["notice"]["text"]


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
def test_a_bad_link_is_told_once_and_runs_nothing(query: str) -> None:
    pending = from_query(f"tab=bias&panel=associations&{query}")
    restored = on_restore(pending)
    assert len(restored) == 12 and "cannot be followed" in restored[-1]["text"]
    assert list(on_replay(pending, ())) == []


def test_a_link_of_another_panel_runs_nothing() -> None:
    assert list(on_replay(from_query("tab=bias&panel=other&test=1"), ())) == [] == list(on_replay(None, ()))


@pytest.mark.weights
def test_own_lists_are_measured_linked_restored_and_measured_again() -> None:
    said: dict[str, Any] = list(on_part("test", OWN, ()))[-1]
    rows = said["words"]["rows"]
    assert [row["label"] for row in rows[:2]] == ["Mean of X: the words of X", "Mean of Y: the words of Y"]
    values = [row["value"] for row in rows[2:]]
    assert len(values) == 4 and values == sorted(values, reverse=True)
    assert "zzqx" in said["words"]["hint"] and "fewer than 8 words" in said["words"]["hint"]
    assert said["fine_test"]["found"].startswith("d = ") and len(said["visit"]) == 1
    json.dumps({name: value for name, value in said.items() if name != "visit"})
    pending = from_query(said["query"])
    restored = on_restore(pending)
    assert restored[2] == "own" and restored[4:8] == [OWN[name] for name in LISTS] and restored[8] == "greater"
    again = list(on_replay(pending, said["visit"]))[-1]
    assert again["notice"]["text"] == "Reproduced ✓" and len(again["visit"]) == 1, "the same again counts once"


@pytest.mark.weights
def test_the_endpoint_gives_a_test_by_number_and_own_lists_and_a_sentence_for_bad_ones() -> None:
    import gradio as gr

    made = api_weat(test=6)
    low, high = made["interval"]
    assert low < made["d"] < high and made["exact"] and made["partitions"] == 12_870 and made["n"] == 16
    assert made["d"] == pytest.approx(1.708, abs=2e-3) and made["p"] == pytest.approx(1 / 12_870)
    assert made["missing"] == [] and made["recipe"]["settings"]["test"] == 6 and "WEAT 6" in made["title"]
    own = api_weat(**OWN, alternative="two-sided")
    assert (
        own["missing"] == ["zzqx"]
        and own["sizes"]["targets_y"] == 2
        and own["p"] == own["p_by_alternative"]["two-sided"]
    )
    json.dumps([made, own])
    with pytest.raises(gr.Error, match="two different ones or more"):
        api_weat(targets_x=["<b>"], targets_y="a b", attributes_a="c d", attributes_b="e f")


def test_the_panel_has_its_name_in_links() -> None:
    assert (weat.NAME, weat.TITLE) == ("associations", "Associations")
