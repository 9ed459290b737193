"""A batch of pictures in the Draw panel, while it is sampled and when it is finished: thumbnails, caption, link."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from playground.core.catalogue import say
from playground.core.throttle import throttle
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import ImageRequest, format_condition
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch, sample_images
from playground.panels.images.shared import query_of
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.picture_views import pack

#: The largest film that is sent to the page.
_MAX_FILM_BYTES = 600_000
#: Names of the Draw panel's components that sample_updates fills.
BATCH_OUTPUTS = ("batch", "thumbnails", "caption", "query")


def sample_updates(request: ImageRequest) -> Iterator[Update]:
    """Samples, and yields Updates of BATCH_OUTPUTS. Raises PlaygroundError if the model cannot be loaded."""
    for place, batch in enumerate(throttle(sample_images(request))):
        # Without a result until it is finished: the page loaded again meanwhile draws these pictures.
        running = {} if place else {"query": query_of(batch.recipe())}
        yield running | batch_update(batch)


def batch_update(batch: ImageBatch) -> dict[str, Any]:
    """A batch with its caption; with its link when it is finished."""
    update: dict[str, Any] = {"batch": batch, "thumbnails": batch_value(batch), "caption": notice(batch_caption(batch))}
    return update | {"query": query_of(batch.recipe())} if batch.done else update


def batch_value(batch: ImageBatch, chosen: int | None = None) -> dict[str, Any]:
    """A value for the sheet view. chosen: index of the picture that is marked."""
    items = []
    for index in range(len(batch.pictures)):
        score = None if batch.scores is None else batch.scores[index]
        kind, values = "" if score is None else "_scored", {"number": index + 1, "seed": batch.request.seed + index}
        items.append(
            {
                "label": say("images.draw.label_scored" if kind else "shared.seed_number", score=score, **values),
                "words": say(f"images.draw.name{kind}", score=score, **values),
            }
        )
    return pack(batch.pictures) | {
        "items": items,
        "done": batch.done,
        "chosen": chosen,
        "empty": say("images.draw.empty"),
        "film": film_value(batch),
    }


def batch_of_value(value: Mapping[str, Any], request: ImageRequest) -> ImageBatch:
    """The finished batch in a sheet's value. request: what it was drawn for, of a model without a discriminator."""
    facts = image_model_facts(request.model)
    shape = len(value["items"]), value["height"], value["width"], value["channels"]
    pictures = np.frombuffer(base64.b64decode(value["pixels"]), np.uint8).reshape(shape)
    steps = request.steps if facts.kind == "diffusion" else 1
    condition = sample_conditions(request)
    return ImageBatch(request, facts.kind, facts.weights_sha256, pictures, condition, None, steps, steps, 0.0)


def film_value(batch: ImageBatch) -> dict[str, Any] | None:
    """The film of a finished batch for the sheet view: the frames of all pictures, one frame after the other.

    None without one, and for one that is too large to send.
    """
    size = sum(frame.nbytes for frame in batch.film)
    if not batch.done or len(batch.film) < 2 or size > _MAX_FILM_BYTES:
        return None
    return {"frames": len(batch.film), "pixels": pack(np.concatenate(batch.film))["pixels"]}


def batch_caption(batch: ImageBatch) -> str:
    """Count, time, model, settings and seeds of a batch."""
    facts, request = image_model_facts(batch.request.model), batch.request
    count = len(batch.pictures)
    parts = [say("images.draw.caption_count", count=count, milliseconds=batch.seconds * 1000)]
    if batch.kind == "diffusion":
        step = say("images.draw.caption_step", step=batch.step, steps=batch.steps)
        parts.insert(0, say("images.draw.caption_steps", count=batch.steps) if batch.done else step)
        parts.append(say("images.draw.caption_guidance", scheduler=request.scheduler, guidance=request.guidance))
    condition = format_condition(request.condition)
    parts += [
        facts.name,
        say("images.draw.caption_device"),
        say("images.draw.caption_seeds", count=count, first=request.seed, last=request.seed + count - 1),
        say("images.draw.caption_any") if condition == "any" else condition,
    ]
    return " · ".join(parts)
