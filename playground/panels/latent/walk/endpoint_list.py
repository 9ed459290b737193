"""The end points as pictures, above their text: one is added as a seed, or taken out. A point has no readable text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.endpoint_pictures import endpoint_pictures
from playground.latent.endpoints import MAX_ENDPOINTS, Endpoint, read_endpoint, split_endpoints
from playground.latent.latent_walk import LatentWalk
from playground.panels.latent.shared import FIRST_ENDPOINTS, condition_text, is_fast
from playground.ui.event_data import event_values
from playground.ui.events import Update
from playground.ui.picture_views import pack
from playground.ui.view import view

#: Characters of the longest text of end points: each a point of a diffusion model with 28 x 28 pixels, and a condition.
_LONGEST = MAX_ENDPOINTS * 20_000
_ENDS = """
<section class="pg-ends" aria-label="[[latent.walk.ends.label]]">
  <ol class="pg-ends-list"></ol>
  <p class="pg-ends-add"><label class="pg-field">[[latent.walk.ends.seed]]
    <input class="pg-ends-seed" type="text" inputmode="numeric" maxlength="20" size="6"></label>
    <button type="button" class="pg-button">[[latent.walk.ends.add]]</button></p>
</section>
"""


def endpoint_list_view(**options: Any) -> gr.HTML:
    """Draws {"ends": [{"text", "label"}], "packed": pack(…) of a picture for each, or None}.

    Event: edited, {"text"}, the end points as in a link. options: those of gr.HTML.
    """
    return view("ends", _ENDS, _value(split_endpoints(FIRST_ENDPOINTS)), events=("edited",), **options)


def on_ends(
    ways: Sequence[LatentWalk] | None, model: str, condition: Sequence[str] | None, steps: float, endpoints: str | None
) -> Update:
    """The end points with their pictures. Without, while a text is being written; diffusion draws no seed alone."""
    texts = split_endpoints(endpoints or "")
    try:
        facts = image_model_facts(model)
        ends = [read_endpoint(text, facts) for text in texts[:MAX_ENDPOINTS]]
        wanted = parse_condition(facts, condition_text(condition))
        walk = ways[0] if ways else None
        if not ends or not (is_fast(model) or _has_point(ends) or _is_drawn(walk, ends)):
            return {"ends": _value(texts)}
        pictures = endpoint_pictures(model, ends, wanted, int(steps), walk)
    except PlaygroundError:
        return {"ends": _value(texts)}
    return {"ends": _value(texts, pack(pictures))}


def on_walked(ways: Sequence[LatentWalk] | None, model: str, endpoints: str | None) -> Update:
    """The end points with the frames of the finished walk between them; nothing without one. Needs no model."""
    walk, texts = ways[0] if ways else None, split_endpoints(endpoints or "")
    try:
        ends = [read_endpoint(text, image_model_facts(model)) for text in texts[:MAX_ENDPOINTS]]
    except PlaygroundError:
        return {}
    if walk is None or walk.request.model != model or not _is_drawn(walk, ends):
        return {}
    return {"ends": _value(texts, pack(walk.pictures[list(walk.keyframes)]))}


def _has_point(ends: Sequence[Endpoint]) -> bool:
    """Whether a picture is all that a visitor can tell one of them by."""
    return any(not isinstance(end.at, int) for end in ends)


def _is_drawn(walk: LatentWalk | None, ends: Sequence[Endpoint]) -> bool:
    return walk is not None and walk.done and walk.request.endpoints == tuple(ends)


def on_edited(event: gr.EventData) -> Update:
    """The end points after one was added or taken out."""
    text = event_values(event).get("text")
    if not isinstance(text, str) or len(text) > _LONGEST:
        return {}
    return {"endpoints": text}


def _value(texts: Sequence[str], packed: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"ends": [{"text": text, "label": _label(text)} for text in texts[:MAX_ENDPOINTS]], "packed": packed}


def _label(text: str) -> str:
    """An end point's name under its picture."""
    at, bracket, settings = text.partition("[")
    name = say("latent.points.point") if at.startswith("z:") else say("shared.seed_number", seed=at.strip())
    return f"{name}, {settings.rstrip(']').strip()}" if bracket and settings.rstrip("]").strip() != "any" else name
