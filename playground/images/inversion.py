"""A visitor's own picture, found in a model: the VAE encodes it, the GAN is searched, diffusion runs backwards.

Errors are of the pixels, on the picture as the nets take it. Sources: Kingma and Welling 2014, arXiv:1312.6114; Zhu et
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
#: For GANs from elsewhere, far slower: the best of some seeds' pictures are where the searches begin.
PRETRAINED_CANDIDATES, PRETRAINED_SEARCHES, PRETRAINED_SEARCH_STEPS = 96, 3, 150


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A model's answer to a picture.

    picture: (H, W, C) uint8, its best reconstruction.  error: root mean squared, in levels of 0 to 255.
    psnr: in decibels.  asked: the condition that was used, attribute -> word.  step, steps: how far the search is.
    mean, deviation: (D,) of the VAE's Gaussian; None for others.  draws: (N, H, W, C) uint8, further reconstructions
    (the VAE's draws, the other searches of the GAN, diffusion's way into noise).
    point: (D,) of latent space that `picture` is made from, a GAN's z or the whole noise; None while it is not found.
    anomaly_nats: the VAE's negative bound; percentile: the share of held-out pictures below it, 0 to 100.
    """

    model: str
    kind: str
    picture: NDArray[np.uint8]
    error: float
    psnr: float
    asked: dict[str, str]
    step: int
    steps: int
    seconds: float
    draws: NDArray[np.uint8]
    mean: NDArray[np.float32] | None = None
    deviation: NDArray[np.float32] | None = None
    point: NDArray[np.float32] | None = None
    anomaly_nats: float | None = None
    percentile: float | None = None

    @property
    def words(self) -> str:
        """What it was taken for: "class: bag"."""
        return describe_condition(self.asked)


def reconstruct(
    picture: NDArray[np.uint8], model: str, condition: str = "any", guess: bool = True
) -> Iterator[Reconstruction]:
    """The model's answer as it gets better; the last is the answer. Close it to stop.

    picture: (H, W, C) uint8 of the model's size.  condition: in words.  guess: what may be anything, the classifier
    names as it sees it; without one, a GAN is searched under everything that it can be asked for.
    Raises PlaygroundError if the picture does not fit.
    """
    from playground.images.image_request import parse_condition

    facts = image_model_facts(model)
    if picture.shape != (facts.side, facts.side, facts.channels):
        raise PlaygroundError(
            f"{model} takes pictures of {facts.side} × {facts.side} pixels in {facts.channels} channels; "
            f"this has {' × '.join(map(str, picture.shape))}."
        )
    asked, names = condition_rows(facts, parse_condition(facts, condition), 1), list(facts.attributes.values())
    if guess and facts.dataset:
        asked = np.where(asked == [len(words) for words in names], predict_condition(picture, facts), asked)
    answer = {"vae": _encode, "gan": _search, "diffusion": _invert}[facts.kind]
    yield from answer(picture, facts, asked)


def sibling_models(model: str) -> list[str]:
    """The models of the same data set, one of each family: those that can answer side by side.

    A visitor's stands in the place of its family's, or alone if its data is not here.
    """
    facts = image_model_facts(model)
    if not facts.own:
        return model_names(dataset=facts.dataset)
    others = model_names(dataset=facts.dataset) if facts.dataset else []
    return [model if image_model_facts(name).kind == facts.kind else name for name in others] or [model]


def predict_condition(picture: NDArray[np.uint8], facts: ImageModelFacts) -> NDArray[np.int64]:
    """(1, A) int64: what the classifier takes the picture for, of the model's attributes. picture: (H, W, C) uint8."""
    import torch

    from playground.models.classifier import Classifier
    from playground.zoo.image_models import load_pictures

    net = load_pictures(f"classifier-{facts.dataset}").net
    assert isinstance(net, Classifier)
    with torch.inference_mode():
        return net.predict(_signed(picture)).numpy().astype(np.int64)[:, _condition_columns(facts)]


def _condition_columns(facts: ImageModelFacts) -> list[int]:
    """Which of the labels that the classifier reads are the model's attributes."""
    return [place for place, name in enumerate(facts.labels) if name in facts.attributes]


def row_condition(facts: ImageModelFacts, row: NDArray[np.int64]) -> dict[str, str]:
    """A condition's row as attribute -> word; attributes that may be anything are left out. row: (1, A)."""
    pairs = zip(facts.attributes.items(), row[0], strict=True)
    return {attribute: words[value] for (attribute, words), value in pairs if value < len(words)}


