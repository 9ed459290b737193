"""Sums, walks and maps of words: against a space small enough to search by hand, and with the real models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.language import word_embeddings
from playground.language.word_embeddings import GLOVE, WordSpace, words_beginning
from playground.latent import interpolation, word_analogy, word_interpolation, word_map

LABELS = ("king", "queen", "man", "woman", "apple", "pear")


def toy(count: int = 0) -> WordSpace:
    """Royal, male, female and fruit; and as many further words in random directions."""
    raw = np.array([[3, 1, 0, 0], [3, 0, 1, 0], [0, 1, 0, 0.2], [0, 0, 1, 0.2], [0, 0, 0.1, 1], [0, 0.1, 0, 1]])
    raw = np.vstack([raw, np.random.default_rng(3).standard_normal((count, 4))])
    unit = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
    labels = (*LABELS, *(f"w{number}" for number in range(count)))
    return WordSpace(GLOVE, labels, {label: row for row, label in enumerate(labels)}, unit, "0" * 64)


def request(plus: str, minus: str = "", count: int = 4) -> word_analogy.AnalogyRequest:
    return word_analogy.read_analogy("glove", {"plus": plus, "minus": minus, "count": count})


def test_both_forms_and_the_ranks_are_those_of_a_search_by_hand() -> None:
    space = toy(400)
    result = word_analogy.solve_analogy(request("king, woman", "man", 20), space)
    at = space.index
    target = space.unit[at["king"]] + space.unit[at["woman"]] - space.unit[at["man"]]
    cosine = {label: float(space.unit[row] @ target / np.linalg.norm(target)) for label, row in at.items()}
    order = sorted(cosine, key=lambda label: -cosine[label])
    assert [near.label for near in result.honest] == order[:20]
    assert [near.label for near in result.usual] == [one for one in order if one not in ("king", "woman", "man")][:20]
    for near in (*result.usual, *result.honest):
        assert near.cosine == pytest.approx(cosine[near.label], abs=1e-5)
        assert near.is_input == (near.label in ("king", "woman", "man"))
    assert {one.label: one.rank for one in result.inputs} == {
        label: order.index(label) + 1 for label in ("king", "woman", "man")
    }
    assert [one.sign for one in result.inputs] == ["+", "+", "−"]
    alone = space.unit @ space.unit[at["king"]]
    expected = [space.labels[row] for row in np.argsort(-alone) if space.labels[row] != "king"][:3]
    assert [near.label for near in result.before] == expected and "Before the sum" in result.words()


def test_of_equal_words_the_earlier_comes_first() -> None:
    unit = np.eye(3, dtype=np.float32)[[0, 1, 1, 1, 2]]
    space = WordSpace(GLOVE, tuple("abcde"), {label: row for row, label in enumerate("abcde")}, unit, "")
    assert [row for row, _ in space.nearest(unit @ unit[1], 3)] == [1, 2, 3]
    assert [row for row, _ in space.nearest(unit @ unit[1], 9, {2})] == [1, 3, 0, 4]


def test_the_sentence_says_whether_the_inputs_decide_the_winner() -> None:
    assert '"king" itself' in word_analogy.solve_analogy(request("king"), toy()).words()
    unit = np.array([[1, 0.1], [0.1, 1], [1, 1]], np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    space = WordSpace(GLOVE, ("a", "b", "both"), {"a": 0, "b": 1, "both": 2}, unit, "")
    result = word_analogy.solve_analogy(request("a, b"), space)
    assert result.honest[0].label == "both" and "leaving yours out changes nothing" in result.words()


def test_input_is_folded_and_split_at_commas_and_spaces() -> None:
    assert request(" King,WOMAN;queen\n man ").plus == ("king", "woman", "queen", "man")
    assert word_analogy.read_analogy("glove-6b-50d", {"plus": ["King"], "minus": None}).plus == ("king",)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"plus": ""}, "Plus needs at least one word"),
        ({"plus": float("nan")}, "Plus must be text; it was nan"),
        ({"plus": [float("nan")]}, "Plus takes words, not nan"),
        ({"plus": "king", "count": 0}, "from 1 to 50; it was 0"),
        ({"plus": "king", "count": float("nan")}, "from 1 to 50; it was nan"),
        ({"plus": "king", "count": 51}, "from 1 to 50; it was 51"),
        ({"plus": "king " * 13}, "at most 12 words; there are 13"),
        ({"plus": "x" * 81}, "to 80 characters; it has 81"),
        ({"plus": "x" * 100_000}, "100,000 characters"),
        ({"plus": "a\ud800"}, "half of a character"),
        ({"plus": "king", "other": 1}, "is not a setting of a sum"),
    ],
)
def test_a_bad_sum_explains_itself(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        word_analogy.read_analogy("glove", values)


def test_a_bad_model_an_unknown_word_and_a_zero_sum_explain_themselves() -> None:
    with pytest.raises(PlaygroundError, match="one of glove, minilm"):
        word_analogy.read_analogy("word2vec", {"plus": "king"})
    with pytest.raises(PlaygroundError, match='"quen" is not among.*Did you mean queen?'):
        word_analogy.solve_analogy(request("quen"), toy())
    with pytest.raises(PlaygroundError, match='"<b>zzz</b>" is not among.*try another'):
        word_analogy.solve_analogy(request("<b>zzz</b>"), toy())
    with pytest.raises(PlaygroundError, match="The sum is zero"):
        word_analogy.solve_analogy(request("king", "king"), toy())
    with pytest.raises(PlaygroundError, match="2 to 100|needs at least 2"):
        word_analogy.read_analogy("minilm", {"plus": "A cat.", "candidates": "Only one."})


def test_both_paths_pass_their_stops_and_the_straight_one_cuts_inside() -> None:
    space, stops = toy(200), "king, apple, man"
    ways = [
        word_interpolation.word_walk(
            word_interpolation.read_word_walk("glove", {"stops": stops, "steps": 39, "method": way}), space
        )
        for way in ("slerp", "lerp")
    ]  # fmt: skip
    for result in ways:
        assert [step.stop for step in result.steps if step.stop] == ["king", "apple", "man"]
        assert result.steps[0].honest[0].label == "king" and result.steps[-1].honest[0].label == "man"
        assert not any(near.is_input for step in result.steps for near in step.dropped)
    assert all(step.length == pytest.approx(1) for step in ways[0].steps)
    half = np.radians(ways[1].degrees[0]) / 2
    assert min(step.length for step in ways[1].steps[:20]) == pytest.approx(np.cos(half), abs=0.01)


def test_the_straight_line_crosses_the_directions_of_the_great_circle() -> None:
    start, end = toy().unit[[0, 4]].astype(np.float64)
    whole = np.arccos(start @ end)
    for point in interpolation.interpolate(np.stack([start, end]), 9, "lerp"):
        direction = point / np.linalg.norm(point)
        turned = np.arccos(np.clip(start @ direction, -1, 1)) / whole
        np.testing.assert_allclose(interpolation.slerp(start, end, float(turned)), direction, atol=1e-6)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"stops": "king"}, "A walk needs at least 2 words; it has 1"),
        ({"stops": "king, king"}, "goes nowhere"),
        ({"stops": "king, man", "steps": 1}, "from 2 to 40"),
        ({"stops": "king, man, apple", "steps": 2}, "need at least 3 steps"),
        ({"stops": "king, man", "method": "jump"}, "slerp, lerp"),
    ],
)
def test_a_bad_walk_explains_itself(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        word_interpolation.read_word_walk("glove", values)


def test_the_map_is_the_principal_plane_and_keeps_the_parallelogram() -> None:
    from sklearn.decomposition import PCA

    space = toy(500)
    result = word_map.word_map(word_analogy.solve_analogy(request("king, woman", "man"), space), ("pear",), space)
    assert len(result.points) == word_map.MAX_POINTS and len({point.label for point in result.points}) == 300
    assert [point.role for point in result.points[:5]] == ["plus", "plus", "minus", "answer", "added"]
    unit = space.unit[[space.index[point.label] for point in result.points]].astype(np.float64)
    reference = PCA(2, svd_solver="full").fit(unit)
    np.testing.assert_allclose(result.shares, reference.explained_variance_ratio_, rtol=1e-6)
    places = np.array([point.place for point in result.points])
    np.testing.assert_allclose(np.abs(places), np.abs(reference.transform(unit)), atol=1e-6)
    assert [arrow.kind for arrow in result.arrows] == ["step", "same"]
    np.testing.assert_allclose(result.arrows[-1].end, result.target, atol=1e-6)


def test_a_map_without_a_parallelogram_says_so() -> None:
    result = word_map.word_map(word_analogy.solve_analogy(request("king"), toy()), (), toy())
    assert not result.arrows and "No arrows" in result.words()


@pytest.mark.weights
def test_king_plus_woman_minus_man_is_queen_only_because_king_is_left_out() -> None:
    result = word_analogy.solve_analogy(request("king, woman", "man", 10))
    assert result.usual[0].label == "queen" and result.honest[0].label == "king" and result.honest[1].label == "queen"
    assert result.size == 400_000 and '"queen" (cosine 0.852) is in place 2' in result.words()
    honest = word_analogy.solve_analogy(request("paris, italy", "france"))
    assert honest.honest[0].label == honest.usual[0].label == "rome"
    with pytest.raises(PlaygroundError, match="Did you mean .*queen"):
        word_analogy.solve_analogy(request("quean"))
    assert word_embeddings.neighbours("king")[0][0] == "prince"


@pytest.mark.weights
def test_sentences_are_added_up_among_the_visitors_own() -> None:
    plus = "I hate this film.\nI love this restaurant."
    result = word_analogy.solve_analogy(
        word_analogy.read_analogy("minilm", {"plus": plus, "minus": "I love this film.", "count": 3})
    )
    assert result.usual[0].label == "I hate this restaurant." and result.size == 24
    own = {"plus": "A dog barks.", "candidates": "A puppy makes noise.\nStocks fell on Monday."}
    assert word_analogy.solve_analogy(word_analogy.read_analogy("minilm", own)).usual[0].label == "A puppy makes noise."


def test_words_are_found_by_their_beginning_the_most_frequent_first() -> None:
    labels = ["the", "king", "kingdom", "kin", "lions"]
    assert words_beginning(" KIN", labels) == ["king", "kingdom", "kin"]
    assert words_beginning("kin", labels, most=2) == ["king", "kingdom"]
    assert words_beginning(" ", labels) == [] == words_beginning("queen", labels)
