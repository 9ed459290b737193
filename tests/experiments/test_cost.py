"""The cost of a run, against closed forms."""

from __future__ import annotations

import math

import pytest

from playground.core.errors import PlaygroundError
from playground.experiments.cost import CUP_KWH, cost_rows, duration, estimate_cost
from playground.metrics import energy


def test_an_hour_of_one_core_takes_its_watts() -> None:
    one = estimate_cost(3600, 3600, 10, 20)
    assert one.energy_kwh.low == pytest.approx(0.00169)
    assert one.energy_kwh.high == pytest.approx((23.8 + 2 * 0.3725) * 1.67 / 1000)
    assert one.grams.low == pytest.approx(0.00169 * 41.44)
    assert one.grams.high == pytest.approx(one.energy_kwh.high * 670.13)
    assert one.car_metres.high == pytest.approx(one.grams.high / 106.6 * 1000)


def test_a_cup_of_water_takes_its_heat() -> None:
    assert pytest.approx(250 * 4.18 * 80 / 3600 / 1000) == CUP_KWH
    assert estimate_cost(1, 1, 1, 1, measured_kwh=CUP_KWH).cups == energy.Span(1.0, 1.0)


def test_cost_is_proportional_to_time_and_nothing_costs_nothing() -> None:
    one, two = estimate_cost(60, 90, 1, 1), estimate_cost(120, 180, 1, 1)
    assert two.grams.high == pytest.approx(2 * one.grams.high) and two.cups.low == pytest.approx(2 * one.cups.low)
    assert estimate_cost(0, 0, 0, 0).grams == energy.Span(0.0, 0.0)
    assert one.energy_kwh.low < one.energy_kwh.high


def test_measured_energy_leaves_only_the_grid_open() -> None:
    one = estimate_cost(60, 60, 1, 1, measured_kwh=0.002)
    assert one.measured and one.energy_kwh == energy.Span(0.002, 0.002)
    assert (one.grams.low, one.grams.high) == pytest.approx((0.08288, 1.34026))
    assert "2 Wh (measured)" in dict(cost_rows(one))["Energy"]


def test_a_cost_says_its_method_and_every_row_has_words() -> None:
    rows = dict(cost_rows(estimate_cost(200.4, 391, 60, 7_680, "tokens")))
    assert rows["Time"] == "3 min 20 s, 6 min 31 s of processor time"
    assert rows["Steps"] == "60; 7,680 tokens seen, repeats counted"
    assert rows["Method"].startswith("Not measured") and "assumed" in rows["Energy"] and all(rows.values())
    assert all(source.url.startswith("https://") for source in energy.energy_sources())


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (48, "48 s"), (59.7, "1 min 0 s"), (7500, "2 h 5 min")]
)
def test_durations_have_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_times_that_cannot_be_are_refused(bad: float) -> None:
    with pytest.raises(PlaygroundError):
        estimate_cost(bad, 1, 1, 1)
