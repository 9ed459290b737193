"""The quality of a trained image model: the few numbers of its record.

Conditions are checked by the bundled classifiers, which were trained on real pictures only. Fréchet distance, precision
and recall are measured by the benchmarks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from playground.data.dataset import Dataset
from playground.metrics.memorization import copy_limit
from playground.models.conditions import resolve_any
from playground.models.pixels import to_pixels, to_signed
from playground.models.vae import bits_per_dimension
from playground.zoo.image_models import ImageModel

_BATCH = 100


@torch.no_grad()
def measure_quality(
    model: ImageModel, classifier: ImageModel | None, dataset: Dataset, seed: int = 1
) -> dict[str, Any]:
    """The numbers of the record's "quality", rounded to 4 digits.

    classifier: of the same data set; None leaves out the numbers on conditions.
    """
    if model.card.kind == "classifier":
        return _classifier_quality(model, dataset)
    numbers: dict[str, Any] = {}
    for prior in ("normal", "mixture") if model.card.kind == "vae" else ("",):
        quality = _generated_quality(model, classifier, dataset, seed, prior)
        same = ("pictures", "held_out_nearest_distance_median")  # for both priors
        numbers |= {f"{name}_{prior}" if prior and name not in same else name: v for name, v in quality.items()}
    if model.card.kind == "vae":
        numbers |= _elbo_quality(model, dataset, seed)
    return numbers


def generate(
    model: ImageModel, condition: Tensor, seed: int, prior: str = "", guidance: float = 2.0, steps: int = 20
) -> Tensor:
    """(B, C, H, W) pictures in [-1, 1] for conditions (B, A) int64; diffusion by `steps` of DPM-Solver++."""
    generator = torch.Generator().manual_seed(seed)
    net, count = model.net, len(condition)
    if model.card.samples_any and model.card.kind != "gan":
        condition = resolve_any(condition, model.card.shares(), torch.rand(condition.shape, generator=generator))
    if model.card.kind == "diffusion":
        return _denoise(model, condition, generator, guidance, steps)
    z = torch.randn(count, int(net.latent_dim), generator=generator)  # type: ignore[arg-type]
    if model.card.kind == "gan":
        resolved = resolve_any(condition, model.card.shares(), torch.rand(condition.shape, generator=generator))
        return net(z, resolved)  # type: ignore[no-any-return]
    if prior == "mixture" and model.mixture is not None:
        z = model.mixture.sample(condition, z, torch.rand(count, generator=generator))
    return net.decode(z, condition)[0].clamp(-1, 1)  # type: ignore[no-any-return, operator]


def _denoise(model: ImageModel, condition: Tensor, generator: torch.Generator, guidance: float, steps: int) -> Tensor:
    from diffusers import DPMSolverMultistepScheduler

    scheduler = DPMSolverMultistepScheduler(**model.card.facts["schedule"])
    scheduler.set_timesteps(steps)
    shape = (len(condition), model.card.channels, model.card.side, model.card.side)
    x = torch.randn(shape, generator=generator)
    nothing = torch.tensor(model.card.sizes).expand_as(condition)
    for timestep in scheduler.timesteps:
        if guidance == 1:
            v = model.net(x, timestep.expand(len(x)), condition)
        else:
            time = timestep.expand(2 * len(x))
            guided, free = model.net(torch.cat([x, x]), time, torch.cat([condition, nothing])).chunk(2)
            v = free + guidance * (guided - free)
        x = scheduler.step(v, timestep, x).prev_sample
    return x.clamp(-1, 1)


def _generated_quality(
    model: ImageModel, classifier: ImageModel | None, dataset: Dataset, seed: int, prior: str, count: int = 500
) -> dict[str, Any]:
    """Numbers of generated pictures: one for each of `count` held-out pictures, with its condition."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.tensor(dataset.held_out_rows())
    rows = rows[torch.randperm(len(rows), generator=generator)[:count]]
    condition = _conditions(model, dataset)[rows]
    generated = [generate(model, part, seed + n, prior) for n, part in enumerate(torch.split(condition, _BATCH))]
    pictures = to_signed(to_pixels(torch.cat(generated)))
    numbers: dict[str, Any] = {"pictures": count}
    if classifier is not None and _is_conditional(model):
        right = torch.cat([_predict(classifier, part) for part in torch.split(pictures, _BATCH)]) == condition
        each = dict(zip(dataset.values, right.float().mean(0).tolist(), strict=True))
        numbers |= {"condition_match": _rounded(right.float().mean()), "condition_match_each": _rounded_all(each)}
        numbers["condition_match_all"] = _rounded(right.all(1).float().mean())
    return numbers | _near_copies(pictures, to_signed(torch.tensor(dataset.images[rows.numpy()])), dataset)


