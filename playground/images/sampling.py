"""Drawing pictures: noise in, pictures out, for the three families, with what each says of its own pictures.

Every picture has noise of its own, from its own seed: it is the same alone and in a sheet of 64.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.recipe import Recipe
from playground.images.condition_sampling import sample_conditions
from playground.images.diffusion import denoise
from playground.images.image_request import ImageRequest, image_recipe
from playground.images.model_menu import image_model_facts
from playground.images.noise import normal, seeded_generators, truncated_normal, uniform

if TYPE_CHECKING:
    import torch

    from playground.zoo.image_models import LoadedPictures

    GeneratorNet = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, eq=False)
class ImageBatch:
    """Pictures that were drawn together.

    pictures: (N, H, W, C) uint8.  condition: (N, A) int64 that they were drawn for; the number of values is "any",
    which a GAN cannot draw, nor a visitor's net: there its pictures' seeds settle it.
    scores: (N,) of the GAN's discriminator, higher for what looks real to it, without unit; None for other families.
    step, steps: how far it is; a GAN and a VAE have one.  seconds: so far, of drawing alone.
    """

    request: ImageRequest
    kind: str
    weights_sha256: str
    pictures: NDArray[np.uint8]
    condition: NDArray[np.int64]
    scores: NDArray[np.float32] | None
    step: int
    steps: int
    seconds: float

    @property
    def done(self) -> bool:
        """Whether these are the pictures, and not a stage on the way."""
        return self.step == self.steps

    def recipe(self) -> Recipe:
        """What makes the sheet again; without fingerprints while it is unfinished."""
        return image_recipe(self.request, self.kind, self.weights_sha256, self.pictures if self.done else None)

    def one(self, index: int) -> ImageBatch:
        """One of the pictures as a sheet of its own."""
        part = slice(index, index + 1)
        scores = None if self.scores is None else self.scores[part]
        return replace(
            self, request=self.request.at(index), pictures=self.pictures[part], condition=self.condition[part],
            scores=scores,
        )  # fmt: skip


def sample_images(request: ImageRequest) -> Iterator[ImageBatch]:
    """The sheet; diffusion yields it after every step, the pictures being its guesses so far.

    A GAN's pictures come at once, and again with their scores: the discriminator takes nearly as long as the generator.
    Raises PlaygroundError if the model cannot be loaded.
    """
    facts = image_model_facts(request.model)
    condition = sample_conditions(request)
    if facts.kind == "diffusion":
        for state in denoise(request):
            yield ImageBatch(
                request, facts.kind, facts.weights_sha256, state.x0 if not state.done else state.xt, condition, None,
                state.step, state.steps, state.seconds,
            )  # fmt: skip
        return
    start = time.perf_counter()
    pictures = {"gan": _sample_gan, "vae": _sample_vae}[facts.kind](request, condition)
    seconds = time.perf_counter() - start
    made = ImageBatch(request, facts.kind, facts.weights_sha256, pictures, condition, None, 1, 1, seconds)
    yield made
    scores = _discriminator_scores(made)
    if scores is not None:
        yield replace(made, scores=scores)


def vae_latents(request: ImageRequest, loaded: LoadedPictures, condition: NDArray[np.int64]) -> torch.Tensor:
    """(N, latent_dim): the z of a VAE's pictures. condition: (N, A)."""
    import torch

    sources, size = seeded_generators(request), int(loaded.net.latent_dim)  # type: ignore[arg-type]
    eps = normal(sources, size)
    if request.prior == "normal" or loaded.mixture is None:
        return request.temperature * eps
    component = uniform(sources, 1)[:, 0]
    made: torch.Tensor = loaded.mixture.sample(torch.from_numpy(condition), eps, component, request.temperature)
    return made


def load_generator(model: str) -> tuple[GeneratorNet, int]:
    """A GAN's net, from z and condition to pictures in [-1, 1] on the CPU, and how many numbers z has.

    Raises PlaygroundError if it cannot be had.
    """
    from playground.zoo.image_models import load_pictures
    from playground.zoo.pretrained_gans import load_pretrained, pretrained_names

    if model not in pretrained_names():
        net = load_pictures(model).net
        return net, int(net.latent_dim)  # type: ignore[arg-type]
    loaded = load_pretrained(model)

    def generate(z: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        asked = condition.to(loaded.device) if loaded.classes else None
        made: torch.Tensor = loaded.net(z.to(loaded.device), asked)
        return made.cpu()

    return generate, loaded.latent_dim


def _sample_gan(request: ImageRequest, condition: NDArray[np.int64]) -> NDArray[np.uint8]:
    import torch

    from playground.models.pixels import to_pixels

    net, size = load_generator(request.model)
    with torch.inference_mode():
        made = net(truncated_normal(seeded_generators(request), size, request.truncation), torch.from_numpy(condition))
    return to_pixels(made).numpy()


def _discriminator_scores(sheet: ImageBatch) -> NDArray[np.float32] | None:
    """(N,) of the GAN's discriminator, for the pictures as they are shown; None if there is none."""
    import torch

    from playground.models.pixels import to_signed
    from playground.zoo.image_models import load_pictures
    from playground.zoo.pretrained_gans import pretrained_names

    if sheet.kind != "gan" or sheet.request.model in pretrained_names():
        return None
    judge = load_pictures(sheet.request.model).discriminator
    if judge is None:
        return None
    with torch.inference_mode():
        seen = to_signed(torch.tensor(sheet.pictures))
        scores: NDArray[np.float32] = judge(seen, torch.from_numpy(sheet.condition))[0].float().numpy()
    return scores


def _sample_vae(request: ImageRequest, condition: NDArray[np.int64]) -> NDArray[np.uint8]:
    import torch

    from playground.models.pixels import to_pixels
    from playground.models.vae import VAE
    from playground.zoo.image_models import load_pictures

    loaded = load_pictures(request.model)
    assert isinstance(loaded.net, VAE)
    with torch.inference_mode():
        mean, _ = loaded.net.decode(vae_latents(request, loaded, condition), torch.from_numpy(condition))
    return to_pixels(mean).numpy()
