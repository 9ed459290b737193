"""What the toy-2D view draws of a trainer: points, fields and sentences, always for the same noise.

Nothing here draws from a trainer's random generator, so a frame has no effect on the training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.models.toy_nets import ToyDiscriminator, ToyFlow, ToyGenerator, ToyVae, integrate_flow
from playground.training.toy_losses import generator_loss
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
    """What every frame has: real points, the divergences and their values for a perfect model, the settings."""
    floor = {f"floor_{name}": value for name, value in metrics.floor.items()}
    return {
        "real": metrics.held_out[:POINTS], **measured, **floor, "modes": metrics.modes,
        "settings": json.dumps(settings),
    }  # fmt: skip


def gan_frame(generator: ToyGenerator, discriminator: ToyDiscriminator, loss: str) -> Frame:
    """What a GAN does to fixed noise.

    fake: (400, 2) float32.  heat: (30, 30) uint8, rows from the top, 255 where D is sure of "real"; heat_words: what
    that stands for.  grid: (17, 17, 2), where G maps the corners of a grid over its noise.  arrows: (128, 2), minus the
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
    """The part of a GAN's round that was done on its own, for the view to mark.

    part: 0 to 9, five of D then five of G, or -1 for none.  words: describe_part's, or "".  work: its own points become
    batch_real and batch_fake.
    """
    batch: Frame = {f"batch_{name}": _array(work[name].detach()) for name in ("real", "fake") if words and name in work}
    return {**batch, "lit": part, "told": words}  # names that toy_2d's script and stored frames have


def vae_frame(net: ToyVae, real: Tensor) -> Frame:
    """What a VAE does to real points, (400, 2) float32.

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
    """Where a flow carries noise, (400, 2) float32.

    fake: (400, 2), where it arrives.  field: (5, 13, 13, 2), the velocity at FIELD_TIMES, rows from the top.
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


def describe_part(
    settings: Mapping[str, Any], work: Mapping[str, Tensor], gradients: Sequence[Tensor], side: str, part: str,
    update: int, moved: float,
) -> str:  # fmt: skip
    """A part of a GAN's round in a sentence with its numbers.

    work: the batch, its scores and its loss.  gradients: of that side, for part "gradients".  side: "d" or "g".
    update: its number in the round, from 0.  moved: Euclidean distance that all parameters of the side went.
    """
    who, count = side.upper(), settings["batch"]
    match part:
        case "generate":
            start, end = _coordinates(work["noise"][0]), _coordinates(work["fake"][0])
            real = f" {count} real points are drawn beside them." if side == "d" else ""
            said = f"G turns {count} points of noise into fakes: the first goes from {start} to {end}.{real}"
        case "classify":
            fake = f"the fakes {_score(settings['loss'], work['score_fake'])}"
            both = f"the real points {_score(settings['loss'], work['score_real'])}, {fake}" if side == "d" else fake
            said = f"D scores them. On average it gives {both}."
        case "loss":
            wish = "when real points score high and fakes low" if side == "d" else "when D takes the fakes for real"
            said = f"{who}'s loss is {float(work['loss'].detach()):.4g}. It is small {wish}."
        case "gradients":
            size = sum(gradient.numel() for gradient in gradients)
            length = float(torch.stack([gradient.norm() for gradient in gradients]).norm())
            said = (
                f"The loss's slope along each of {who}'s {size:,} weights: its length is {length:.4g}. Nothing moves."
            )
        case _:
            kind, rate = settings[f"{side}_optimizer"], settings[f"{side}_rate"]
            said = f"{kind} at rate {rate:g} moves {who}'s weights by {moved:.4g} in all. The other net stays as it is."
    several = settings[f"{side}_updates"]
    number = update - (settings["d_updates"] if side == "g" else 0) + 1
    return said if several == 1 else f"Update {number} of {several}. {said}"


def _heat_map(loss: str, scores: Tensor) -> tuple[NDArray[np.uint8], str]:
    """Scores (N,) as 0 to 255, and in words what that stands for."""
    match loss:
        case "non-saturating":
            shares, words = scores.sigmoid(), "D's probability that a point is real"
        case "hinge":
            shares, words = (scores + 1) / 2, "D's score, from -1 (fake) to 1 (real)"
        case "least squares":
            shares, words = scores, "D's score, from 0 (fake) to 1 (real)"
        case _:
            shares = ((scores - scores.mean()) / (scores.std() + 1e-6)).sigmoid()
            words = "D's score, which has no zero: higher is more real"
    return (shares.nan_to_num().clamp(0, 1) * 255).round().to(torch.uint8).numpy(), words


def _score(loss: str, scores: Tensor) -> str:
    """The mean score in words: a probability where the loss has one."""
    scores = scores.detach()
    return f"{float(scores.sigmoid().mean()):.0%} real" if loss == "non-saturating" else f"{float(scores.mean()):.3f}"


def _coordinates(point: Tensor) -> str:
    x, y = point.tolist()
    return f"({x:.2f}, {y:.2f})"


def _square(side: int, reach: float) -> Tensor:
    """(side², 2): a net over a square, rows from the top, y upwards."""
    line = torch.linspace(-reach, reach, side)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x, y], 2).view(-1, 2)


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.numpy(), np.float32)
