"""A GAN's whole input as one row of numbers: z, followed by the share of each value of the condition.

In a picture of Draw each share is 0 or 1; any other share blends the net's embeddings of the values (see
one_hot_shares in models/conditions.py). So a step can change the condition just as it changes z: along a straight line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import ImageRequest, parse_condition
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.images.noise import normal, seeded_generators
from playground.images.sampling import load_generator
from playground.latent.latent_space import BATCH, STEPS, LatentSpace, Pictures, Points, load_space
from playground.latent.pointer_decode import cached_space

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class GanInputs:
    """The space of one GAN's inputs.

    latent: how many numbers are z; they come first.  dimensions: the length of a whole input.
    condition: attribute -> word; each seed draws the attributes left open, as in Draw.
    """

    facts: ImageModelFacts
    latent: int
    dimensions: int
    condition: Mapping[str, str]

    def draws(self, first: int, count: int) -> Points:
        """Inputs of the seeds first, first + 1, …: (count, dimensions) float32."""
        import torch

        from playground.models.conditions import one_hot_shares

        request = ImageRequest(self.facts.name, count=count, seed=first, condition=self.condition)
        rows = sample_conditions(request)
        condition_shares = one_hot_shares(
            torch.from_numpy(rows), [len(words) for words in self.facts.attributes.values()]
        )
        row: Tensor = torch.cat([normal(seeded_generators(request), self.latent), condition_shares], 1)
        points: Points = np.asarray(row, np.float32)
        return points

    def draw(self, seed: int) -> Points:
        """Input of one seed: (dimensions,) float32."""
        point: Points = self.draws(seed, 1)[0]
        return point

    def complete(self, z: Points) -> Points:
        """Input of a latent point, (latent,) -> (dimensions,). Seed 0 draws what the condition leaves open."""
        point: Points = np.concatenate([z, self.draw(0)[self.latent :]])
        return point

    def decode(self, points: Points) -> Pictures:
        """Pictures of points: (N, dimensions) -> (N, H, W, C) uint8."""
        import torch

        from playground.models.pixels import to_pixels

        net, _ = load_generator(self.facts.name)
        row = torch.from_numpy(np.asarray(points, np.float32))
        with torch.inference_mode():
            pictures: Pictures = to_pixels(net(row[:, : self.latent], row[:, self.latent :])).numpy()
        return pictures

    def pictures(self, points: Points) -> Iterator[Pictures]:
        """Pictures of points, in batches, in order. points: (N, dimensions)."""
        for first in range(0, len(points), BATCH["gan"]):
            yield self.decode(points[first : first + BATCH["gan"]])


def gan_facts(model: str) -> ImageModelFacts:
    """Facts of a GAN. Raises PlaygroundError for any other model."""
    facts = image_model_facts(model)
    if facts.kind != "gan":
        raise PlaygroundError(say("latent.directions.errors.not_a_gan", model=facts.title))
    return facts


def load_gan_inputs(model: str, condition: Mapping[str, str] | None = None) -> GanInputs:
    """Loads a GAN's inputs. Raises PlaygroundError if the model is not a GAN, or cannot be loaded."""
    facts = gan_facts(model)
    latent = load_generator(model)[1]
    condition_shares = sum(len(words) + 1 for words in facts.attributes.values())
    return GanInputs(facts, latent, latent + condition_shares, condition or {})


@lru_cache(maxsize=8)
def cached_gan_inputs(model: str, condition: str) -> GanInputs:
    """`load_gan_inputs`, cached for requests that follow a pointer. condition: as in a link."""
    return load_gan_inputs(model, parse_condition(image_model_facts(model), condition))


def seed_space(model: str, condition: Mapping[str, str] | None = None, steps: int = STEPS) -> LatentSpace | GanInputs:
    """The space in which each seed is the picture that Draw gives it: of a GAN with a condition, its whole inputs.

    In a GAN's latent space alone, all points share one condition, whatever their seeds would draw.
    steps: of diffusion.
    """
    facts = image_model_facts(model)
    if facts.kind == "gan" and facts.attributes:
        return load_gan_inputs(model, condition)
    return load_space(model, condition, steps)


def latent_part(space: LatentSpace | GanInputs) -> int:
    """How many numbers of a point are z; they come first."""
    return space.latent if isinstance(space, GanInputs) else space.dimensions


def editable_space(model: str, condition: str) -> LatentSpace | GanInputs:
    """The space that directions move in: a GAN's whole inputs, or a VAE's latent space. condition: as in a link."""
    return (cached_gan_inputs if image_model_facts(model).kind == "gan" else cached_space)(model, condition)
