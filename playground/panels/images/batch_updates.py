"""A batch of pictures on the page: what the Draw panel shows of it while it is sampled and when it is finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.core.throttle import throttle
from playground.images.image_request import ImageRequest, format_condition
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch, sample_images
from playground.panels.images.shared import query_of
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.picture_views import pack

#: Names of the Draw panel's components that sample_updates fills.
BATCH_OUTPUTS = ("batch", "thumbnails", "caption", "query")


def sample_updates(request: ImageRequest) -> Iterator[Update]:
    """Samples, and yields Updates of BATCH_OUTPUTS. Raises PlaygroundError if the model cannot be loaded."""
    for batch in throttle(sample_images(request)):
        yield batch_update(batch)


def batch_update(batch: ImageBatch) -> Update:
    """A batch with its caption; with its link when it is finished."""
    update = {"batch": batch, "thumbnails": batch_value(batch), "caption": notice(batch_caption(batch))}
    return update | {"query": query_of(batch.recipe())} if batch.done else update


def batch_value(batch: ImageBatch, chosen: int | None = None) -> dict[str, Any]:
    """A value for the sheet view."""
    items = []
    for index in range(len(batch.pictures)):
        seed = batch.request.seed + index
        score = "" if batch.scores is None else f" · D {batch.scores[index]:+.1f}"
        words = f"Picture {index + 1}, seed {seed}"
        if batch.scores is not None:
            words += f", discriminator's score {batch.scores[index]:.2f}"
        items.append({"label": f"seed {seed}{score}", "words": words})
    empty = "Press Draw: the pictures appear here."
    return pack(batch.pictures) | {"items": items, "done": batch.done, "chosen": chosen, "empty": empty}


def batch_caption(batch: ImageBatch) -> str:
    """Count, time, model, settings and seeds of a batch."""
    facts, request = image_model_facts(batch.request.model), batch.request
    count = len(batch.pictures)
    parts = [f"{count} picture{'s' if count > 1 else ''} in {batch.seconds * 1000:,.0f} ms"]
    if batch.kind == "diffusion":
        parts.insert(0, f"Step {batch.step} of {batch.steps}" if not batch.done else f"{batch.steps} steps")
        parts.append(f"{request.scheduler}, guidance {request.guidance:g}")
    parts += [facts.name, "float32 on cpu", f"seeds {request.seed} to {request.seed + count - 1}"]
    condition = format_condition(request.condition)
    parts.append("of anything" if condition == "any" else condition)
    return " · ".join(parts)
