"""The card of one picture: seed, condition, the classifier's labels, score, nearest training pictures."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.images.image_request import format_condition
from playground.images.inspection import Inspection
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.ui.picture_views import pack

#: Names of the buttons on the card of a drawn picture.
ACTIONS = ("keep", "png", "alone")
#: A further one, for pictures of diffusion models.
STEPS_ACTION = "steps"


def card_value(batch: ImageBatch, inspection: Inspection) -> dict[str, Any]:
    """A value for the card view. batch: of one picture."""
    actions = [*ACTIONS, *([STEPS_ACTION] if batch.kind == "diffusion" else [])]
    return {
        "title": say("images.card.title", seed=batch.request.seed),
        "packed": pack(batch.pictures),
        "rows": _rows(batch, inspection),
        "strips": _strips(inspection),
        "actions": [action_button(name) for name in actions],
    }


def action_button(name: str) -> list[str]:
    """[name, label] of a button on the card."""
    return [name, say(f"images.card.{name}")]


def _rows(batch: ImageBatch, inspection: Inspection) -> list[dict[str, str]]:
    sampled = sampled_condition(batch)
    texts = {
        say("shared.seed"): str(batch.request.seed),
        say("images.card.request"): format_condition(batch.request.condition),
        say("images.card.sampled"): say("images.card.sampled_text", values=sampled) if sampled else "",
        say("images.card.labels"): ", ".join(f"{name}: {label}" for name, label in inspection.labels.items()),
        say("images.card.score"): "" if batch.scores is None else say("images.card.score_text", score=batch.scores[0]),
        say("shared.picture.copied"): inspection.missing if inspection.nearest is None else copy_sentence(inspection),
    }
    return [{"name": name, "text": text} for name, text in texts.items() if text]


def _strips(inspection: Inspection) -> list[dict[str, Any]]:
    if inspection.nearest is None:
        return []
    labels = [say("images.card.distance", distance=distance / 255) for distance in inspection.distances]
    return [{"title": say("images.card.nearest"), "packed": pack(inspection.nearest), "labels": labels}]


def sampled_condition(batch: ImageBatch) -> str:
    """The values that a single picture's seed sampled for "any", as "hat=none; skin=tan"; "" if there are none."""
    attributes = image_model_facts(batch.request.model).attributes.items()
    codes = [(name, values, int(code)) for (name, values), code in zip(attributes, batch.condition[0], strict=True)]
    sampled = [(name, values[code]) for name, values, code in codes if code < len(values)]
    return "; ".join(f"{name}={value}" for name, value in sampled if name not in batch.request.condition)


def copy_sentence(inspection: Inspection) -> str:
    """Whether the picture is a near-copy of a training picture, against held-out pictures as the baseline."""
    near, percentile = float(inspection.distances[0]) / 255, inspection.percentile
    if percentile is None:
        return say("images.card.copy_waiting")
    kind = "exact" if near == 0 else "near" if percentile < 1 else "usual"
    return say(f"images.card.copy_{kind}", near=near, percentile=percentile)
