"""Many endings: each equals its text alone, and the tree counts what its texts have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from playground.core.errors import PlaygroundError
from playground.language.endings import Endings, fan_tree, first_tokens, write_endings
from playground.language.generation import Generation, generate
from playground.language.sampling import SamplerSettings
from playground.language.text_request import TextRequest


@pytest.fixture
def request_(llama: str) -> TextRequest:
    return TextRequest("Once upon a time", model=llama, max_new_tokens=6, seed=5)


def last_of(request: TextRequest, count: int) -> Endings:
    *_, last = write_endings(request, count)
    return last


def alone(request: TextRequest) -> Generation:
    *_, text = generate(request)
    return text


@pytest.mark.parametrize("changed", [{}, {"mirostat_tau": 3.0}, {"pattern": "[a-z ]+"}])
def test_each_ending_is_the_text_that_its_seed_gives_alone(request_: TextRequest, changed: dict[str, Any]) -> None:
    request = replace(request_, sampler=SamplerSettings(**changed))
    endings = last_of(request, 4)
    assert endings.done and [text.request.seed for text in endings.texts] == [5, 6, 7, 8]
    for text in endings.texts:
        assert text.tokens == alone(replace(request, seed=text.request.seed)).tokens


def test_the_first_tokens_are_counted_beside_their_probabilities(request_: TextRequest) -> None:
    texts = last_of(request_, 16).texts
    rows = first_tokens(texts)
    assert {row["id"]: row["count"] for row in rows if row["count"]} == Counter(text.tokens[0].id for text in texts)
    assert sum(row["count"] for row in rows) == 16 and [row["count"] for row in rows] == sorted(
        (row["count"] for row in rows), reverse=True
    )
    by_id = {row["id"]: row for row in rows}
    for other in texts[0].tokens[0].alternatives:
        assert by_id[other.id]["probability"] == pytest.approx(other.probability)
    assert all((row["sampled_probability"] is None) == (row["count"] == 0) for row in rows)


def leaves(nodes: list[dict[str, Any]], before: str = "") -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in nodes:
        if node["children"]:
            assert sum(child["count"] for child in node["children"]) <= node["count"]
            found += leaves(node["children"], before + node["text"])
        else:
            found += [(seed, before + node["text"]) for seed in node["seeds"]]
    return found


def test_the_tree_holds_every_text_and_branches_only_where_they_differ(request_: TextRequest) -> None:
    texts = last_of(replace(request_, sampler=SamplerSettings(temperature=0.6)), 12).texts
    tree = fan_tree(texts)
    assert sorted(leaves(tree)) == [(text.request.seed, "".join(token.text for token in text.tokens)) for text in texts]
    assert sum(node["count"] for node in tree) == 12 and fan_tree([]) == []
    greedy = fan_tree(last_of(replace(request_, sampler=SamplerSettings(temperature=0.0)), 3).texts)
    assert len(greedy) == 1 and greedy[0]["count"] == 3 and not greedy[0]["children"]


@pytest.mark.parametrize("count", [1, 17, "many", 2.5, None])
def test_a_wrong_number_of_texts_is_refused(request_: TextRequest, count: Any) -> None:
    with pytest.raises(PlaygroundError, match=r"Endings \(count\) must be a whole number from 2 to 16"):
        next(write_endings(request_, count))
