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
    texts = {
        "seed": str(batch.request.seed),
        "request": format_condition(batch.request.condition),
        **_sampled_row(batch),
        **_inspection_rows(inspection),
    }
    if batch.scores is not None:
        texts["score"] = say("images.card.score_text", score=batch.scores[0])
    strips = []
    if inspection.nearest is not None:
        texts["copy"] = copy_sentence(inspection)
        captions = [say("images.card.distance", distance=distance) for distance in inspection.distances]
        title = say("images.card.nearest")
        strips.append({"title": title, "packed": pack(inspection.nearest), "labels": captions})
    actions = [*ACTIONS, *([STEPS_ACTION] if batch.kind == "diffusion" else [])]
    return {
        "title": say("images.card.title", seed=batch.request.seed),
        "packed": pack(batch.pictures),
        "rows": [{"name": _row_name(name), "text": text} for name, text in texts.items()],
        "strips": strips,
        "actions": [action_button(name) for name in actions],
    }


def action_button(name: str) -> list[str]:
    """[name, label] of a button on the card."""
    return [name, say(f"images.card.{name}")]


def _row_name(name: str) -> str:
    return say("shared.seed") if name == "seed" else say(f"images.card.{name}")


def _sampled_row(batch: ImageBatch) -> dict[str, str]:
    values = sampled_condition(batch)
    return {"sampled": say("images.card.sampled_text", values=values)} if values else {}


def _inspection_rows(inspection: Inspection) -> dict[str, str]:
    labels = ", ".join(f"{name}: {label}" for name, label in inspection.labels.items())
    return {"labels": labels} if labels else {}


def sampled_condition(batch: ImageBatch) -> str:
    """The values that a single picture's seed sampled for "any", as "hat=none; skin=tan"; "" if there are none."""
    attributes = image_model_facts(batch.request.model).attributes.items()
    codes = [(name, values, int(code)) for (name, values), code in zip(attributes, batch.condition[0], strict=True)]
    sampled = [(name, values[code]) for name, values, code in codes if code < len(values)]
    return "; ".join(f"{name}={value}" for name, value in sampled if name not in batch.request.condition)


def copy_sentence(inspection: Inspection) -> str:
    """Whether the picture is a near-copy of a training picture, against held-out pictures as the baseline."""
    near, percentile = inspection.distances[0], inspection.percentile
    if percentile is None:
        return say("images.card.copy_waiting", near=near)
    kind = "exact" if near == 0 else "near" if percentile < 1 else "usual"
    return say(f"images.card.copy_{kind}", near=near, percentile=percentile)
