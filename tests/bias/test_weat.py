"""The association test: against examples by hand, full enumeration, and toy vectors with and without a planted link."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.bias import weat
from playground.core.errors import PlaygroundError
from playground.metrics.intervals import wilson

Points = NDArray[np.float64]


def by_hand(x: Points, y: Points, a: Points, b: Points) -> tuple[float, float, int]:
    """(d, one-sided p, partitions) written out word by word."""

    def cosine(one: Points, other: Points) -> float:
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    s = [np.mean([cosine(w, one) for one in a]) - np.mean([cosine(w, one) for one in b]) for w in [*x, *y]]
    count = len(x)
    d = (np.mean(s[:count]) - np.mean(s[count:])) / np.std(s, ddof=1)
    total = sum(s)

    def statistic(inside: tuple[int, ...]) -> float:
        chosen = sum(s[index] for index in inside)
        return float(chosen - (total - chosen))

    result = [statistic(inside) for inside in itertools.combinations(range(len(s)), count)]
    observed = statistic(tuple(range(count)))
    return float(d), sum(value >= observed - 1e-12 for value in result) / len(result), len(result)


def toy(generator: np.random.Generator, lean: float = 0.0, sizes: tuple[int, ...] = (5, 4, 6, 3)) -> list[Points]:
    """X, Y, A, B in 20 dimensions; A and B lie apart along the first, X and Y lean along it by so much."""
    middles = (lean, -lean, 2.0, -2.0)
    return [
        generator.standard_normal((count, 20)) + middle * np.eye(20)[0]
        for count, middle in zip(sizes, middles, strict=True)
    ]


def test_d_of_four_words_agrees_with_pen_and_paper() -> None:
    # s = 1, 0.6 - 0.8 = -0.2 | -1, 0.8 - 0.6 = 0.2; mean difference 0.8; squares about 0 sum to 2.08, over 3.
    x, y = np.array([[2.0, 0], [3, 4]]), np.array([[0, 5.0], [4, 3]])
    a, b = np.array([[1.0, 0], [7, 0]]), np.array([[0, 1.0], [0, 0.1]])
    result = weat.association_test(x, y, a, b)
    assert result.d == pytest.approx(0.8 / np.sqrt(2.08 / 3))
    assert result.difference == pytest.approx(0.8) and result.x == pytest.approx([1, -0.2])
    # of the six sums over X, 0.8, 0, 1.2, -1.2, 0, -0.8: two are as large as 0.8, five as low, four as far from 0
    assert (result.partitions, result.exact) == (6, True)
    assert result.p == pytest.approx({"greater": 2 / 6, "less": 5 / 6, "two-sided": 4 / 6})


@pytest.mark.parametrize("sizes", [(5, 4, 6, 3), (8, 8, 8, 8), (2, 2, 2, 2), (2, 9, 3, 3), (9, 2, 3, 3)])
def test_d_and_p_are_those_of_full_enumeration_with_equal_lists_and_unequal_ones(sizes: tuple[int, ...]) -> None:
    lists = toy(np.random.default_rng(1), 0.3, sizes)
    d, p, partitions = by_hand(*lists)
    result = weat.association_test(*lists)
    assert result.d == pytest.approx(d) and result.p["greater"] == pytest.approx(p, abs=1e-12)
    assert result.partitions == partitions and result.exact


def test_exchanging_x_and_y_turns_d_and_the_sides_round() -> None:
    x, y, a, b = toy(np.random.default_rng(2), 0.5, (5, 6, 4, 4))
    one, other = weat.association_test(x, y, a, b), weat.association_test(y, x, a, b)
    assert one.d == pytest.approx(-other.d)
    assert one.p["greater"] == pytest.approx(other.p["less"]) and one.p["two-sided"] == other.p["two-sided"]


def test_equal_sums_count_as_equal_whatever_their_order_rounds_to() -> None:
    x, y = np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.2, 0.1])
    p, partitions, exact = weat.permutation_test(x, y)
    hits = sum(sum(values) >= 0.6 - 1e-9 for values in itertools.combinations([0.1, 0.2, 0.3, 0.3, 0.2, 0.1], 3))
    assert (p["greater"], partitions, exact) == (hits / 20, 20, True)
    assert p["two-sided"] == 1, "no difference is as near to nothing as it gets"


def test_the_drawn_p_lies_in_its_interval_about_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    for shift in (0.0, 0.4, 0.9):
        x, y = generator.standard_normal(9) + shift, generator.standard_normal(9)
        exact, partitions, all_of_them = weat.permutation_test(x, y)
        assert all_of_them and partitions == 48_620
        with monkeypatch.context() as patched:
            patched.setattr(weat, "MOST_COUNTED", 1000)
            patched.setattr(weat, "DRAWN", 10_000)
            drawn, looked_at, all_of_them = weat.permutation_test(x, y)
        assert not all_of_them and looked_at == 10_001
        for name, value in drawn.items():
            interval = wilson(round(value * 10_001), 10_001, level=0.999)
            assert interval.low <= exact[name] <= interval.high, name


def test_no_partition_is_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    both = 2.0 ** np.arange(10)  # every subset has its own sum
    monkeypatch.setattr(weat, "DRAWN", 251)
    sums = weat._sampled_sums(both, 5, np.random.default_rng(0))
    assert len(set(sums)) == 251 and both[:5].sum() not in sums, "all others of the 252, each once"


def test_a_planted_association_is_significant_in_its_direction_only() -> None:
    generator = np.random.default_rng(4)
    x, y, a, b = toy(generator, 3.0, (25, 25, 25, 25))
    result = weat.association_test(x, y, a, b)
    assert 1.5 < result.d <= result.ceiling and result.interval.low > 1
    assert result.p["greater"] == 1 / (1 + weat.DRAWN) and result.p["less"] == 1
    whole = weat.association_test(*(np.repeat(np.eye(2)[side : side + 1], 3, axis=0) for side in (0, 1, 0, 1)))
    assert whole.d == pytest.approx(weat.largest_effect_size(3, 3)) == pytest.approx(whole.ceiling)


def test_without_an_association_one_test_in_twenty_is_significant() -> None:
    generator = np.random.default_rng(5)
    lists = [toy(generator, 0.0, (6, 6, 8, 8)) for _ in range(200)]
    result = [
        weat.permutation_test(
            weat.association_scores(weat.cosines(x, a), weat.cosines(x, b)),
            weat.association_scores(weat.cosines(y, a), weat.cosines(y, b)),
        )
        for x, y, a, b in lists
    ]
    for side in weat.ALTERNATIVES:
        interval = wilson(sum(p[side] <= 0.05 for p, *_ in result), len(result))
        assert interval.low <= 0.05 <= interval.high, side


def test_the_interval_holds_what_other_words_would_give_in_most_cases() -> None:
    generator = np.random.default_rng(6)
    for lean in (0.0, 1.0):
        others = [weat.effect_size(*_scores(toy(generator, lean, (8, 8, 8, 8)))) for _ in range(300)]
        usual, inside = float(np.mean(others)), 0
        for _ in range(100):
            x, y, a, b = toy(generator, lean, (8, 8, 8, 8))
            interval = weat.bootstrap_effect_size(
                (weat.cosines(x, a), weat.cosines(x, b)), (weat.cosines(y, a), weat.cosines(y, b)), 300
            )
            inside += interval.low <= usual <= interval.high
        assert wilson(inside, 100).high >= 0.95, lean


def _scores(lists: list[Points]) -> tuple[Points, Points]:
    x, y, a, b = lists
    return weat.association_scores(weat.cosines(x, a), weat.cosines(x, b)), weat.association_scores(
        weat.cosines(y, a), weat.cosines(y, b)
    )


def test_the_same_lists_give_the_same_numbers() -> None:
    lists = toy(np.random.default_rng(7), 0.2, (15, 15, 9, 9))
    one, other = weat.association_test(*lists), weat.association_test(*lists)
    assert (one.d, one.p, one.interval) == (other.d, other.p, other.interval) and not one.exact


def test_words_with_equal_scores_get_a_sentence() -> None:
    same = np.repeat(np.eye(3)[:1], 3, axis=0)
    with pytest.raises(PlaygroundError, match="d is undefined"):
        weat.association_test(same, same, same, np.eye(3)[1:])
