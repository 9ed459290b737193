"""The Images tab's named endpoints, for programs: the same labs, JSON and PNG in and out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from numpy import uint8
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.image_upload import fit, read_picture
from playground.images import inspection
from playground.images.diffusion import denoise
from playground.images.image_request import parse_image_request
from playground.images.inversion import reconstruct
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import sample_images
from playground.panels.images.picture_data import png
from playground.ui.api_errors import data_uri, telling, told
from playground.ui.events import MODEL_QUEUE


def _given(image: str) -> bytes:
    """The bytes of a picture in base64, as a data URI or bare. No path: a server's own files are nobody's business."""
    text = image.split(",", 1)[1] if image.startswith("data:") and "," in image else image
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        raise PlaygroundError(
            'The image must be a picture file in base64, for example "data:image/png;base64,…".'
        ) from None


def _bare(picture: NDArray[uint8]) -> str:
    """A picture on the way: it has no recipe of its own."""
    return data_uri(png(picture, None))


@telling
def api_sample_images(
    model: str = "gan-avatars",
    count: int = 4,
    seed: int = 0,
    condition: Any = "any",
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Draws pictures: {"gallery": [{"png": data URI with the recipe inside, "seed", "score"}], "recipe", "seconds"}."""
    request = parse_image_request(model, {**(settings or {}), "count": count, "seed": seed, "condition": condition})
    made = list(sample_images(request))[-1]
    gallery = []
    for index in range(len(made.pictures)):
        one = made.one(index)
        score = None if made.scores is None else float(made.scores[index])
        uri = data_uri(png(one.pictures[0], one.recipe()))
        gallery.append({"png": uri, "seed": one.request.seed, "score": score})
    return {"gallery": gallery, "recipe": made.recipe().to_json(), "seconds": made.seconds}


def api_denoise(
    model: str = "diffusion-avatars", seed: int = 0, condition: Any = "any", settings: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Streams the steps of one picture: {"step", "steps", "noise_level", "timestep", "xt", "x0"}, PNG as data URIs."""
    try:
        asked = {**(settings or {}), "count": 1, "seed": seed, "condition": condition}
        for state in denoise(parse_image_request(model, asked)):
            yield {
                "step": state.step,
                "steps": state.steps,
                "noise_level": state.noise_level,
                "timestep": state.timestep,
                "xt": _bare(state.xt[0]),
                "x0": _bare(state.x0[0]),
            }
    except PlaygroundError as error:
        raise told(error) from None


@telling
def api_reconstruct(image: str, model: str = "vae-avatars", condition: Any = "any") -> dict[str, Any]:
    """A model's answer to a picture: {"png", "error", "psnr", "words", "seconds", "mean", "deviation",
    "anomaly_nats", "percentile"}."""
    facts = image_model_facts(model)
    found = list(reconstruct(fit(read_picture(_given(image)), facts.side, facts.channels), model, condition))[-1]
    return {
        "png": _bare(found.picture),
        "error": found.error,
        "psnr": found.psnr,
        "words": found.words,
        "seconds": found.seconds,
        "mean": None if found.mean is None else found.mean.tolist(),
        "deviation": None if found.deviation is None else found.deviation.tolist(),
        "anomaly_nats": found.anomaly_nats,
        "percentile": found.percentile,
    }


@telling
def api_nearest(image: str, dataset: str = "avatars") -> dict[str, Any]:
    """The nearest training pictures: {"nearest": [{"png", "distance"}], "percentile"} (of held-out pictures)."""
    from playground.images.dataset_browser import image_shape

    side, channels = image_shape(dataset)
    pictures, distances = inspection.nearest_training_images(fit(read_picture(_given(image)), side, channels), dataset)
    pairs = zip(pictures, distances.tolist(), strict=True)
    return {
        "nearest": [{"png": _bare(picture), "distance": distance} for picture, distance in pairs],
        "percentile": inspection.nearness_percentile(float(distances[0]), dataset),
    }


def api_image_models() -> list[dict[str, Any]]:
    """What picture models there are: name, title, kind, data set, the words that a condition may ask for."""
    return [
        {
            "name": facts.name,
            "title": facts.title,
            "kind": facts.kind,
            "dataset": facts.dataset,
            "side": facts.side,
            "attributes": {name: list(words) for name, words in facts.attributes.items()},
            "facts": dict(facts.rows),
            "quality": dict(facts.quality),
        }
        for facts in map(image_model_facts, model_names())
    ]


def build_api() -> None:
    """Names the endpoints."""
    from gradio.events import api

    api(api_sample_images, api_name="sample_images", **MODEL_QUEUE)
    api(api_denoise, api_name="denoise", **MODEL_QUEUE)
    api(api_reconstruct, api_name="reconstruct", **MODEL_QUEUE)
    api(api_nearest, api_name="nearest", **MODEL_QUEUE)
    api(api_image_models, api_name="image_models")
