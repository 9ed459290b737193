"""Inversion: a model reconstructs a visitor's picture. A VAE encodes it, a GAN is searched, diffusion runs backwards.

Errors are per pixel, on the picture at the size of the nets. Sources: Kingma and Welling 2014, arXiv:1312.6114; Zhu et
al. 2016, arXiv:1609.03552 (search by gradient); Song et al. 2021, arXiv:2010.02502, section 4.3 (DDIM inversion).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.dataset_browser import held_out_images
from playground.images.model_menu import ImageModelFacts, condition_rows, image_model_facts, model_names
from playground.images.sampling import load_generator

if TYPE_CHECKING:
    from torch import Tensor

    from playground.images.sampling import GeneratorNet

VAE_DRAWS = 8
GAN_SEARCHES, GAN_SEARCH_STEPS, REPORT_EVERY = 12, 300, 10
DDIM_STEPS = 50
#: For pretrained GANs, which are far slower: the searches start from the best of some random candidates.
PRETRAINED_CANDIDATES, PRETRAINED_SEARCHES, PRETRAINED_SEARCH_STEPS = 96, 3, 150


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A model's reconstruction of a picture.

    picture: (H, W, C) uint8, the best reconstruction.  error: root mean square, in levels of 0 to 255.
    psnr: in decibels.  condition: attribute -> value, of the reconstruction.  step, steps: progress of the search.
    mean, deviation: (D,) float32 of the VAE's posterior; None for others.  alternatives: (N, H, W, C) uint8: the VAE's
    posterior samples, the GAN's other searches, or diffusion's path into noise.
    latent: (D,) float32 that decodes to `picture`, a GAN's z or the whole noise; None until it is known.
    anomaly_nats: the VAE's negative bound; percentile: the share of held-out pictures below it, 0 to 100.
    """

    model: str
    kind: str
    picture: NDArray[np.uint8]
    error: float
    psnr: float
    condition: dict[str, str]
    step: int
    steps: int
    seconds: float
    alternatives: NDArray[np.uint8]
    mean: NDArray[np.float32] | None = None
    deviation: NDArray[np.float32] | None = None
    latent: NDArray[np.float32] | None = None
    anomaly_nats: float | None = None
    percentile: float | None = None

    @property
    def condition_text(self) -> str:
        """The condition as the page shows it: "class: bag"."""
        return describe_condition(self.condition)


def reconstruct(
    picture: NDArray[np.uint8], model: str, condition: str = "any", guess: bool = True
) -> Iterator[Reconstruction]:
    """Yields reconstructions as they improve; the last is the result. Close it to stop.

    picture: (H, W, C) uint8 of the model's size.  condition: as in a link.  guess: the classifier fills in attributes
    that are "any"; without a classifier, a GAN is searched under all their values.
    Raises PlaygroundError for a picture of another size.
    """
    from playground.images.image_request import parse_condition

    facts = image_model_facts(model)
    if picture.shape != (facts.side, facts.side, facts.channels):
        shape = " × ".join(map(str, picture.shape))
        raise PlaygroundError(
            say("images.inversion.wrong_size", model=model, side=facts.side, channels=facts.channels, shape=shape)
        )
    row, values = condition_rows(facts, parse_condition(facts, condition), 1), list(facts.attributes.values())
    if guess and facts.dataset:
        row = np.where(row == [len(names) for names in values], predict_condition(picture, facts), row)
    invert = {"vae": _encode, "gan": _search, "diffusion": _invert}[facts.kind]
    yield from invert(picture, facts, row)


def sibling_models(model: str) -> list[str]:
    """The models of the same data set, one of each family.

    A visitor's model replaces that of its family; without its data set on this machine, it is the only one.
    """
    facts = image_model_facts(model)
    if not facts.own:
        return model_names(dataset=facts.dataset)
    others = model_names(dataset=facts.dataset) if facts.dataset else []
    return [model if image_model_facts(name).kind == facts.kind else name for name in others] or [model]


def predict_condition(picture: NDArray[np.uint8], facts: ImageModelFacts) -> NDArray[np.int64]:
    """(1, A) int64: the classifier's values for the model's attributes. picture: (H, W, C) uint8."""
    import torch

    from playground.models.classifier import Classifier
    from playground.zoo.image_models import load_image_model

    net = load_image_model(f"classifier-{facts.dataset}").net
    assert isinstance(net, Classifier)
    with torch.inference_mode():
        return net.predict(_to_net(picture)).numpy().astype(np.int64)[:, _condition_columns(facts)]


def _condition_columns(facts: ImageModelFacts) -> list[int]:
    """Columns of the classifier's labels that are attributes of the model."""
    return [place for place, name in enumerate(facts.labels) if name in facts.attributes]


