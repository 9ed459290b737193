"""The named endpoint of Arithmetic, for programs: pictures are data URIs of PNG files."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.images.image_request import check_settings, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent import arithmetic
from playground.latent.nearest_pictures import nearest_by_code, nearest_by_pixels
from playground.latent.picture_refs import format_picture_ref, ref_of_row
from playground.latent.vae_encoder import real_pictures
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import endpoint


@endpoint("arithmetic")
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
    "seed" or "z"}.  settings: condition, steps.  "z", "condition": of the answer; a GAN's condition in the words of the
    largest shares.  "nearest": real pictures by pixels and, for a VAE, by code.
    """
    unknown = sorted(set(settings or {}) - {"condition", "steps"})
    if unknown:
        sentence = say("latent.arithmetic.unknown_setting", name=quoted(unknown[0]), names="condition, steps")
        raise PlaygroundError(sentence)
    condition = (settings or {}).get("condition")
    check_settings(model, settings or {}, {})
    parse_condition(image_model_facts(model), "any" if condition is None else condition)
    request = arithmetic.read_arithmetic(model, {**(settings or {}), "a": a, "b": b, "c": c, "strength": strength})
    solved = arithmetic.solve(request)
    names = (*arithmetic.SLOTS, "answer", "scaled")
    return {
        "pictures": {name: png_uri(picture) for name, picture in zip(names, solved.pictures, strict=True)},
        "norms": dict(zip(names, solved.norms.tolist(), strict=True)),
        "usual": list(solved.norm_range),
        "z": solved.points[3, : solved.latent].tolist(),
        "condition": dict(arithmetic.answer_endpoint(request).condition or {}),
        "read": {name: solved.words(place) for place, name in enumerate(names)},
        "words": arithmetic.describe_label_changes(solved),
        "nearest": _nearest(solved),
        "recipe": request.recipe().to_json(),
    }


def _nearest(solved: arithmetic.ArithmeticResult) -> dict[str, Any]:
    """ "pixels" and "code" -> [{"item", "distance", "labels"}]; without those that cannot be computed."""
    request, items = solved.request, [item for slot in solved.request.slots for item in slot]
    by_way = {}
    try:
        data = real_pictures(image_model_facts(request.model).dataset)
        by_way["pixels"] = nearest_by_pixels(solved.pictures[3], request.model, items)
        if image_model_facts(request.model).kind == "vae" and not request.condition:
            by_way["code"] = nearest_by_code(solved.points[3], request.model, items)
    except PlaygroundError:
        return {}  # the data set is not on this machine
    return {
        way: [
            {"item": format_picture_ref(ref_of_row(data, row)), "distance": float(distance), "labels": labels}
            for row, distance, labels in zip(near.rows.tolist(), near.distances, near.words, strict=True)
        ]
        for way, near in by_way.items()
    }
