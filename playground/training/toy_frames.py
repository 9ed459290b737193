"""Frames of the toy trainers: points, fields and sentences for the view, always for the same noise.

Nothing here uses a trainer's random generator, so a frame has no effect on the training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.core.catalogue import say
from playground.models.toy_nets import ToyDiscriminator, ToyFlow, ToyGenerator, ToyVae, integrate_flow
from playground.training.losses import generator_loss
from playground.training.toy_metrics import ToyMetrics
from playground.training.trainer import Frame

#: The drawn square reaches from -REACH to REACH.
REACH = 1.3
#: Points of each kind; cells of D's map, lines of a warped grid, arrows, paths, arrows of a field on a side.
POINTS, CELLS, LINES, ARROWS, PATHS, FIELD = 400, 30, 17, 128, 48, 13
FIELD_TIMES = (0.0, 0.25, 0.5, 0.75, 0.95)


def fixed_noise(count: int) -> Tensor:
    """(count, 2) uniform in [-1, 1]: always the same."""
    return torch.rand(count, 2, generator=torch.Generator().manual_seed(1)) * 2 - 1


def fixed_normal(count: int) -> Tensor:
    """(count, 2) standard normal: always the same."""
    return torch.randn(count, 2, generator=torch.Generator().manual_seed(2))


def common_frame(metrics: ToyMetrics, measured: Mapping[str, float], settings: Mapping[str, Any]) -> Frame:
    """The common part of all frames: real points, divergences, their values for a perfect model, settings."""
    floor = {f"floor_{name}": value for name, value in metrics.floor.items()}
    return {
        "real": metrics.held_out[:POINTS], **measured, **floor, "modes": metrics.modes,
        "settings": json.dumps(settings),
    }  # fmt: skip


def gan_frame(generator: ToyGenerator, discriminator: ToyDiscriminator, loss: str) -> Frame:
    """A GAN's outputs for fixed noise.

    fake: (400, 2) float32.  heat: (30, 30) uint8, rows from the top, 255 where D is sure of "real"; heat_words: its
    scale in words.  grid: (17, 17, 2), where G maps the corners of a grid over its noise.  arrows: (128, 2), minus the
    gradient of G's loss at the first fakes.
    """
    fake = generator(fixed_noise(POINTS)).detach().requires_grad_(True)
    value = generator_loss(loss, discriminator(fake[:ARROWS]))
    (gradient,) = torch.autograd.grad(value * ARROWS, fake)
    with torch.no_grad():
        heat, words = _heat_map(loss, discriminator(_square(CELLS, REACH)))
        grid = generator(_square(LINES, 1.0)).view(LINES, LINES, 2)
    return {
        "fake": _array(fake.detach()), "heat": heat.reshape(CELLS, CELLS), "heat_words": words, "grid": _array(grid),
        "arrows": _array(-gradient[:ARROWS]),
    }  # fmt: skip


def part_frame(work: Mapping[str, Tensor], part: int, words: str) -> Frame:
    """The latest single part of a GAN's round, for the view to mark.

    part: 0 to 9, five of D then five of G, or -1 for none.  words: describe_part's, or "".  work: its points become
    batch_real and batch_fake.
    """
    batch: Frame = {f"batch_{name}": _array(work[name].detach()) for name in ("real", "fake") if words and name in work}
    return {**batch, "lit": part, "told": words}  # names in the script and in stored frames


def vae_frame(net: ToyVae, real: Tensor) -> Frame:
    """A VAE's outputs for real points, (400, 2) float32.

    codes: (400, 2), the means of their posteriors.  spread: (400, 2), the standard deviations.  rebuilt: (400, 2), the
    decoded means.  grid: (17, 17, 2), the decoded corners of a grid over the codes from -2 to 2.  sigma: the standard
    deviation of the decoder's Gaussians.
    """
    with torch.no_grad():
        mean, log_variance = net.encode(real)
        rebuilt = net.decode(mean)
        grid = net.decode(_square(LINES, 2.0)).view(LINES, LINES, 2)
    return {
        "codes": _array(mean), "spread": _array((log_variance / 2).exp()), "rebuilt": _array(rebuilt),
        "grid": _array(grid), "sigma": float(net.log_sigma.detach().exp()),
    }  # fmt: skip


def flow_frame(net: ToyFlow, noise: Tensor) -> Frame:
    """A flow's outputs for noise, (400, 2) float32.

    fake: (400, 2), the end points.  field: (5, 13, 13, 2), the velocity at FIELD_TIMES, rows from the top.
    times: (5,).  paths: (48, 13, 2), the first points at each of the 12 steps.
    """
    with torch.no_grad():
        square = _square(FIELD, REACH * 12 / 13)
        times = torch.tensor(FIELD_TIMES).repeat_interleave(len(square))[:, None]
        field = net(square.repeat(len(FIELD_TIMES), 1), times)
        paths = integrate_flow(net, noise, 12)  # (13, N, 2)
    return {
        "fake": _array(paths[-1]), "field": _array(field.view(-1, FIELD, FIELD, 2)),
        "times": np.asarray(FIELD_TIMES, np.float32), "paths": _array(paths[:, :PATHS].transpose(0, 1)),
    }  # fmt: skip


#: Side -> the kinds of points that D scores in its update.
_SCORED = {"d": ("real", "fake"), "g": ("fake",)}


def describe_part(
    settings: Mapping[str, Any], work: Mapping[str, Tensor], gradients: Sequence[Tensor], side: str, part: str,
    update: int, moved: float,
) -> str:  # fmt: skip
    """A part of a GAN's round in a sentence with its numbers.

    work: the batch, its scores and its loss.  gradients: of that side, for part "gradients".  side: "d" or "g".
    update: its number in the round, from 0.  moved: Euclidean distance in the space of all parameters of the side.
    """
    who = say("train.toy_2d.part.d" if side == "d" else "train.toy_2d.part.g")
    count = settings["batch"]
    match part:
        case "generate":
            start, end = _coordinates(work["noise"][0]), _coordinates(work["fake"][0])
            sentence = say(f"train.toy_2d.part.generate_{side}", count=count, start=start, end=end)
        case "classify":
            scores = {name: _score(settings["loss"], work[f"score_{name}"]) for name in _SCORED[side]}
            sentence = say(f"train.toy_2d.part.classify_{side}", **scores)
        case "loss":
            sentence = say(f"train.toy_2d.part.loss_{side}", loss=float(work["loss"].detach()))
        case "gradients":
            size = sum(gradient.numel() for gradient in gradients)
            length = float(torch.stack([gradient.norm() for gradient in gradients]).norm())
            sentence = say("train.toy_2d.part.gradients", net=who, weights=size, length=length)
        case _:
            kind, rate = settings[f"{side}_optimizer"], settings[f"{side}_rate"]
            sentence = say("train.toy_2d.part.update", optimizer=kind, rate=rate, net=who, distance=moved)
    several = settings[f"{side}_updates"]
    number = update - (settings["d_updates"] if side == "g" else 0) + 1
    return (
        sentence
        if several == 1
        else say("train.toy_2d.part.nth_update", number=number, count=several, sentence=sentence)
    )


def _heat_map(loss: str, scores: Tensor) -> tuple[NDArray[np.uint8], str]:
    """Scores (N,) as 0 to 255, and that scale in words."""
    match loss:
        case "non-saturating":
            shares, words = scores.sigmoid(), say("train.toy_2d.part.non_saturating")
        case "hinge":
            shares, words = (scores + 1) / 2, say("train.toy_2d.part.hinge")
        case "least squares":
            shares, words = scores, say("train.toy_2d.part.least_squares")
        case _:
            shares = ((scores - scores.mean()) / (scores.std() + 1e-6)).sigmoid()
            words = say("train.toy_2d.part.other_loss")
    return (shares.nan_to_num().clamp(0, 1) * 255).round().to(torch.uint8).numpy(), words


def _score(loss: str, scores: Tensor) -> str:
    """The mean score as text: a probability for the loss that has one."""
    scores = scores.detach()
    if loss == "non-saturating":
        return say("train.toy_2d.part.probability", share=float(scores.sigmoid().mean()))
    return f"{float(scores.mean()):.3f}"


def _coordinates(point: Tensor) -> str:
    x, y = point.tolist()
    return f"({x:.2f}, {y:.2f})"


def _square(side: int, reach: float) -> Tensor:
    """(side², 2): grid points over a square, rows from the top, y upwards."""
    line = torch.linspace(-reach, reach, side)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x, y], 2).view(-1, 2)


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.numpy(), np.float32)
