"""Sampling from the three families of image models, with the discriminator's scores for a GAN.

The noise of each picture depends only on its own seed: a picture is the same alone and in a batch of 64.
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

    from playground.zoo.image_models import ImageModel

    GeneratorNet = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


#: Steps of a diffusion run that its film shows.
FILM_STEPS = 10


@dataclass(frozen=True, eq=False)
class ImageBatch:
    """Pictures of one request, finished or in progress.

    pictures: (N, H, W, C) uint8.  condition: (N, A) int64; the number of an attribute's values means "any", which nets
    with samples_any replace by a value from each picture's seed.
    scores: (N,) float32, logits of the GAN's discriminator, higher for more realistic; None for other families.
    step, steps: progress; a GAN and a VAE have one step.  seconds: of sampling.
    film: of diffusion, the noisy pictures so far at FILM_STEPS of its steps, evenly spread, and the finished ones.
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
    film: tuple[NDArray[np.uint8], ...] = ()

    @property
    def done(self) -> bool:
        """Whether the pictures are finished."""
        return self.step == self.steps

    def recipe(self) -> Recipe:
        """The recipe of the batch; without fingerprints while it is unfinished."""
        return image_recipe(self.request, self.kind, self.weights_sha256, self.pictures if self.done else None)

    def single(self, index: int) -> ImageBatch:
        """A batch of one of the pictures."""
        part = slice(index, index + 1)
        scores = None if self.scores is None else self.scores[part]
        return replace(
            self, request=self.request.single(index), pictures=self.pictures[part], condition=self.condition[part],
            scores=scores, film=tuple(frame[part] for frame in self.film),
        )  # fmt: skip


def sample_images(request: ImageRequest) -> Iterator[ImageBatch]:
    """Yields the batch; diffusion after every step, with its predictions of the clean pictures.

    A GAN yields twice, without and with scores: the discriminator takes nearly as long as the generator.
    Raises PlaygroundError if the model cannot be loaded.
    """
    facts = image_model_facts(request.model)
    condition = sample_conditions(request)
    if facts.kind == "diffusion":
        film: list[NDArray[np.uint8]] = []
        shown = {request.steps * frame // FILM_STEPS for frame in range(FILM_STEPS + 1)}
        for state in denoise(request):
            film += [state.xt] if state.step in shown else []
            yield ImageBatch(
                request, facts.kind, facts.weights_sha256, state.x0 if not state.done else state.xt, condition, None,
                state.step, state.steps, state.seconds, tuple(film),
            )  # fmt: skip
        return
    start = time.perf_counter()
    pictures = {"gan": _sample_gan, "vae": _sample_vae}[facts.kind](request, condition)
    seconds = time.perf_counter() - start
    batch = ImageBatch(request, facts.kind, facts.weights_sha256, pictures, condition, None, 1, 1, seconds)
    yield batch
    scores = _discriminator_scores(batch)
    if scores is not None:
        yield replace(batch, scores=scores)


def vae_latents(request: ImageRequest, loaded: ImageModel, condition: NDArray[np.int64]) -> torch.Tensor:
    """(N, latent_dim) float32: the z of a VAE's pictures. condition: (N, A) int64."""
    import torch

    generators, size = seeded_generators(request), int(loaded.net.latent_dim)  # type: ignore[arg-type]
    eps = normal(generators, size)
    if request.prior == "normal" or loaded.mixture is None:
        scale: float = request.temperature
        return scale * eps
    component = uniform(generators, 1)[:, 0]
    z: torch.Tensor = loaded.mixture.sample(torch.from_numpy(condition), eps, component, request.temperature)
    return z


def load_generator(model: str) -> tuple[GeneratorNet, int]:
    """A GAN's generator, (z, condition) -> pictures in [-1, 1] on the CPU, and the size of z.

    Raises PlaygroundError if it cannot be loaded.
    """
    from playground.zoo.image_models import load_image_model
    from playground.zoo.pretrained_gans import load_pretrained, pretrained_names

    if model not in pretrained_names():
        net = load_image_model(model).net
        return net, int(net.latent_dim)  # type: ignore[arg-type]
    loaded = load_pretrained(model)

    def generate(z: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        classes = condition.to(loaded.device) if loaded.classes else None
        images: torch.Tensor = loaded.net(z.to(loaded.device), classes)
        return images.cpu()

    return generate, loaded.latent_dim


def _sample_gan(request: ImageRequest, condition: NDArray[np.int64]) -> NDArray[np.uint8]:
    import torch

    from playground.models.pixels import to_pixels

    net, size = load_generator(request.model)
    with torch.inference_mode():
        images = net(
            truncated_normal(seeded_generators(request), size, request.truncation), torch.from_numpy(condition)
        )
    return to_pixels(images).numpy()


def _discriminator_scores(batch: ImageBatch) -> NDArray[np.float32] | None:
    """(N,) float32: the discriminator's logits for the pictures as 8-bit pixels; None without a discriminator."""
    import torch

    from playground.models.pixels import to_signed
    from playground.zoo.image_models import load_image_model
    from playground.zoo.pretrained_gans import pretrained_names

    if batch.kind != "gan" or batch.request.model in pretrained_names():
        return None
    discriminator = load_image_model(batch.request.model).discriminator
    if discriminator is None:
        return None
    with torch.inference_mode():
        images = to_signed(torch.tensor(batch.pictures))
        scores: NDArray[np.float32] = discriminator(images, torch.from_numpy(batch.condition))[0].float().numpy()
    return scores


def _sample_vae(request: ImageRequest, condition: NDArray[np.int64]) -> NDArray[np.uint8]:
    import torch

    from playground.models.pixels import to_pixels
    from playground.models.vae import VAE
    from playground.zoo.image_models import load_image_model

    loaded = load_image_model(request.model)
    assert isinstance(loaded.net, VAE)
    with torch.inference_mode():
        mean, _ = loaded.net.decode(vae_latents(request, loaded, condition), torch.from_numpy(condition))
    return to_pixels(mean).numpy()
