"""Whether a recipe that was computed again gave the same result.

It knows nothing of what a fingerprint means: it compares two as text, unless the caller has compared the results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.core.recipe import Recipe, setting_text

WEIGHTS_DIFFER = "the weights are others"
ROUNDING_DIFFERS = "another processor may round differently"
#: The panel of a recipe is known once it has been read; links made before may call it by a former name.
_IGNORED = ("panel",)


@dataclass(frozen=True)
class Verification:
    """The outcome. difference: what differs, in words without a full stop; "" if reproduced."""

    reproduced: bool
    difference: str = ""


def verify(recipe: Recipe, result: Recipe, difference: str | None = None) -> Verification | None:
    """Compare a result with the recipe that it was computed from.

    recipe: of a link or file.  result: of what came out, with its own fingerprint.
    difference: what differs, if the caller has compared the results by a measure of its own, "" if nothing does;
    None to compare the fingerprints, and to name the likely cause where they differ.
    Returns None if there is nothing to compare: one of the two has no fingerprint, or they have other settings.
    """
    if not recipe.result or not result.result or not same_request(recipe, result):
        return None
    if difference is None:
        difference = "" if recipe.result == result.result else likely_cause(recipe, result)
    return Verification(not difference, difference)


def same_request(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes ask for the same: model, seed and settings, however they were written."""
    return (one.model, one.seed, _settings(one)) == (other.model, other.seed, _settings(other))


def likely_cause(recipe: Recipe, result: Recipe) -> str:
    """Why two runs of one request may differ: other weights, or else rounding."""
    return WEIGHTS_DIFFER if recipe.weights_sha256 not in ("", result.weights_sha256) else ROUNDING_DIFFERS


def _settings(recipe: Recipe) -> Mapping[str, str]:
    """As in a link: text, without the settings that are not set or empty."""
    return {
        name: setting_text(value)
        for name, value in recipe.settings.items()
        if value not in (None, "") and name not in _IGNORED
    }
