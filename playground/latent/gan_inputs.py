"""A GAN's whole input as one row of numbers: z, and behind it how much there is of each value that the net is told.

Of a value there is 1 or 0 in a picture that Draw draws; between and beyond, what the net holds for the values is
blended (see models.conditions.as_shares). So a step changes what is told as it changes z: along a straight line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from playground.core.errors import PlaygroundError
from playground.images.condition_sampling import asked_rows
from playground.images.model_menu import PictureFacts, picture_facts
from playground.images.noise import generators, normal
from playground.images.picture_request import PictureRequest, read_condition
from playground.images.sampling import generator_of
from playground.latent.latent_space import BATCH, LatentSpace, Pictures, Points
from playground.latent.pointer_decode import cached_space

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class GanInputs:
    """The inputs of one GAN.

    latent: how many of the numbers are z, the first ones.  dimensions: all of them.
    condition: attribute -> word; what it leaves open each seed settles, as in Draw.
    """

    facts: PictureFacts
    latent: int
    dimensions: int
    condition: Mapping[str, str]

    def draws(self, first: int, count: int) -> Points:
        """(count, dimensions) float32: the inputs of the seeds first, first + 1, …"""
        import torch

        from playground.models.conditions import as_shares

        request = PictureRequest(self.facts.name, count=count, seed=first, condition=self.condition)
        rows = asked_rows(request)
        told = as_shares(torch.from_numpy(rows), [len(words) for words in self.facts.attributes.values()])
        both: Tensor = torch.cat([normal(generators(request), self.latent), told], 1)
        points: Points = np.asarray(both, np.float32)
        return points

    def draw(self, seed: int) -> Points:
        """(dimensions,) of one seed."""
        point: Points = self.draws(seed, 1)[0]
        return point

    def decode(self, points: Points) -> Pictures:
        """(N, H, W, C) uint8, of points (N, dimensions)."""
        import torch

        from playground.models.pixels import to_pixels

        net, _ = generator_of(self.facts.name)
        both = torch.from_numpy(np.asarray(points, np.float32))
        with torch.inference_mode():
            pictures: Pictures = to_pixels(net(both[:, : self.latent], both[:, self.latent :])).numpy()
        return pictures

    def pictures(self, points: Points) -> Iterator[Pictures]:
        """The pictures of the points, some at a time, in order. points: (N, dimensions)."""
        for first in range(0, len(points), BATCH["gan"]):
            yield self.decode(points[first : first + BATCH["gan"]])


def gan_facts(model: str) -> PictureFacts:
    """Raises PlaygroundError if the model is no GAN."""
    facts = picture_facts(model)
    if facts.kind != "gan":
        raise PlaygroundError(f"{facts.title} is no GAN: choose one.")
    return facts


def load_gan_inputs(model: str, condition: Mapping[str, str] | None = None) -> GanInputs:
    """Raises PlaygroundError if the model is no GAN, or cannot be had."""
    facts = gan_facts(model)
    latent = generator_of(model)[1]
    told = sum(len(words) + 1 for words in facts.attributes.values())
    return GanInputs(facts, latent, latent + told, condition or {})


@lru_cache(maxsize=8)
def cached_gan_inputs(model: str, condition: str) -> GanInputs:
    """`inputs`, kept open for what follows a pointer. condition: as in a link."""
    return load_gan_inputs(model, read_condition(picture_facts(model), condition))


def editable_space(model: str, condition: str) -> LatentSpace | GanInputs:
    """Where directions lead: through a GAN's whole inputs, or a VAE's latent space. condition: as in a link."""
    return (cached_gan_inputs if picture_facts(model).kind == "gan" else cached_space)(model, condition)
