"""The value of the arithmetic view: slots, pictures, sentences, and the nearest real pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.image_request import format_condition
from playground.images.model_menu import image_model_facts
from playground.latent import arithmetic
from playground.latent.arithmetic import SLOTS, ArithmeticRequest, ArithmeticResult
from playground.latent.nearest_pictures import NearestPictures, nearest_by_code, nearest_by_pixels
from playground.latent.picture_refs import format_picture_ref, labels_of_ref, ref_label
from playground.panels.latent.lengths import lengths_value
from playground.ui.picture_views import pack


def arithmetic_value(
    request: ArithmeticRequest, solved: ArithmeticResult | None, near: Sequence[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A value for the view. solved: None while a slot is empty.  near: strips; None while they are computed."""
    facts = image_model_facts(request.model)
    slots = []
    pictures = arithmetic.slot_pictures(request)
    for name, items, images in zip(SLOTS, request.slots, pictures, strict=True):
        values = [
            {"token": format_picture_ref(item), "label": ref_label(item), "words": _words(item)} for item in items
        ]
        slots.append({"name": name, "items": values, "packed": None if images is None else pack(images)})
    return {
        "model": request.model,
        "condition": format_condition(request.condition),
        "slots": slots,
        "strength": request.strength,
        "slow": facts.kind == "diffusion",
        "smooth": facts.side > 40,
        "pictures": pack(solved.pictures) if solved else None,
        "norms": solved.norms.round(3).tolist() if solved else None,
        "words": arithmetic.describe_label_changes(solved) if solved else "",
        "lengths": arithmetic.describe_norm(solved) if solved else "",
        "lengths_chart": _lengths(solved) if solved else None,
        "near": None if near is None else list(near),
    }


def _lengths(solved: ArithmeticResult) -> dict[str, Any] | None:
    names = [*SLOTS, say("latent.arithmetic.answer")]
    marks = [(name, float(length), float(length)) for name, length in zip(names, solved.norms, strict=False)]
    return lengths_value(solved.request.model, solved.norm_range, marks)


def _words(item: Any) -> str:
    labels = ", ".join(f"{name} {word}" for name, word in labels_of_ref(item).items())
    return ref_label(item) + (f" ({labels})" if labels else "")


def neighbour_strips(solved: ArithmeticResult) -> list[dict[str, Any]]:
    """Strips of the nearest real pictures, by pixels and for a VAE in its own space; [] without the data set."""
    request = solved.request
    items = [item for slot in request.slots for item in slot]
    strips = []
    try:
        near = nearest_by_pixels(solved.pictures[3], request.model, items)
        strips.append(_strip(near, solved, say("latent.arithmetic.near_pixels", among=near.among)))
        if image_model_facts(request.model).kind == "vae" and not request.condition:
            near = nearest_by_code(solved.points[3], request.model, items)
            strips.append(_strip(near, solved, say("latent.arithmetic.near_code", among=near.among)))
    except PlaygroundError:
        return strips  # no data set on this machine: the sum is shown without them
    return strips


def _strip(near: NearestPictures, solved: ArithmeticResult, title: str) -> dict[str, Any]:
    before, after = solved.words(0), solved.words(3)
    changed = [name for name in after if after[name] != before[name]] or list(after)[:1]
    # Each neighbour shows its words for the attributes that the sum changed.
    texts = [", ".join(words[name] for name in changed[:2] if name in words) for words in near.words]
    labels = [f"{text} · {distance:.1f}" for text, distance in zip(texts, near.distances, strict=True)]
    if changed:
        below = say("latent.arithmetic.near_labels", labels=", ".join(changed[:2]))
    else:
        below = say("latent.arithmetic.near_distances")
    return {"title": f"{title} {below}", "packed": pack(near.pictures), "labels": labels}
