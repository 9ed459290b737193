"""Whether a recipe's result was reproduced: same settings first, then the fingerprints."""

from __future__ import annotations

from dataclasses import replace

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.verification import Verification, verify

MADE = Recipe("bias", "net", "aa", 3, {"steps": 20, "loop": True, "tokens": [1, None]}, "print")


def test_the_same_fingerprint_is_reproduced() -> None:
    linked = replace(MADE, settings={"steps": "20", "loop": "true", "tokens": "1,", "panel": "former"})
    assert verify(linked, MADE) == Verification(True)


def test_another_fingerprint_is_explained_by_weights_or_rounding() -> None:
    weights_differ = Verification(False, say("shared.outcome.weights_differ"))
    rounding_differs = Verification(False, say("shared.outcome.rounding_differs"))
    assert verify(replace(MADE, result="other"), MADE) == rounding_differs
    assert verify(replace(MADE, result="other", weights_sha256="bb"), MADE) == weights_differ
    assert verify(replace(MADE, result="other", weights_sha256=""), MADE) == rounding_differs


def test_other_settings_or_a_missing_fingerprint_are_not_compared() -> None:
    for other in ({"result": ""}, {"seed": 4}, {"model": "net-2"}, {"settings": {"steps": 21}}):
        assert verify(replace(MADE, **other), MADE) is None  # type: ignore[arg-type]
    assert verify(MADE, replace(MADE, result="")) is None


def test_a_callers_comparison_replaces_that_of_fingerprints() -> None:
    assert verify(replace(MADE, result="close"), MADE, "") == Verification(True)
    assert verify(MADE, MADE, "token 3 is another") == Verification(False, "token 3 is another")
