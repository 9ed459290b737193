"""Which panel of the Images tab a recipe belongs to: the one place that decides it."""

from __future__ import annotations

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import quoted

DRAW, WORDS = "draw", "words"
#: The panels that have recipes, by their tabs' ids. A recipe that names none belongs to Draw.
PANELS = (DRAW, "grid", WORDS)


def panel_of(recipe: Recipe) -> str:
    """One of PANELS. Raises PlaygroundError for a panel that there is not."""
    asked = recipe.settings.get("panel") or DRAW
    if asked not in PANELS:
        raise PlaygroundError(f"There is no panel {quoted(asked)} of the Images tab: there are {', '.join(PANELS)}.")
    return str(asked)


def belongs_to(recipe: Recipe | None, panel: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and panel_of(recipe) == panel