def describe_condition(asked: Mapping[str, str]) -> str:
    """A condition for people: "class: bag"."""
    return ", ".join(f"{attribute}: {word}" for attribute, word in asked.items())


def _signed(picture: NDArray[np.uint8]) -> Tensor:
    import torch

    from playground.models.pixels import to_signed

    return to_signed(torch.tensor(picture[None]))


def _reconstruction(
    facts: ImageModelFacts, row: NDArray[np.int64], target: NDArray[np.uint8], made: Tensor, best: int, **rest: Any
) -> Reconstruction:
    """row: (1, A).  made: (N, C, H, W) in [-1, 1], of which `best` is the answer."""
    from playground.models.pixels import to_pixels

    pictures = to_pixels(made.detach()).numpy()
    answer = pictures[best]
    squared = float(np.square(answer.astype(np.float64) - target).mean())
    psnr = float("inf") if squared == 0 else 10 * float(np.log10(255**2 / squared))
    return Reconstruction(
        model=facts.name, kind=facts.kind, picture=answer, error=squared**0.5, psnr=psnr,
        asked=row_condition(facts, row), draws=pictures, **rest,
    )  # fmt: skip


def _encode(picture: NDArray[np.uint8], facts: ImageModelFacts, row: NDArray[np.int64]) -> Iterator[Reconstruction]:
    import torch

    from playground.models.vae import VAE
    from playground.zoo.image_models import load_pictures

    net = load_pictures(facts.name).net
    assert isinstance(net, VAE)
    start, condition = time.perf_counter(), torch.from_numpy(row)
    with torch.inference_mode():
        mean, log_variance = net.encode(_signed(picture), condition)
        deviation = (log_variance / 2).exp()
        eps = torch.randn((VAE_DRAWS, mean.shape[1]), generator=torch.Generator().manual_seed(0))
        z = torch.cat([mean, mean + eps * deviation])
        made, _ = net.decode(z, condition.expand(len(z), -1))
        nats = anomaly_score(net, _signed(picture), condition)
    seconds = time.perf_counter() - start
    known = _held_out_anomaly_scores(facts.name) if facts.dataset else None
    yield _reconstruction(
        facts, row, picture, made, 0, step=1, steps=1, seconds=seconds, mean=mean[0].numpy(),
        deviation=deviation[0].numpy(), anomaly_nats=float(nats[0]),
        percentile=None if known is None else float(100 * (known < float(nats[0])).mean()),
    )  # fmt: skip


def anomaly_score(net: Any, pictures: Tensor, condition: Tensor) -> Tensor:
    """(B,) nats: the negative evidence lower bound, with the same 4 draws of noise for everyone."""
    import torch

    source = torch.Generator().manual_seed(0)
    bounds = []
    for _ in range(4):
        eps = torch.randn((1, net.latent_dim), generator=source).expand(len(pictures), -1)
        likelihood, divergence = net(pictures, condition, eps)
        bounds.append(divergence - likelihood)
    return torch.stack(bounds).mean(0)


