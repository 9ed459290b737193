"""WEAT requests, the published tests, and the removal of a direction: with toy vectors, and the real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from playground.bias import embedding_debias, hard_debias, target_embedding, weat_request
from playground.bias.multiple_testing import holm
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS
from playground.bias.target_embedding import TargetEmbedding
from playground.bias.weat import association_test
from playground.bias.weat_battery import WeatBattery, run_weat_battery
from playground.bias.weat_measurements import battery_measurement, embedding_debias_measurement, weat_measurement
from playground.bias.weat_sets import ORDER
from playground.bias.weat_sets import weat_tests as published
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.zoo.cards import models
from playground.zoo.embeddings import WordVectors

OWN = {"targets_x": "Rose, tulip", "targets_y": "wasp fly", "attributes_a": ["joy", "love"], "attributes_b": "evil war"}


def space(points: Mapping[str, Any]) -> TargetEmbedding:
    """Word vectors small enough to see through."""
    unit = np.array(list(points.values()), np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    words = tuple(points)
    index = {word: row for row, word in enumerate(words)}
    held = WordVectors(models()["glove-6b-50d"], words, index, unit, "0" * 64)
    return TargetEmbedding("glove-6b-50d", "Toy", "0" * 64, (), held)


TOY = {
    "rose": [1, 0.1], "tulip": [1, 0.2], "wasp": [0.1, 1], "fly": [0.3, 1], "joy": [1, 0], "love": [0.9, 0.1],
    "evil": [0, 1], "war": [0.1, 0.9],
}  # fmt: skip


def test_own_lists_are_read_in_lower_case_and_measured() -> None:
    result = weat_request.measure_weat(weat_request.read_weat(OWN), space(TOY))
    assert result.kept == (("rose", "tulip"), ("wasp", "fly"), ("joy", "love"), ("evil", "war"))
    assert result.association.d > 1.5 and result.association.p["greater"] == pytest.approx(1 / 6) and result.n == 4
    assert result.verdict() == CANNOT_TELL, "of six deals, one in twenty cannot be had"
    assert (
        "the words of X are nearer to the words of A than to" in result.summary()
        and "1 of all 6 deals" in result.summary()
    )


def test_missing_words_are_left_out_and_named_and_the_lists_keep_their_own_lengths() -> None:
    request = weat_request.read_weat({**OWN, "targets_x": "rose, tulip, Zinnia", "attributes_b": "evil war xyzzy"})
    result = weat_request.measure_weat(request, space(TOY))
    assert result.missing == (("zinnia",), (), (), ("xyzzy",)) and result.kept[0] == ("rose", "tulip")
    rows = weat_measurement(result).rows
    assert ("X", "zinnia", "missing") in rows and ("B", "xyzzy", "missing") in rows


def test_a_recipe_gives_the_same_request() -> None:
    result = weat_request.measure_weat(weat_request.read_weat(OWN), space(TOY))
    query = from_query(result.recipe().to_query())
    again = weat_request.read_weat({**query.settings, "embedding": query.model})
    assert again == result.request and query.result == f"{result.association.d:.3f}"


def test_the_lists_of_a_test_are_recognized_as_that_test() -> None:
    lists = dict(zip(weat_request.LISTS, map(", ".join, published()[6].lists()), strict=True))
    assert weat_request.read_weat(lists) == weat_request.read_weat({"test": "6"})


def test_the_ten_tests_have_the_published_lengths_and_no_word_twice() -> None:
    lengths = {number: [len(words) for words in test.lists()] for number, test in published().items()}
    assert lengths == {
        1: [25] * 4, 2: [25] * 4, 3: [32, 32, 25, 25], 4: [16, 16, 25, 25], 5: [16, 16, 8, 8], 6: [8] * 4, 7: [8] * 4,
        8: [8] * 4, 9: [6, 6, 7, 7], 10: [8] * 4,
    }  # fmt: skip
    assert sorted(ORDER) == list(range(1, 11)) and ORDER[0] == 1
    for test in published().values():
        for words in test.lists():
            assert len(set(map(str.lower, words))) == len(words)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "a test from 1 to 10 or all four lists"),
        ({**OWN, "test": 1}, "not both"),
        ({"test": 11}, "a whole number from 1 to 10"),
        ({"test": "one"}, "a whole number from 1 to 10"),
        ({**OWN, "targets_x": "rose"}, "at least two different words in list X"),
        ({**OWN, "targets_x": "rose Rose"}, "words in list X"),
        ({**OWN, "attributes_b": None}, "words in list B"),
        ({**OWN, "targets_y": "wasp tulip"}, "“tulip” is in both X and Y"),
        ({**OWN, "attributes_b": "war joy"}, "“joy” is in both A and B"),
        ({**OWN, "targets_x": [1, 2]}, "List X takes words"),
        ({**OWN, "targets_x": "a\ud800 b"}, "half of a character"),
        ({**OWN, "targets_x": [f"w{n}" for n in range(101)]}, "at most 100"),
        ({**OWN, "targets_x": "x" * 100_000}, "100,000 characters"),
        ({"test": 1, "embedding": "word2vec"}, "embedding must be one of glove-6b-50d, minilm-l6-v2"),
        ({"test": 1, "alternative": "up"}, "alternative must be one of greater, two-sided, less"),
    ],
)
def test_bad_lists_get_a_sentence_that_names_the_fault(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        weat_request.read_weat(values)


def test_a_list_of_unknown_words_gets_a_sentence_that_names_them() -> None:
    request = weat_request.read_weat({**OWN, "targets_y": "wasp, qqq, zzz"})
    with pytest.raises(PlaygroundError, match="too few words of list Y \\(1\\). Replace the unknown ones: qqq, zzz"):
        weat_request.measure_weat(request, space(TOY))


def leaning(seed: int = 0) -> dict[str, Any]:
    """A toy vocabulary with a direction from she to he: names lean along it, and half as much along a second."""
    generator = np.random.default_rng(seed)
    axis, second = np.eye(12)[0], np.eye(12)[1]
    points = {}
    for number in range(400):
        side = 1 if number % 2 else -1
        points["w" + "".join(chr(97 + int(digit)) for digit in f"{number:03}")] = 0.3 * generator.standard_normal(
            12
        ) + side * (axis + 0.5 * second)
    for number, pair in enumerate([("he", "she"), ("man", "woman"), ("boy", "girl")]):
        middle = np.eye(12)[4 + number] * 2
        points[pair[0]], points[pair[1]] = middle + axis, middle - axis
    return points


def test_the_direction_is_that_of_the_pairs_and_projection_removes_it() -> None:
    points = space(leaning())
    firsts, seconds = (
        next(iter(points.points_by_template(words))) for words in (("he", "man", "boy"), ("she", "woman", "girl"))
    )
    axis, share = hard_debias.bias_direction(firsts, seconds)
    assert axis @ np.eye(12)[0] == pytest.approx(1, abs=1e-6) and share == pytest.approx(1, abs=1e-6)
    left = hard_debias.project_out(points.common(406)[1], axis)
    assert np.abs(left @ axis).max() < 1e-12 and np.linalg.norm(left, axis=1) == pytest.approx(1)


def test_sides_are_recovered_only_if_another_direction_separates_them() -> None:
    generator = np.random.default_rng(1)
    sides = np.arange(600) % 2 == 0
    train, test = np.arange(200), np.arange(200, 600)
    for strength, fewest, most in ((1.0, 390, 400), (0.0, 160, 240)):
        points = generator.standard_normal((600, 6)) * 0.3
        points[:, 1] += strength * np.where(sides, 1, -1)
        assert fewest <= hard_debias.classify_sides(points, sides, train, test) <= most
        assert (hard_debias.cluster_sides(points, sides) >= 590) == (strength == 1.0)


def test_the_classifier_agrees_with_a_general_optimiser() -> None:
    from scipy.optimize import minimize

    generator = np.random.default_rng(2)
    points, noise = generator.standard_normal((300, 4)), generator.standard_normal(300)
    sides = points @ [1.0, -0.5, 0.2, 0] + noise > 0.3
    train, test = np.arange(150), np.arange(150, 300)
    scaled = (points - points[train].mean(0)) / points[train].std(0)
    sign = np.where(sides, 1, -1)

    def loss(weights: Any) -> float:
        margin = sign[train] * (scaled[train] @ weights[:4] + weights[4])
        return float(np.log1p(np.exp(-margin)).sum() + (weights[:4] ** 2).sum() / 2)

    best = minimize(loss, np.zeros(5)).x
    right = int(np.count_nonzero((scaled[test] @ best[:4] + best[4] > 0) == sides[test]))
    assert hard_debias.classify_sides(points, sides, train, test) == right


def test_an_analogy_is_solved_where_the_steps_are_parallel() -> None:
    points = hard_debias.normalize_rows(
        np.array([[1, 0, 0], [1, 0, 1.0], [0, 1, 0], [0, 1, 1.0], [-1, -1, 0], [-1, -1, -1.0]])
    )
    solved = hard_debias.solve_analogies(points, np.array([[0, 1], [2, 3], [4, 5]]))
    assert solved[0, 1] and solved[1, 0] and not solved[0, 0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"pairs": "he"}, "not two different words"),
        ({"pairs": "he-He"}, "two different words"),
        ({"pairs": "he-she-it"}, "two different words"),
        ({"pairs": " "}, "Write 1 to 40 pairs, like he-she \\(now 0"),
        ({"pairs": ",".join(f"a{n}-b{n}" for n in range(41))}, "Write 1 to 40 pairs, like he-she \\(now 41"),
        ({"pairs": "x" * 3000}, "to 2,000 characters"),
        ({"pairs": "he-she", "embedding": "minilm-l6-v2"}, "choose GloVe"),
    ],
)
def test_bad_pairs_get_a_sentence_that_names_the_fault(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        embedding_debias.read_embedding_debias(values)


def test_unknown_pairs_get_a_sentence() -> None:
    with pytest.raises(PlaygroundError, match="knows none of the pairs"):
        list(embedding_debias.debias_embedding(embedding_debias.read_embedding_debias({"pairs": "qq-zz"}), space(TOY)))


@pytest.mark.weights
def test_flowers_are_nearer_to_pleasant_words_in_glove_and_one_flower_is_missing() -> None:
    result = weat_request.measure_weat(weat_request.read_weat({"test": 1}))
    assert result.missing[0] == ("gladiola",) and not any(result.missing[1:]) and result.n == 49
    assert result.association.d == pytest.approx(1.08, abs=0.01) and result.p < 0.001 and not result.association.exact
    assert result.verdict() == CONSISTENT


def test_four_sets_of_wefe_are_corrected_to_the_supplement() -> None:
    lists = {number: test.lists() for number, test in published().items()}
    assert {"Jay", "Kristen", "Tremayne", "Latonya"}.isdisjoint({*lists[4][0], *lists[4][1]})
    assert lists[5][:2] == lists[4][:2] and "short-term" in lists[9][2] and "short" not in lists[9][2]
    assert "Billy" in lists[10][0] and "Bill" not in lists[10][0] and "Bill" in lists[6][0]
    assert [number for number, test in published().items() if test.is_corrected] == [4, 5, 9, 10]
    for number in (4, 5, 9, 10):
        boxes = dict(zip(weat_request.LISTS, map(", ".join, lists[number]), strict=True))
        assert weat_request.read_weat(boxes) == weat_request.read_weat({"test": number})


def test_an_old_link_of_a_corrected_test_says_that_its_lists_were_others() -> None:
    for settings, says in (({"test": 4}, True), ({"part": "ten"}, True), ({"test": "3"}, False), ({}, False)):
        old = Recipe("bias", "glove-6b-50d", "", 0, {"panel": "weat", **settings}, "0.959")
        new = Recipe("bias", "glove-6b-50d", "", 0, {"panel": "weat", **settings}, "0.884")
        difference = weat_request.describe_difference(old, new)
        assert (difference is not None and "supplement" in difference) == says
        assert weat_request.describe_difference(new, new) is None


@pytest.mark.weights
def test_the_ten_d_of_the_bundled_embedding() -> None:
    *_, battery = (step for step in run_weat_battery("glove-6b-50d") if isinstance(step, WeatBattery))
    assert [one.association.d for one in battery.results] == pytest.approx(
        [1.0804, 1.5440, 0.9530, 0.8837, 0.9954, 1.7078, 1.4951, 1.4849, 1.1369, 0.9895], abs=2e-4
    )
    assert max(battery.adjusted) <= 0.05, "all ten pass after Holm's correction"


@pytest.mark.weights
def test_all_ten_are_corrected_by_holm_and_some_depend_on_their_words() -> None:
    steps = [step for step in run_weat_battery("glove-6b-50d") if isinstance(step, WeatBattery)]
    assert [len(step.results) for step in steps] == list(range(1, 11))
    result = steps[-1]
    assert result.adjusted == holm([one.p for one in result.results]) and result.verdict() == DEPENDS
    assert {one.request.test.number for one in result.results if one.request.test and one.verdict() == DEPENDS} >= {
        3,
        4,
    }
    measurement = battery_measurement(result)
    assert measurement.comparisons == 10 and len(measurement.rows) == 11
    assert measurement.summary.startswith(
        "After Holm's correction 10 of 10 tests pass p ≤ 0.05. For 4 of them, tests 1, 2"
    )


@pytest.mark.weights
def test_one_test_that_passes_and_none_are_said_in_the_singular() -> None:
    """Flowers and insects alone, then with the alternative that they refute."""
    step = next(one for one in run_weat_battery("glove-6b-50d") if isinstance(one, WeatBattery))
    (flowers,) = step.results
    assert step.summary().startswith("After Holm's correction 1 of 1 tests passes p ≤ 0.05. For 1 of them, test 1, the")
    refuted = WeatBattery((replace(flowers, request=replace(flowers.request, alternative="less")),))
    assert refuted.summary() == "After Holm's correction 0 of 1 tests pass p ≤ 0.05."


def test_sentences_are_encoded_in_small_batches_each_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    class Encoder:
        def encode(self, sentences: list[str]) -> Any:
            sizes.append(len(sentences))
            return np.array([[1, len(one), sum(map(ord, one)) % 97] for one in sentences], np.float32)

    monkeypatch.setattr(TargetEmbedding, "_sentences", lambda self: Encoder())
    templates = ("This is _.", "_ is here.")
    encoder = TargetEmbedding("minilm-l6-v2", "Toy", "0" * 64, templates, space(TOY)._loaded)
    lists = {name: [f"{name}{number}" for number in range(20)] for name in weat_request.LISTS}
    *shares, _ = weat_request.run_weat(weat_request.read_weat({**lists, "embedding": "minilm-l6-v2"}), encoder)
    assert sizes == [32, 32, 16] * 2, "never more between two looks at whether the caller is there"
    assert shares == sorted(shares) and len(shares) == len(sizes) + 1
    assert [len(points) for points in encoder.points_by_template(lists["targets_x"])] == [20, 20] and len(sizes) == 6


@pytest.mark.weights
def test_in_sentences_the_word_is_the_unit_and_none_is_missing() -> None:
    request = {"targets_x": "rose tulip lily", "targets_y": "wasp fly flea", "attributes_a": "love joy happy",
             "attributes_b": "evil war awful", "embedding": "minilm-l6-v2"}  # fmt: skip
    result = weat_request.measure_weat(weat_request.read_weat(request))
    assert (
        result.n == 6
        and len(result.by_template) == 6
        and result.association.partitions == 20
        and not any(result.missing)
    )
    assert result.association.d > 0 and "6 templates" in result.method()
    assert result.by_sentence is not None and "not SEAT" in result.method()
    space = target_embedding.load_embedding("minilm-l6-v2")
    by_template = [list(space.points_by_template(words)) for words in result.kept]
    x, y, a, b = (np.concatenate(one) for one in by_template)
    assert result.by_sentence[0] == pytest.approx(association_test(x, y, a, b).d, abs=1e-6)


@pytest.mark.weights
def test_projection_removes_the_association_of_terms_but_not_of_names() -> None:
    *_, result = embedding_debias.debias_embedding(embedding_debias.read_embedding_debias({}))
    assert isinstance(result, embedding_debias.EmbeddingDebias)
    roles = {one.name: one for one in result.measures if one.unit == "d"}
    assert roles["weat_7"].role == embedding_debias.OPTIMISED and roles["weat_6"].role == embedding_debias.OTHER
    for one in roles.values():
        assert one.after.value < one.before.value
    assert roles["weat_7"].after.low < 0 < roles["weat_6"].after.low
    apart = next(one for one in result.measures if one.name == embedding_debias.CLASSIFIER)
    assert apart.before.value > 0.99 and 0.6 < apart.after.value < result.control.low
    assert result.verdict() == DEPENDS and embedding_debias_measurement(result).p == pytest.approx(
        roles["weat_6"].p_after
    )