def row_condition(facts: ImageModelFacts, row: NDArray[np.int64]) -> dict[str, str]:
    """A condition's row as attribute -> value, without those that are "any". row: (1, A) int64."""
    pairs = zip(facts.attributes.items(), row[0], strict=True)
    return {attribute: values[code] for (attribute, values), code in pairs if code < len(values)}


def describe_condition(condition: Mapping[str, str]) -> str:
    """A condition as the page shows it: "class: bag"."""
    return ", ".join(f"{attribute}: {word}" for attribute, word in condition.items())


def _to_net(picture: NDArray[np.uint8]) -> Tensor:
    """(1, C, H, W) float32 in [-1, 1]. picture: (H, W, C) uint8."""
    import torch

    from playground.models.pixels import to_signed

    return to_signed(torch.tensor(picture[None]))


def _reconstruction(
    facts: ImageModelFacts, row: NDArray[np.int64], target: NDArray[np.uint8], images: Tensor, best: int, **rest: Any
) -> Reconstruction:
    """row: (1, A) int64, the condition.  images: (N, C, H, W) in [-1, 1], of which `best` is the result."""
    from playground.models.pixels import to_pixels

    pictures = to_pixels(images.detach()).numpy()
    picture = pictures[best]
    mse = float(np.square(picture.astype(np.float64) - target).mean())
    psnr = float("inf") if mse == 0 else 10 * float(np.log10(255**2 / mse))
    return Reconstruction(
        model=facts.name, kind=facts.kind, picture=picture, error=mse**0.5, psnr=psnr,
        condition=row_condition(facts, row), alternatives=pictures, **rest,
    )  # fmt: skip


def _encode(picture: NDArray[np.uint8], facts: ImageModelFacts, row: NDArray[np.int64]) -> Iterator[Reconstruction]:
    import torch

    from playground.models.vae import VAE
    from playground.zoo.image_models import load_image_model

    net = load_image_model(facts.name).net
    assert isinstance(net, VAE)
    start, condition = time.perf_counter(), torch.from_numpy(row)
    with torch.inference_mode():
        mean, log_variance = net.encode(_to_net(picture), condition)
        deviation = (log_variance / 2).exp()
        eps = torch.randn((VAE_DRAWS, mean.shape[1]), generator=torch.Generator().manual_seed(0))
        z = torch.cat([mean, mean + eps * deviation])
        images, _ = net.decode(z, condition.expand(len(z), -1))
        nats = anomaly_score(net, _to_net(picture), condition)
    seconds = time.perf_counter() - start
    held_out = _held_out_anomaly_scores(facts.name) if facts.dataset else None
    yield _reconstruction(
        facts, row, picture, images, 0, step=1, steps=1, seconds=seconds, mean=mean[0].numpy(),
        deviation=deviation[0].numpy(), anomaly_nats=float(nats[0]),
        percentile=None if held_out is None else float(100 * (held_out < float(nats[0])).mean()),
    )  # fmt: skip


def anomaly_score(net: Any, pictures: Tensor, condition: Tensor) -> Tensor:
    """(B,) float32, nats: the negative evidence lower bound, over the same 4 samples of noise for each picture."""
    import torch

    generator = torch.Generator().manual_seed(0)
    bounds = []
    for _ in range(4):
        eps = torch.randn((1, net.latent_dim), generator=generator).expand(len(pictures), -1)
        likelihood, divergence = net(pictures, condition, eps)
        bounds.append(divergence - likelihood)
    return torch.stack(bounds).mean(0)