@lru_cache(maxsize=8)
def _held_out_anomaly_scores(model: str) -> NDArray[np.float32]:
    """(up to 300,) nats, of held-out pictures with the conditions that the classifier sees in them."""
    import torch

    from playground.models.classifier import Classifier
    from playground.models.pixels import to_signed
    from playground.zoo.image_models import load_pictures

    facts = image_model_facts(model)
    known = held_out_images(facts.dataset)
    pictures = to_signed(torch.tensor(known[:: max(1, len(known) // 300)][:300]))
    net, judge = load_pictures(model).net, load_pictures(f"classifier-{facts.dataset}").net
    assert isinstance(judge, Classifier)
    with torch.inference_mode():
        return anomaly_score(net, pictures, judge.predict(pictures)[:, _condition_columns(facts)]).numpy()


def _search(picture: NDArray[np.uint8], facts: ImageModelFacts, row: NDArray[np.int64]) -> Iterator[Reconstruction]:
    """Adam on several z at once; the best is the answer. No z gets longer than those the net was trained on."""
    import torch

    net, size = load_generator(facts.name)
    target, steps = _signed(picture), GAN_SEARCH_STEPS if facts.dataset else PRETRAINED_SEARCH_STEPS
    start, farthest = time.perf_counter(), size**0.5 + 2  # lengths have a standard deviation of about 0.7
    z, condition = _search_starts(net, size, target, facts, row)
    optimizer = torch.optim.Adam([z.requires_grad_()], lr=0.1)
    for step in range(steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * (1 - step / (steps + 1))
        made = net(z, condition)
        errors = (made - target).square().mean((1, 2, 3))
        if step % REPORT_EVERY == 0:
            order, seconds = errors.argsort(), time.perf_counter() - start
            best = int(order[0])
            yield _reconstruction(
                facts, condition[best : best + 1].numpy(), picture, made[order], 0, step=step, steps=steps,
                seconds=seconds, point=z[best].detach().numpy().copy(),
            )  # fmt: skip
        optimizer.zero_grad()
        errors.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            z *= (farthest / z.norm(dim=1, keepdim=True)).clamp(max=1)


def _search_starts(
    net: GeneratorNet, size: int, target: Tensor, facts: ImageModelFacts, row: NDArray[np.int64]
) -> tuple[Tensor, Tensor]:
    """(S, D) z and (S, A) conditions where the searches begin. target: (1, C, H, W) in [-1, 1]."""
    import torch

    source = torch.Generator().manual_seed(0)
    if facts.dataset:
        return torch.randn((GAN_SEARCHES, size), generator=source), torch.from_numpy(row).expand(GAN_SEARCHES, -1)
    z, condition = (
        torch.randn((PRETRAINED_CANDIDATES, size), generator=source),
        torch.from_numpy(row).repeat(PRETRAINED_CANDIDATES, 1),
    )
    for a, words in enumerate(facts.attributes.values()):
        open_to_all = condition[:, a] == len(words)
        condition[:, a] = torch.where(open_to_all, torch.arange(PRETRAINED_CANDIDATES) % len(words), condition[:, a])
    with torch.inference_mode():
        parts = zip(torch.split(z, 16), torch.split(condition, 16), strict=True)
        errors = torch.cat([(net(some, asked) - target).square().mean((1, 2, 3)) for some, asked in parts])
    best = errors.argsort()[:PRETRAINED_SEARCHES]
    return z[best], condition[best]


def _invert(picture: NDArray[np.uint8], facts: ImageModelFacts, row: NDArray[np.int64]) -> Iterator[Reconstruction]:
    """DDIM backwards into noise, then forwards again. draws: the last answer, then the way in: every tenth of it."""
    import torch

    from playground.zoo.image_models import load_pictures

    loaded, condition, start = load_pictures(facts.name), torch.from_numpy(row), time.perf_counter()
    grid, alphas = _ddim_grid(loaded.card.facts["schedule"])
    way = list(zip([-1, *grid[:-1]], grid, strict=True))
    xt, kept = _signed(picture), [_signed(picture)]
    steps, noise = 2 * len(way), None
    for number, (before, after) in enumerate([*way, *((after, before) for before, after in reversed(way))], 1):
        with torch.inference_mode():
            # The slope is taken at the noisier end on the way out, and at the same timestep on the way in.
            v = loaded.net(xt, torch.full((1,), float(max(before, after))), condition)
            x0, eps = _x0_and_eps(xt, v, alphas(before))
            xt = float(alphas(after) ** 0.5) * x0 + float((1 - alphas(after)) ** 0.5) * eps
            if number <= len(way) and number % (len(way) // 5) == 0:
                kept.append(xt)
            if number == len(way):
                noise = xt.flatten().numpy()
        if number % REPORT_EVERY == 0 or number == steps:
            shown = torch.cat([xt, *kept])
            seconds = time.perf_counter() - start
            yield _reconstruction(facts, row, picture, shown, 0, step=number, steps=steps, seconds=seconds, point=noise)


def _x0_and_eps(xt: Tensor, v: Tensor, alpha_bar: float) -> tuple[Tensor, Tensor]:
    """x0 and eps in xt, by v. Source: Salimans and Ho 2022, arXiv:2202.00512, appendix D."""
    a, s = float(alpha_bar**0.5), float((1 - alpha_bar) ** 0.5)
    return a * xt - s * v, s * xt + a * v


def _ddim_grid(schedule: dict[str, Any]) -> tuple[list[int], Any]:
    """Timesteps from little noise to all, and alpha_bar of a timestep (1 at -1), from diffusers' own schedule."""
    from playground.images.diffusion import build_scheduler

    scheduler = build_scheduler("ddim", schedule, DDIM_STEPS)
    grid = [int(timestep) for timestep in reversed(scheduler.timesteps.tolist())]
    return grid, lambda t: 1.0 if t < 0 else float(scheduler.alphas_cumprod[t])
