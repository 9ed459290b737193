"""The card of one picture: seed, condition, the classifier's labels, score, nearest training pictures."""

from __future__ import annotations

from typing import Any

from playground.images.image_request import format_condition
from playground.images.inspection import Inspection
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.ui.picture_views import pack

#: (name, label) of the buttons on the card of a drawn picture.
ACTIONS = (("keep", "Keep"), ("png", "Download PNG"), ("alone", "Draw it alone"))
STEPS_ACTION = ("steps", "See its steps")


def card_value(batch: ImageBatch, inspection: Inspection) -> dict[str, Any]:
    """A value for the card view. batch: of one picture."""
    rows = [("Seed", str(batch.request.seed)), ("Asked for", format_condition(batch.request.condition))]
    sampled = sampled_condition(batch)
    if sampled:
        rows.append(("The seed chose", f"{sampled}. This model must be told something definite."))
    if inspection.labels:
        labels = ", ".join(f"{name}: {label}" for name, label in inspection.labels.items())
        rows.append(("A classifier sees", labels))
    if batch.scores is not None:
        rows.append(("Discriminator's score", f"{batch.scores[0]:+.2f}: above 0 it takes the picture for real"))
    strips = []
    if inspection.nearest is not None:
        rows.append(("Did it copy?", copy_sentence(inspection)))
        captions = [f"differs by {distance:.1f}" for distance in inspection.distances]
        title = "The nearest training pictures"
        strips.append({"title": title, "packed": pack(inspection.nearest), "labels": captions})
    actions = [*ACTIONS, *([STEPS_ACTION] if batch.kind == "diffusion" else [])]
    return {
        "title": f"Seed {batch.request.seed}, enlarged",
        "packed": pack(batch.pictures),
        "rows": [{"name": name, "text": text} for name, text in rows],
        "strips": strips,
        "actions": [list(action) for action in actions],
    }


def sampled_condition(batch: ImageBatch) -> str:
    """The values that a single picture's seed sampled for "any", as "hat=none; skin=tan"; "" if there are none."""
    attributes = image_model_facts(batch.request.model).attributes.items()
    codes = [(name, values, int(code)) for (name, values), code in zip(attributes, batch.condition[0], strict=True)]
    sampled = [(name, values[code]) for name, values, code in codes if code < len(values)]
    return "; ".join(f"{name}={value}" for name, value in sampled if name not in batch.request.condition)


def copy_sentence(inspection: Inspection) -> str:
    """Whether the picture is a near-copy of a training picture, against held-out pictures as the baseline."""
    near = inspection.distances[0]
    if inspection.percentile is None:
        return f"Its nearest training picture differs by {near:.1f} of 255; counting how near unseen real ones come …"
    percentile = inspection.percentile
    share = f"{percentile:.0f} % of real pictures that were held out lie as near to a training picture, or nearer"
    if near == 0:
        return f"It is a training picture, pixel for pixel ({share})."
    verdict = "nearer than unseen real pictures usually are" if percentile < 1 else "no nearer than is usual"
    return f"Its nearest training picture differs by {near:.1f} of 255 (root mean square): {verdict}; {share}."
