"""A visitor's own picture as an end point: encoded (VAE), searched for (GAN), or run back to noise (diffusion).

Diffusion is inverted without a condition, because guidance would change the way back, and in small steps, whatever
the walk's number of steps. Points are rounded to float16, as in links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.image_request import ImageRequest, image_request_from, parse_condition
from playground.images.inversion import reconstruct
from playground.images.model_menu import image_model_facts
from playground.latent.endpoints import Endpoint
from playground.latent.latent_space import STEPS, LatentSpace, encode_mean, load_space
from playground.latent.video_export import read_recipe


@dataclass(frozen=True, eq=False)
class EndpointInversion:
    """One step of the search.

    picture: (H, W, C) uint8, decoded from the point so far.  error: root mean square of its difference from the
    visitor's picture, in levels of 0 to 255.  end: the end point, in the last step only.
    """

    picture: NDArray[np.uint8]
    error: float
    step: int
    steps: int
    end: Endpoint | None


def invert_picture(
    picture: NDArray[np.uint8], model: str, condition: str = "any", steps: int = STEPS
) -> Iterator[EndpointInversion]:
    """Searches for a picture's end point; the last step holds it. Close it to stop.

    picture: (H, W, C) uint8 of the model's size.  condition: as in a link; ignored for diffusion.
    steps: of diffusion on the walk. Raises PlaygroundError if the picture or a word does not fit.
    """
    facts = image_model_facts(model)
    values, diffusion = parse_condition(facts, condition), facts.kind == "diffusion"
    if facts.kind == "vae":
        yield _last_step(picture, encode_mean(picture, model, values), load_space(model, values), values, 1)
        return
    for inversion in reconstruct(picture, model, "any" if diffusion else condition, guess=not diffusion):
        if inversion.step < inversion.steps or inversion.latent is None:
            yield EndpointInversion(inversion.picture, inversion.error, inversion.step, inversion.steps, None)
        else:
            space = load_space(model, inversion.condition, steps)
            yield _last_step(picture, inversion.latent, space, inversion.condition, inversion.steps)


def _last_step(
    picture: NDArray[np.uint8], point: NDArray[np.float32], space: LatentSpace, condition: Mapping[str, str], steps: int
) -> EndpointInversion:
    """The end point, with the picture that the walk will show there."""
    stored = point.astype(np.float16).astype(np.float32)
    decoded = space.decode(stored[None])[0]
    error = float(np.square(decoded.astype(float) - picture).mean() ** 0.5)
    return EndpointInversion(decoded, error, steps, steps, Endpoint(tuple(stored.tolist()), dict(condition)))


def request_in_file(content: bytes) -> ImageRequest | None:
    """The request of a picture saved in the Images tab; None for any other file.

    Raises PlaygroundError for a file saved by this app that is not the picture of one seed.
    """
    try:
        recipe = read_recipe(content)
    except PlaygroundError:
        return None
    if recipe.tab == "latent":
        raise PlaygroundError(say("latent.walk.own_picture.whole_walk"))
    if recipe.tab != "images" or recipe.settings.get("panel", "draw") != "draw":
        raise PlaygroundError(say("latent.walk.own_picture.not_one_seed"))
    return image_request_from(recipe)
