"""Dataclasses as JSON: they come back as they were, and nothing else comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from playground.bias.session_log import Measurement
from playground.core.dataclass_json import decode_all, encode_all
from playground.core.recipe import Recipe
from playground.metrics.intervals import wilson


@dataclass(frozen=True)
class Inner:
    share: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner | None
    pair: tuple[int, str]
    settings: dict[str, str | int | float | bool | None] = field(default_factory=dict)


def test_nested_values_come_back() -> None:
    values = (Outer(Inner(0.5, ("a", "b")), (3, "x"), {"all": True, "n": 2, "none": None}), Outer(None, (0, "")))
    assert decode_all(Outer, encode_all(values)) == values
    (only,) = decode_all(Inner, encode_all([Inner(np.float64("nan"))]))
    assert math.isnan(only.share)


def test_a_measurement_comes_back_with_its_recipe() -> None:
    recipe = Recipe("bias", "m", "ab", 3, {"panel": "x", "n": 2, "share": 0.5, "kept": [1, None]}, "r")
    one = Measurement(
        "x", "t", "f", "consistent", 12, "texts", "counted", recipe, interval=wilson(3, 12), p=0.01,
        caveats=("wording",), rows=(("a", "b"), ("−0.5", "2")),
    )  # fmt: skip
    (back,) = decode_all(Measurement, encode_all([one]))
    assert vars(back) == vars(one)


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[1]", '[{"inner": 3, "pair": [1, "x"]}]', '[{"inner": null}]', '[{"inner": null, "pair": [1]}]',
        '[{"inner": null, "pair": [true, "x"]}]', '[{"inner": {"share": "0.5"}, "pair": [1, "x"]}]', "[" * 100_000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode_all(Outer, text)
