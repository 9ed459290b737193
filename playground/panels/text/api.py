"""The endpoint of the Text tab that belongs to no panel: the models for the others."""

from __future__ import annotations

from typing import Any

from gradio.events import api

from playground.language.model_menu import model_facts, model_names
from playground.ui.api_errors import with_api_errors


@with_api_errors
def api_models() -> dict[str, Any]:
    """The models that the other endpoints accept."""
    return {"models": [model_facts(name).to_json() for name in model_names()]}


def build_api() -> None:
    """Adds the endpoint to the surrounding Blocks."""
    api(api_models, api_name="models")
