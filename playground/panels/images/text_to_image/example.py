"""What From words opens on, without the Hub: a bundled model draws from the few words that it knows."""

from __future__ import annotations

from playground.core.catalogue import say
from playground.images.image_request import format_condition, parse_image_request
from playground.images.sampling import sample_images
from playground.ui.events import Update
from playground.ui.picture_views import pack
from playground.ui.view import new_run

#: Words of diffusion-avatars.
_WORDS = "hair colour=green; glasses=browline sunglasses; clothing colour=crimson"


def on_example() -> Update:
    """The picture of the words, with a line below it."""
    settings = {"count": 1, "seed": 9, "condition": _WORDS, "steps": 50, "guidance": 1.5}
    request = parse_image_request("diffusion-avatars", settings)
    *_, batch = sample_images(request)
    seed = say("shared.seed_number", seed=request.seed)
    words = " · ".join([format_condition(request.condition), request.model, seed])
    return {"picture": {"run": new_run(), "words": words, "packed": pack(batch.pictures), "done": True}}
