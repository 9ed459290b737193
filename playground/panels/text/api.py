"""The endpoint of the Text tab that belongs to no panel: the models for the others."""

from __future__ import annotations

from typing import Any

from playground.language.model_menu import model_facts, model_names
from playground.ui.endpoint import endpoint


@endpoint("models", queue=True)
def api_models() -> dict[str, Any]:
    """The models that the other endpoints accept.

    {"models": [name, licence, size, source, what it was trained on, decoders]}
    """
    return {"models": [model_facts(name).to_json() for name in model_names()]}
