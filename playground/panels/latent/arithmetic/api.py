"""The endpoints of Arithmetic and Reading the space, for programs: pictures are data URIs of PNG files."""

from __future__ import annotations

from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.images.image_request import format_condition
from playground.images.model_menu import image_model_facts
from playground.latent import arithmetic, traversal
from playground.latent.nearest_pictures import nearest_by_code, nearest_by_pixels
from playground.latent.picture_refs import format_picture_ref, ref_of_row
from playground.latent.vae_encoder import real_pictures
from playground.ui.api_errors import png_uri, with_api_errors
from playground.ui.events import MODEL_QUEUE


@with_api_errors
def api_arithmetic(
    model: str = "vae-avatars",
    a: Any = "3",
    b: Any = "5",
    c: Any = "7",
    strength: float = 1.0,
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A + strength (C - B): {"pictures": {"A", "B", "C", "answer", "scaled"}, "norms", "usual", "read", "words", …}.

    a, b, c: up to 8 items each, "17, d3" or a list: seeds, pictures of the data set (d3), points [[…]], or {"model",
    "seed" or "z"}.  settings: condition, steps.  "nearest": real pictures by pixels and, for a VAE, by code.
    """
    unknown = sorted(set(settings or {}) - {"condition", "steps"})
    if unknown:
        raise PlaygroundError(f"{quoted(unknown[0])} is no setting of a sum: there are condition, steps.")
    request = arithmetic.read_arithmetic(model, {**(settings or {}), "a": a, "b": b, "c": c, "strength": strength})
    solved = arithmetic.solve(request)
    names = (*arithmetic.SLOTS, "answer", "scaled")
    return {
        "pictures": {name: png_uri(picture) for name, picture in zip(names, solved.pictures, strict=True)},
        "norms": dict(zip(names, solved.norms.tolist(), strict=True)),
        "usual": list(solved.norm_range),
        "z": solved.points[3].tolist(),
        "read": {name: solved.words(place) for place, name in enumerate(names)},
        "words": arithmetic.describe_label_changes(solved),
        "nearest": _nearest(solved),
        "recipe": request.recipe().to_json(),
    }


def _nearest(solved: arithmetic.ArithmeticResult) -> dict[str, Any]:
    """By "pixels" and by "code": [{"item", "distance", "labels"}]; what cannot be had is left out."""
    request, items = solved.request, [item for slot in solved.request.slots for item in slot]
    found = {}
    try:
        data = real_pictures(image_model_facts(request.model).dataset)
        found["pixels"] = nearest_by_pixels(solved.pictures[3], request.model, items)
        if image_model_facts(request.model).kind == "vae" and not request.condition:
            found["code"] = nearest_by_code(solved.points[3], request.model, items)
    except PlaygroundError:
        return {}  # the data set is not on this machine
    return {
        way: [
            {"item": format_picture_ref(ref_of_row(data, row)), "distance": float(distance), "labels": labels}
            for row, distance, labels in zip(near.rows.tolist(), near.distances, near.words, strict=True)
        ]
        for way, near in found.items()
    }


@with_api_errors
def api_read_space(
    model: str = "vae-avatars", dimension: int | None = None, base: Any = "middle", condition: Any = "any"
) -> dict[str, Any]:
    """A VAE's dimensions: {"kl", "variance", "active", "summary", "pictures"}, KL in nats, for each in its own order.

    dimension: from 1; with it also {"traversal": {"values", "pictures"}, "heat", "flips", "recipe"}.
    base: "middle", a seed, a picture of the data set (d3), a point, or {"model", "seed" or "z"}.
    """
    seen = traversal.held_out_statistics(model)
    answer: dict[str, Any] = {
        "kl": seen.kl.tolist(),
        "variance": seen.variance.tolist(),
        "active": seen.active.tolist(),
        "pictures": seen.pictures,
        "summary": traversal.summarize(seen),
    }
    if dimension is None:
        return answer
    at = traversal.read_traversal(model, {"dimension": dimension, "base": base, "condition": condition})
    made = traversal.dimension_effect(model, format_condition(at.condition), at.dimension)
    row = [png_uri(picture) for picture in traversal.traverse_row(at)]
    along = {"values": traversal.positions().tolist(), "pictures": row}
    found = {"traversal": along, "heat": made.heat.tolist(), "flips": dict(made.flips), "bases": made.bases}
    return answer | found | {"recipe": at.recipe().to_json()}


def build_api() -> None:
    """Names the endpoints."""
    from gradio.events import api

    api(api_arithmetic, api_name="arithmetic", **MODEL_QUEUE)
    api(api_read_space, api_name="read_space", **MODEL_QUEUE)
