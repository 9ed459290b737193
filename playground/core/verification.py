"""Verification: does computing a recipe again give the recorded result?

Fingerprints are compared as text; a caller may instead compare the results with its own measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.core.catalogue import say
from playground.core.recipe import Recipe, setting_text

#: Old links may call a panel by a former name; which panel a recipe belongs to is settled before it is compared.
_IGNORED = ("panel",)


@dataclass(frozen=True)
class Verification:
    """The outcome. difference: what differs, as words without a full stop; "" if the result was reproduced."""

    reproduced: bool
    difference: str = ""


def verify(recipe: Recipe, result: Recipe, difference: str | None = None) -> Verification | None:
    """Compares a new result with the recipe that it was computed from.

    recipe: from a link or file.  result: the recipe of the new result, with its fingerprint.
    difference: what differs by the caller's own comparison, "" if nothing does; None to compare the fingerprints, and
    name the likely cause if they differ.
    Returns None if they cannot be compared: a fingerprint is missing, or model, seed or settings differ.
    """
    if not recipe.result or not result.result or not same_request(recipe, result):
        return None
    if difference is None:
        difference = "" if recipe.result == result.result else likely_cause(recipe, result)
    return Verification(not difference, difference)


def same_request(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes have the same model, seed and settings, as text."""
    return (one.model, one.seed, _settings(one)) == (other.model, other.seed, _settings(other))


def likely_cause(recipe: Recipe, result: Recipe) -> str:
    """Why two runs of one request may differ: other weights, or rounding."""
    weights_differ = recipe.weights_sha256 not in ("", result.weights_sha256)
    return say("shared.outcome.weights_differ") if weights_differ else say("shared.outcome.rounding_differs")


def _settings(recipe: Recipe) -> Mapping[str, str]:
    """The settings as text, without empty ones, as in a link."""
    return {
        name: setting_text(value)
        for name, value in recipe.settings.items()
        if value not in (None, "") and name not in _IGNORED
    }
