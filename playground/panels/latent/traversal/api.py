"""The named endpoint of the panel Traversal, for programs: pictures are data URIs of PNG files."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.image_request import format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent import traversal
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import endpoint


@endpoint("read_space")
def api_read_space(
    model: str = "vae-avatars", dimension: int | None = None, base: Any = "middle", condition: Any = "any"
) -> dict[str, Any]:
    """A VAE's dimensions: {"kl", "variance", "active", "summary", "pictures"}, KL in nats, dimensions in their order.

    dimension: from 1; with it also {"traversal": {"values", "pictures"}, "heat", "flips", "recipe"}.
    base: "middle", a seed, a picture of the data set (d3), a point, or {"model", "seed" or "z"}.
    """
    parse_condition(image_model_facts(model), "any" if condition is None else condition)
    if dimension is None and (base != "middle" or condition not in ("any", None, "", {})):
        raise PlaygroundError(say("latent.traversal.needs_dimension"))
    statistics = traversal.held_out_statistics(model)
    answer: dict[str, Any] = {
        "kl": statistics.kl.tolist(),
        "variance": statistics.variance.tolist(),
        "active": statistics.active.tolist(),
        "pictures": statistics.pictures,
        "summary": traversal.summarize(statistics),
    }
    if dimension is None:
        return answer
    request = traversal.read_traversal(model, {"dimension": dimension, "base": base, "condition": condition})
    effect = traversal.dimension_effect(model, format_condition(request.condition), request.dimension)
    row = [png_uri(picture) for picture in traversal.traverse_row(request)]
    answer |= {"traversal": {"values": traversal.positions().tolist(), "pictures": row}}
    answer |= {"heat": effect.heat.tolist(), "flips": dict(effect.flips), "bases": effect.bases}
    return answer | {"recipe": request.recipe().to_json()}
