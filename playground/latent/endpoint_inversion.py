"""A visitor's own picture as an end point of a walk: encoded, searched for, or run backwards into noise.

Diffusion is inverted without a condition: with one, guidance would lead elsewhere on the way back.
It goes in by small steps however many the walk takes. What is found is kept as float16, as links hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.images.image_request import ImageRequest, image_request_from, parse_condition
from playground.images.inversion import reconstruct
from playground.images.model_menu import image_model_facts
from playground.latent.endpoints import Endpoint
from playground.latent.latent_space import STEPS, LatentSpace, encode_mean, load_space
from playground.latent.video_export import read_recipe


@dataclass(frozen=True, eq=False)
class EndpointInversion:
    """How far it is. picture: (H, W, C) uint8, what the model makes of the point so far.

    end: once it is found.  error: between the pictures, root mean squared, in levels of 0 to 255.
    """

    picture: NDArray[np.uint8]
    error: float
    step: int
    steps: int
    end: Endpoint | None


def invert_picture(
    picture: NDArray[np.uint8], model: str, condition: str = "any", steps: int = STEPS
) -> Iterator[EndpointInversion]:
    """The end point for a picture, as it is found; the last has it. Close it to stop.

    picture: (H, W, C) uint8 of the model's size.  condition: in words; for diffusion it plays no part.
    steps: of diffusion on the walk. Raises PlaygroundError if the picture or a word does not fit.
    """
    facts = image_model_facts(model)
    condition_asked, diffusion = parse_condition(facts, condition), facts.kind == "diffusion"
    if facts.kind == "vae":
        yield _inverted(
            picture,
            encode_mean(picture, model, condition_asked),
            load_space(model, condition_asked),
            condition_asked,
            1,
        )
        return
    for inversion in reconstruct(picture, model, "any" if diffusion else condition, guess=not diffusion):
        if inversion.step < inversion.steps or inversion.latent is None:
            yield EndpointInversion(inversion.picture, inversion.error, inversion.step, inversion.steps, None)
        else:
            yield _inverted(
                picture,
                inversion.latent,
                load_space(model, inversion.condition, steps),
                inversion.condition,
                inversion.steps,
            )


def _inverted(
    picture: NDArray[np.uint8], point: NDArray[np.float32], space: LatentSpace, condition: Mapping[str, str], steps: int
) -> EndpointInversion:
    """The end, with the picture that the walk will show there."""
    stored = point.astype(np.float16).astype(np.float32)
    picture_made = space.decode(stored[None])[0]
    error = float(np.square(picture_made.astype(float) - picture).mean() ** 0.5)
    return EndpointInversion(picture_made, error, steps, steps, Endpoint(tuple(stored.tolist()), dict(condition)))


def request_in_file(content: bytes) -> ImageRequest | None:
    """What made a picture, if the file is one that was saved in the Images tab; None for any other file.

    Raises PlaygroundError for what was saved here and is no single picture of a seed.
    """
    try:
        recipe = read_recipe(content)
    except PlaygroundError:
        return None
    if recipe.tab == "latent":
        raise PlaygroundError("This film holds a whole walk, no end point: open it by the button at the foot.")
    if recipe.tab != "images" or recipe.settings.get("panel", "draw") != "draw":
        raise PlaygroundError("This file was saved here but is no picture of one seed: take one from Images, Draw.")
    return image_request_from(recipe)
