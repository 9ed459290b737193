"""The pictures that a visitor keeps, as text for their browser: pixels and recipes, so no model draws them again."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_json
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import fingerprints, image_request_from
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch

#: Pictures that are kept, and characters of them: browsers keep about five million for a whole site.
MAX_KEPT = 24
_MOST_CHARACTERS = 1_000_000


def encode_kept(kept: Sequence[ImageBatch]) -> str:
    """The pictures as text; the oldest are left out if it would be too long. kept: batches of one, the newest last."""
    items: list[str] = []
    size = 2
    for batch in reversed(kept[-MAX_KEPT:]):
        item = json.dumps(_to_json(batch), separators=(",", ":"))
        size += len(item) + 1
        if size > _MOST_CHARACTERS:
            break
        items.insert(0, item)
    return f"[{','.join(items)}]"


def decode_kept(text: str) -> list[ImageBatch]:
    """The pictures in a text, but those of models that are gone. Raises ValueError if it is damaged."""
    data = json.loads(text)
    if not isinstance(data, list):
        raise ValueError("no list of pictures")
    found = []
    for item in data[-MAX_KEPT:]:
        try:
            found.append(_from_json(item))
        except PlaygroundError:
            continue
    return found


def _to_json(batch: ImageBatch) -> dict[str, Any]:
    scores = None if batch.scores is None else batch.scores.astype(float).tolist()
    pixels = base64.b64encode(np.ascontiguousarray(batch.pictures).tobytes()).decode()
    return {"recipe": batch.recipe().to_json(), "pixels": pixels, "scores": scores}


def _from_json(item: Any) -> ImageBatch:
    """One picture. Raises PlaygroundError if its model or a setting does not exist, ValueError if it is damaged."""
    if not isinstance(item, dict):
        raise ValueError("no picture")
    recipe = from_json(item)
    request = image_request_from(recipe)
    facts = image_model_facts(request.model)
    shape = (1, facts.side, facts.side, facts.channels)
    pixels = np.frombuffer(base64.b64decode(str(item.get("pixels")), validate=True), np.uint8)
    if request.count != 1 or pixels.size != np.prod(shape):
        raise ValueError("not one picture of its model")
    pictures = pixels.reshape(shape)
    if fingerprints(pictures) != recipe.result:
        raise ValueError("another picture than its recipe's")
    scores = None if item.get("scores") is None else np.array(item["scores"], np.float32).reshape(1)
    steps = request.steps if facts.kind == "diffusion" else 1
    condition = sample_conditions(request)
    return ImageBatch(request, facts.kind, recipe.weights_sha256, pictures, condition, scores, steps, steps, 0.0)
