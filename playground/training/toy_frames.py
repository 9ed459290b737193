"""What the arena shows of a course: points, fields and sentences, always for the same noise. It draws nothing at random

from the course, so a training goes on as if nobody had looked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.models.toy_nets import carry
from playground.runs.protocol import Frame
from playground.training.toy_losses import generator_loss

if TYPE_CHECKING:
    from playground.training.toy_flow import FlowCourse
    from playground.training.toy_gan import GanCourse
    from playground.training.toy_vae import VaeCourse

#: The square that is drawn reaches this far from the middle.
REACH = 1.3
#: Points of each kind; cells of D's map, lines of a warped grid, arrows, paths, arrows of a field on a side.
POINTS, CELLS, LINES, ARROWS, PATHS, FIELD = 400, 30, 17, 128, 48, 13
FIELD_TIMES = (0.0, 0.25, 0.5, 0.75, 0.95)


def fixed_noise(count: int) -> Tensor:
    """(count, 2) in [-1, 1]: always the same."""
    return torch.rand(count, 2, generator=torch.Generator().manual_seed(1)) * 2 - 1


def fixed_normal(count: int) -> Tensor:
    """(count, 2), standard Gaussian: always the same."""
    return torch.randn(count, 2, generator=torch.Generator().manual_seed(2))


def gan_frame(course: GanCourse) -> Frame:
    """real, fake: (400, 2).  heat: (30, 30) uint8, rows from the top, 255 where D is sure of "real".

    grid: (17, 17, 2), where G puts the corners of a net over its noise.  arrows: (128, 2), where G's loss asks each of
    the first fakes to go: minus its own loss's gradient.  lit: 0 to 9, the part that was done by itself, or -1;
    batch_*: that part's own points.
    """
    noise = fixed_noise(POINTS)
    fake = course.net(noise).detach().requires_grad_(True)
    loss = generator_loss(course.settings["loss"], course.discriminator(fake[:ARROWS]))
    (slope,) = torch.autograd.grad(loss * ARROWS, fake)
    with torch.no_grad():
        heat, words = _certainty(course.settings["loss"], course.discriminator(_square(CELLS, REACH)))
        grid = course.net(_square(LINES, 1.0)).view(LINES, LINES, 2)
    batch = {
        f"batch_{name}": _array(course.work[name].detach())
        for name in ("real", "fake")
        if course.told and name in course.work
    }
    return {
        **_common(course), **batch, "fake": _array(fake.detach()), "heat": heat.reshape(CELLS, CELLS),
        "heat_words": words, "grid": _array(grid), "arrows": _array(-slope[:ARROWS]), "lit": course.lit,
        "told": course.told,
    }  # fmt: skip


def vae_frame(course: VaeCourse) -> Frame:
    """real, fake: (400, 2).  codes: (400, 2), where the encoder puts the real points.  spread: (400, 2), their standard

    deviations.  rebuilt: (400, 2), what the decoder makes of the codes.  grid: (17, 17, 2), the decoder's answers to a
    net over the codes from -2 to 2.  sigma: the width of its Gaussians.
    """
    with torch.no_grad():
        real = torch.from_numpy(course.yardstick.held_out[:POINTS])
        mean, log_variance = course.net.encode(real)
        rebuilt = course.net.decode(mean)
        grid = course.net.decode(_square(LINES, 2.0)).view(LINES, LINES, 2)
    return {
        **_common(course), "fake": course.made()[:POINTS], "codes": _array(mean),
        "spread": _array((log_variance / 2).exp()), "rebuilt": _array(rebuilt), "grid": _array(grid),
        "sigma": float(course.net.log_sigma.detach().exp()),
    }  # fmt: skip


def flow_frame(course: FlowCourse) -> Frame:
    """real, fake: (400, 2).  field: (5, 13, 13, 2), the velocity at FIELD_TIMES, rows from the top.

    times: (5,).  paths: (48, 13, 2), where points of noise are at each step of their way.
    """
    with torch.no_grad():
        square = _square(FIELD, REACH * 12 / 13)
        times = torch.tensor(FIELD_TIMES).repeat_interleave(len(square))[:, None]
        field = course.net(square.repeat(len(FIELD_TIMES), 1), times)
        paths = carry(course.net, course.noise(POINTS), 12)  # (13, N, 2)
    return {
        **_common(course), "fake": _array(paths[-1]), "field": _array(field.view(-1, FIELD, FIELD, 2)),
        "times": np.asarray(FIELD_TIMES, np.float32), "paths": _array(paths[:, :PATHS].transpose(0, 1)),
    }  # fmt: skip


def part_words(course: GanCourse, side: str, part: str, update: int, moved: float) -> str:
    """The part that was just done, in a line with its numbers. moved: how far all parameters of that side went."""
    work, settings, who = course.work, course.settings, "DG"["dg".index(side)]
    count = settings["batch"]
    match part:
        case "generate":
            start, end = _place(work["noise"][0]), _place(work["fake"][0])
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
            slopes = course.slopes[side]
            size = sum(slope.numel() for slope in slopes)
            length = float(torch.stack([slope.norm() for slope in slopes]).norm())
            said = (
                f"The loss's slope along each of {who}'s {size:,} weights: its length is {length:.4g}. Nothing moves."
            )
        case _:
            kind, rate = settings[f"{side}_optimizer"], settings[f"{side}_rate"]
            said = f"{kind} at rate {rate:g} moves {who}'s weights by {moved:.4g} in all. The other net stays as it is."
    several = settings[f"{side}_updates"]
    number = update - (settings["d_updates"] if side == "g" else 0) + 1
    return said if several == 1 else f"Update {number} of {several}. {said}"


def _common(course: GanCourse | VaeCourse | FlowCourse) -> Frame:
    """What every frame has: real points, the divergences, what a perfect model would get, and the settings in force."""
    measured: dict[str, Any] = dict(course.measured)
    floor = {f"floor_{name}": value for name, value in course.yardstick.floor.items()}
    return {
        "real": course.yardstick.held_out[:POINTS], **measured, **floor, "modes": course.yardstick.modes,
        "settings": json.dumps(course.settings),
    }  # fmt: skip


def _certainty(loss: str, scores: Tensor) -> tuple[NDArray[np.uint8], str]:
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


def _place(point: Tensor) -> str:
    x, y = point.tolist()
    return f"({x:.2f}, {y:.2f})"


def _square(side: int, reach: float) -> Tensor:
    """(side², 2): a net over a square, rows from the top, y upwards."""
    line = torch.linspace(-reach, reach, side)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x, y], 2).view(-1, 2)


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.numpy(), np.float32)