@lru_cache(maxsize=8)
def _held_out_anomaly_scores(model: str) -> NDArray[np.float32]:
    """(up to 300,) float32, nats: scores of held-out pictures, under the conditions that the classifier predicts."""
    import torch

    from playground.models.classifier import Classifier
    from playground.models.pixels import to_signed
    from playground.zoo.image_models import load_image_model

    facts = image_model_facts(model)
    images = held_out_images(facts.dataset)
    pictures = to_signed(torch.tensor(images[:: max(1, len(images) // 300)][:300]))
    net, classifier = load_image_model(model).net, load_image_model(f"classifier-{facts.dataset}").net
    assert isinstance(classifier, Classifier)
    with torch.inference_mode():
        return anomaly_score(net, pictures, classifier.predict(pictures)[:, _condition_columns(facts)]).numpy()


def _search(picture: NDArray[np.uint8], facts: ImageModelFacts, row: NDArray[np.int64]) -> Iterator[Reconstruction]:
    """Optimizes several z at once by Adam. Norms of z stay within those of training; the best z is the result."""
    import torch

    net, size = load_generator(facts.name)
    target, steps = _to_net(picture), GAN_SEARCH_STEPS if facts.dataset else PRETRAINED_SEARCH_STEPS
    start, farthest = time.perf_counter(), size**0.5 + 2  # lengths have a standard deviation of about 0.7
    z, condition = _search_starts(net, size, target, facts, row)
    optimizer = torch.optim.Adam([z.requires_grad_()], lr=0.1)
    for step in range(steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * (1 - step / (steps + 1))
        images = net(z, condition)
        errors = (images - target).square().mean((1, 2, 3))
        if step % REPORT_EVERY == 0:
            order, seconds = errors.argsort(), time.perf_counter() - start
            best = int(order[0])
            yield _reconstruction(
                facts, condition[best : best + 1].numpy(), picture, images[order], 0, step=step, steps=steps,
                seconds=seconds, latent=z[best].detach().numpy().copy(),
            )  # fmt: skip
        optimizer.zero_grad()
        errors.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            z *= (farthest / z.norm(dim=1, keepdim=True)).clamp(max=1)


def _search_starts(
    net: GeneratorNet, size: int, target: Tensor, facts: ImageModelFacts, row: NDArray[np.int64]
) -> tuple[Tensor, Tensor]:
    """(S, D) float32 z and (S, A) int64 conditions that the searches start from. target: (1, C, H, W) in [-1, 1]."""
    import torch

    generator = torch.Generator().manual_seed(0)
    if facts.dataset:
        return torch.randn((GAN_SEARCHES, size), generator=generator), torch.from_numpy(row).expand(GAN_SEARCHES, -1)
    z, condition = (
        torch.randn((PRETRAINED_CANDIDATES, size), generator=generator),
        torch.from_numpy(row).repeat(PRETRAINED_CANDIDATES, 1),
    )
    for a, values in enumerate(facts.attributes.values()):
        is_any = condition[:, a] == len(values)
        condition[:, a] = torch.where(is_any, torch.arange(PRETRAINED_CANDIDATES) % len(values), condition[:, a])
    with torch.inference_mode():
        parts = zip(torch.split(z, 16), torch.split(condition, 16), strict=True)
        errors = torch.cat([(net(some, rows) - target).square().mean((1, 2, 3)) for some, rows in parts])
    best = errors.argsort()[:PRETRAINED_SEARCHES]
    return z[best], condition[best]


def _invert(picture: NDArray[np.uint8], facts: ImageModelFacts, row: NDArray[np.int64]) -> Iterator[Reconstruction]:
    """DDIM backwards into noise, then forwards again; the alternatives are the states on the path."""
    import torch

    from playground.zoo.image_models import load_image_model

    loaded, condition, start = load_image_model(facts.name), torch.from_numpy(row), time.perf_counter()
    grid, alphas = _ddim_grid(loaded.card.facts["schedule"])
    path = list(zip([-1, *grid[:-1]], grid, strict=True))
    xt, inward = _to_net(picture), [_to_net(picture)]
    steps, noise = 2 * len(path), None
    for number, (before, after) in enumerate([*path, *((after, before) for before, after in reversed(path))], 1):
        with torch.inference_mode():
            # Both directions evaluate the net at the noisier end of a step, which makes them cancel.
            v = loaded.net(xt, torch.full((1,), float(max(before, after))), condition)
            x0, eps = _x0_and_eps(xt, v, alphas(before))
            xt = float(alphas(after) ** 0.5) * x0 + float((1 - alphas(after)) ** 0.5) * eps
            if number <= len(path) and number % (len(path) // 5) == 0:
                inward.append(xt)
            if number == len(path):
                noise = xt.flatten().numpy()
        if number % REPORT_EVERY == 0 or number == steps:
            images = torch.cat([xt, *inward])
            seconds = time.perf_counter() - start
            yield _reconstruction(
                facts, row, picture, images, 0, step=number, steps=steps, seconds=seconds, latent=noise
            )


def _x0_and_eps(xt: Tensor, v: Tensor, alpha_bar: float) -> tuple[Tensor, Tensor]:
    """x0 and eps of xt, from v. Source: Salimans and Ho 2022, arXiv:2202.00512, appendix D."""
    a, s = float(alpha_bar**0.5), float((1 - alpha_bar) ** 0.5)
    return a * xt - s * v, s * xt + a * v


def _ddim_grid(schedule: dict[str, Any]) -> tuple[list[int], Any]:
    """Timesteps by growing noise, and alpha_bar as a function of the timestep (1 at -1), from diffusers' schedule."""
    from playground.images.diffusion import build_scheduler

    scheduler = build_scheduler("ddim", schedule, DDIM_STEPS)
    grid = [int(timestep) for timestep in reversed(scheduler.timesteps.tolist())]
    return grid, lambda t: 1.0 if t < 0 else float(scheduler.alphas_cumprod[t])
