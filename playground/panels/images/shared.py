"""What the panels of the Images tab share."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.image_request import image_request_from
from playground.panels.images.controls import ImageControls, controls_update
from playground.ui.events import Update
from playground.ui.panel_links import names_panel_alone


@dataclass(frozen=True)
class ImagesShared:
    """controls: the settings column.  kept: gr.State of the pictures that a visitor keeps, [ImageBatch] of one each."""

    controls: ImageControls
    kept: gr.State


def panel_query(panel: str) -> str:
    """The query of a link that opens a panel, for panels whose results are not in their links."""
    return f"tab=images&panel={panel}"


def restore_controls(recipe: Recipe) -> Update:
    """Sets the shared settings of a link; a link to the panel alone changes nothing. Raises PlaygroundError."""
    return {} if names_panel_alone(recipe) else controls_update(image_request_from(recipe))


def query_of(recipe: Recipe) -> str:
    """The query of a recipe's link; "" if it is too long for a link."""
    try:
        return recipe.to_query()
    except PlaygroundError:
        return ""
