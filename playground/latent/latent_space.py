"""A model's latent space: points from seeds or pictures, decoded into pictures, for every model family.

A point is a flat row of numbers: the z of a GAN or a VAE, or the whole initial noise of diffusion, which the
deterministic sampler DDIM (Song et al. 2021, arXiv:2010.02502) always turns into the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import ImageRequest
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.images.noise import normal, seeded_generators
from playground.images.sampling import load_generator
from playground.latent.vae_encoder import encode

if TYPE_CHECKING:
    from torch import Tensor

Points = NDArray[np.float32]
Pictures = NDArray[np.uint8]
#: The share of each value of each attribute, see `shares_of`.
Shares = NDArray[np.float32]
STEPS = 20
#: Pictures per batch: small for diffusion, which is slow, so that Stop takes effect soon.
BATCH = {"gan": 16, "vae": 64, "diffusion": 6}


@dataclass(frozen=True, eq=False)
class LatentSpace:
    """A latent space under one condition.

    dimensions: D, of a point.  draw: seed -> its point, (D,) float32, standard normal.
    decode: (N, D) float32 -> (N, H, W, C) uint8; another D is the caller's mistake.
    blend: the same with a condition per point as shares, (N, S) float32, which may be a mixture of conditions.
    """

    facts: ImageModelFacts
    dimensions: int
    draw: Callable[[int], Points]
    decode: Callable[[Points], Pictures]
    blend: Callable[[Points, Shares], Pictures]

    def pictures(
        self, points: Points, shares: Shares | None = None, one_by_one: Sequence[int] = ()
    ) -> Iterator[Pictures]:
        """Pictures of points, (N, D), in batches, in order. shares: (N, S); None for the space's own condition.

        one_by_one: indices decoded in a batch of one, as Draw does: in a larger batch the last bit may differ.
        """
        cuts = sorted({0, len(points), *one_by_one, *(place + 1 for place in one_by_one)})
        for start, end in pairwise(cuts):
            for first in range(start, end, BATCH[self.facts.kind]):
                part = slice(first, min(first + BATCH[self.facts.kind], end))
                yield self.decode(points[part]) if shares is None else self.blend(points[part], shares[part])


def shares_of(facts: ImageModelFacts, rows: NDArray[np.int64]) -> Shares:
    """Conditions as shares: (N, A) int64 -> (N, S) float32, with a column for each value and each "any".

    A weighted mean of two rows is a condition between them: the net blends its embeddings by these weights.
    """
    import torch

    from playground.models.conditions import one_hot_shares

    shares: Shares = one_hot_shares(torch.from_numpy(rows), [len(words) for words in facts.attributes.values()]).numpy()
    return shares


def load_space(
    model: str, condition: Mapping[str, str] | None = None, steps: int = STEPS, settled_by: int = 0
) -> LatentSpace:
    """The latent space of a model, which is loaded if necessary.

    condition: attribute -> word, for all points.  steps: of diffusion.
    settled_by: seed that draws a value for "any" if the net needs a definite condition; one draw for the whole space.
    Raises PlaygroundError if there is no such model, or it cannot be loaded.
    """
    facts = image_model_facts(model)
    row = condition_row(facts, condition or {}, settled_by)
    return {"gan": _gan, "vae": _vae, "diffusion": _diffusion(steps)}[facts.kind](facts, row)


def condition_row(facts: ImageModelFacts, condition: Mapping[str, str], seed: int) -> NDArray[np.int64]:
    """The condition that Draw gives the net for a seed, (1, A) int64; the seed may draw a value for "any"."""
    return sample_conditions(ImageRequest(facts.name, count=1, seed=seed, condition=condition))


def _draw_seed(model: str, *shape: int) -> Callable[[int], Points]:
    def draw(seed: int) -> Points:
        sources = seeded_generators(ImageRequest(model, count=1, seed=seed))
        point: Points = normal(sources, *shape).reshape(-1).numpy()
        return point

    return draw


def _gan(facts: ImageModelFacts, row: NDArray[np.int64]) -> LatentSpace:
    net, size = load_generator(facts.name)
    return LatentSpace(facts, size, _draw_seed(facts.name, size), *_decoders(net, row))


def _vae(facts: ImageModelFacts, row: NDArray[np.int64]) -> LatentSpace:
    from playground.models.vae import VAE
    from playground.zoo.image_models import load_image_model

    net = load_image_model(facts.name).net
    assert isinstance(net, VAE)
    return LatentSpace(
        facts, net.latent_dim, _draw_seed(facts.name, net.latent_dim),
        *_decoders(lambda z, condition: net.decode(z, condition)[0], row),
    )  # fmt: skip


def _decoders(
    net: Callable[[Tensor, Tensor], Tensor], row: NDArray[np.int64]
) -> tuple[Callable[[Points], Pictures], Callable[[Points, Shares], Pictures]]:
    """(LatentSpace.decode, LatentSpace.blend). net: points and conditions -> pictures in [-1, 1].  row: (1, A)."""

    def blend(points: Points, condition: Shares | NDArray[np.int64]) -> Pictures:
        import torch

        from playground.models.pixels import to_pixels

        with torch.inference_mode():
            output = net(torch.tensor(points), torch.tensor(condition))
        pictures: Pictures = to_pixels(output).numpy()
        return pictures

    return lambda points: blend(points, row.repeat(len(points), 0)), blend


def _diffusion(steps: int) -> Callable[[ImageModelFacts, NDArray[np.int64]], LatentSpace]:
    def load(facts: ImageModelFacts, row: NDArray[np.int64]) -> LatentSpace:
        from playground.images.diffusion import DiffusionSampler
        from playground.zoo.image_models import load_image_model

        loaded = load_image_model(facts.name)
        shape = facts.channels, facts.side, facts.side
        guidance = ImageRequest(facts.name).guidance

        def denoise(z: Tensor, condition: Tensor) -> Tensor:
            sampler = DiffusionSampler(loaded, "ddim", steps, guidance, condition)
            xt = z.reshape(-1, *shape)
            for step in range(steps):
                xt = sampler.step(xt, step, [])
            return xt

        size = facts.channels * facts.side**2
        return LatentSpace(facts, size, _draw_seed(facts.name, *shape), *_decoders(denoise, row))

    return load


def encode_mean(picture: Pictures, model: str, condition: Mapping[str, str] | None = None) -> Points:
    """The mean of the Gaussian that a VAE's encoder gives a picture, (D,) float32. picture: (H, W, C) uint8.

    Raises PlaygroundError if the model has no encoder, or the picture has another size.
    """
    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(say("latent.points.errors.encoder_needed", model=model))
    if picture.shape != (facts.side, facts.side, facts.channels):
        raise PlaygroundError(say("latent.points.errors.picture_size", model=model, side=facts.side))
    means, _ = encode(picture[None], model, condition)
    point: Points = means[0]
    return point
