"""Whether a recipe's result was reproduced: same settings first, then the fingerprints."""

from __future__ import annotations

from dataclasses import replace

from playground.core.recipe import Recipe
from playground.core.verification import ROUNDING_DIFFERS, WEIGHTS_DIFFER, Verification, verify

MADE = Recipe("bias", "net", "aa", 3, {"steps": 20, "loop": True, "tokens": [1, None]}, "print")


def test_the_same_fingerprint_is_reproduced() -> None:
    linked = replace(MADE, settings={"steps": "20", "loop": "true", "tokens": "1,", "panel": "former"})
    assert verify(linked, MADE) == Verification(True)


def test_another_fingerprint_is_explained_by_weights_or_rounding() -> None:
    assert verify(replace(MADE, result="other"), MADE) == Verification(False, ROUNDING_DIFFERS)
    assert verify(replace(MADE, result="other", weights_sha256="bb"), MADE) == Verification(False, WEIGHTS_DIFFER)
    assert verify(replace(MADE, result="other", weights_sha256=""), MADE) == Verification(False, ROUNDING_DIFFERS)


def test_other_settings_or_no_fingerprint_are_nothing_to_compare() -> None:
    for other in ({"result": ""}, {"seed": 4}, {"model": "net-2"}, {"settings": {"steps": 21}}):
        assert verify(replace(MADE, **other), MADE) is None  # type: ignore[arg-type]
    assert verify(MADE, replace(MADE, result="")) is None


def test_a_callers_own_comparison_counts() -> None:
    assert verify(replace(MADE, result="close"), MADE, "") == Verification(True)
    assert verify(MADE, MADE, "token 3 is another") == Verification(False, "token 3 is another")
