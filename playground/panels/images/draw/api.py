"""The Draw panel's endpoints: pictures of any image model, nearest training pictures, and the list of models."""

from __future__ import annotations

from typing import Any

from playground.images.image_request import check_settings, parse_image_request
from playground.images.inspection import nearest_training_images, nearness_percentile
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import sample_images
from playground.panels.images.api_image import decode_image
from playground.panels.images.image_file import png
from playground.ui.api_errors import data_uri, png_uri
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step

#: Names of a model's facts -> keys of "facts" in the answer of /image_models.
_FACT_KEYS = {
    "model": "Model",
    "licence": "Licence",
    "size": "Size",
    "source": "Source",
    "trained_on": "Trained on",
    "training": "Training",
    "notes": "Good to know",
}


@endpoint("sample_images")
def api_sample_images(
    model: str = "gan-avatars",
    count: int = 4,
    seed: int = 0,
    condition: Any = "any",
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Draws pictures: {"gallery": [{"png": data URI with the recipe inside, "seed", "score"}], "recipe", "seconds"}."""
    values = {"count": count, "seed": seed, "condition": condition}
    check_settings(model, settings or {}, values)
    request = parse_image_request(model, {**(settings or {}), **values})
    batch = last_step(sample_images(request))
    gallery = []
    for index in range(len(batch.pictures)):
        picture = batch.single(index)
        score = None if batch.scores is None else float(batch.scores[index])
        uri = data_uri(png(picture.pictures[0], picture.recipe()))
        gallery.append({"png": uri, "seed": picture.request.seed, "score": score})
    return {"gallery": gallery, "recipe": batch.recipe().to_json(), "seconds": batch.seconds}


@endpoint("nearest")
def api_nearest(image: str, dataset: str = "avatars") -> dict[str, Any]:
    """The nearest training pictures: {"nearest": [{"png", "distance"}], "percentile"} (of held-out pictures).

    image: a picture file in base64, as a data URI or bare.
    """
    from playground.images.dataset_browser import image_shape

    side, channels = image_shape(dataset)
    pictures, distances = nearest_training_images(decode_image(image, side, channels), dataset)
    pairs = zip(pictures, distances.tolist(), strict=True)
    return {
        "nearest": [{"png": png_uri(picture), "distance": distance} for picture, distance in pairs],
        "percentile": nearness_percentile(float(distances[0]), dataset),
    }


@endpoint("image_models", queue=True)
def api_image_models() -> list[dict[str, Any]]:
    """The image models: name, title, kind, data set, attributes and values for a condition, facts, quality."""
    return [
        {
            "name": facts.name,
            "title": facts.title,
            "kind": facts.kind,
            "dataset": facts.dataset,
            "side": facts.side,
            "attributes": {name: list(values) for name, values in facts.attributes.items()},
            "facts": {_FACT_KEYS[name]: text for name, text in facts.rows},
            "quality": dict(facts.quality),
        }
        for facts in map(image_model_facts, model_names())
    ]