def _is_conditional(model: ImageModel) -> bool:
    """Whether the net was trained with conditions."""
    return bool(model.card.facts["config"].get("forget_all", 0.0) < 1)


def _conditions(model: ImageModel, dataset: Dataset) -> Tensor:
    """(N, A) int64: the condition of each picture, its labels, or "any" for a net without conditions."""
    table = torch.tensor(dataset.attribute_table())
    if not _is_conditional(model):
        return torch.tensor(dataset.sizes()).repeat(len(table), 1)
    return table


def _near_copies(pictures: Tensor, held_out: Tensor, dataset: Dataset) -> dict[str, float]:
    """Distances to the nearest training picture: root mean square difference in levels of 255.

    A near-copy is nearer than all but 1 % of held-out pictures are: see metrics/memorization.py.
    """
    train = torch.tensor(dataset.images[dataset.train_rows()])
    own, baseline = (nearest_distances(each, train) for each in (pictures, held_out))
    limit = copy_limit(baseline.numpy())
    return {
        "near_copies": _rounded((own < limit).float().mean()),
        "nearest_distance_median": _rounded(own.median()),
        "held_out_nearest_distance_median": _rounded(baseline.median()),
    }


def nearest_distances(pictures: Tensor, pixels: Tensor) -> Tensor:
    """(B,) root mean square difference to the nearest of `pixels`, in levels of 255.

    pictures: (B, C, H, W) in [-1, 1].  pixels: (N, H, W, C) uint8.
    """
    parts = (to_signed(part).flatten(1) for part in torch.split(pixels, 5000))
    nearest = torch.stack([torch.cdist(pictures.flatten(1), part).amin(1) for part in parts]).amin(0)
    return nearest.mul(255 / 2 / math.sqrt(pictures[0].numel()))


def _classifier_quality(model: ImageModel, dataset: Dataset) -> dict[str, Any]:
    """Accuracy on all held-out pictures."""
    rows = dataset.held_out_rows()
    pixels, truth = torch.tensor(dataset.images[rows]), torch.tensor(dataset.attribute_table()[rows])
    right = torch.cat([_predict(model, to_signed(part)) for part in torch.split(pixels, _BATCH)]) == truth
    each = _rounded_all(dict(zip(dataset.values, right.float().mean(0).tolist(), strict=True)))
    numbers = {"pictures": len(rows), "accuracy": _rounded(right.float().mean()), "accuracy_each": each}
    if "hat" in dataset.values:
        bare = truth[:, list(dataset.values).index("hat")] == 0
        numbers["accuracy_without_hats"] = _rounded(right[bare].float().mean())
    return numbers


def _elbo_quality(model: ImageModel, dataset: Dataset, seed: int, count: int = 2000) -> dict[str, float]:
    """The ELBO of held-out pictures, one sample each, and the PSNR of reconstructions from the posterior's mean."""
    generator = torch.Generator().manual_seed(seed)
    rows = dataset.held_out_rows()[:count]
    pictures, condition = to_signed(torch.tensor(dataset.images[rows])), _conditions(model, dataset)[rows]
    eps = torch.randn(len(rows), int(model.net.latent_dim), generator=generator)  # type: ignore[arg-type]
    likelihood, kl, errors = [], [], []
    for x, c, e in zip(
        torch.split(pictures, _BATCH), torch.split(condition, _BATCH), torch.split(eps, _BATCH), strict=True
    ):
        terms = model.net(x, c, e)
        likelihood.append(terms[0])
        kl.append(terms[1])
        rebuilt = model.net.decode(model.net.encode(x, c)[0], c)[0].clamp(-1, 1)  # type: ignore[operator]
        errors.append(((rebuilt - x) / 2).square().mean((1, 2, 3)))
    nats = (torch.cat(likelihood) - torch.cat(kl)).mean()
    return {
        "elbo_nats": _rounded(nats),
        "kl_nats": _rounded(torch.cat(kl).mean()),
        "bits_per_dimension": _rounded(bits_per_dimension(nats, pictures[0].numel())),
        "psnr_db": _rounded(-10 * torch.cat(errors).clamp(min=1e-10).log10().mean()),
    }


def _predict(classifier: ImageModel, pictures: Tensor) -> Tensor:
    return classifier.net.predict(pictures)  # type: ignore[no-any-return, operator]


def _rounded(number: Tensor) -> float:
    return round(float(number), 4)


def _rounded_all(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(number, 4) for name, number in numbers.items()}
