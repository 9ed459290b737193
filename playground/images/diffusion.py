"""Diffusion step by step: every step kept, any step a place to go back to and to go on from otherwise.

The schedulers are diffusers' own, all on one grid of timesteps ("trailing": Lin et al. 2023, arXiv:2305.08891), so that
a branch may leave at any step with another of them. States are kept in the variance-preserving form,
xt = sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) eps (Ho et al. 2020, arXiv:2006.11239, eq. 4), whatever form a scheduler
computes in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import ImageRequest
from playground.images.model_menu import image_model_facts
from playground.images.noise import normal, seeded_generators

if TYPE_CHECKING:
    from torch import Tensor

    from playground.zoo.image_models import LoadedPictures


@dataclass(frozen=True, eq=False)
class DenoisingState:
    """One state on the way from noise to pictures.

    step: 0 is pure noise, `steps` the pictures.  xt, x0: (N, H, W, C) uint8, the noisy pictures, and those that the
    net takes them for; at the last step both are the pictures.  noise_level: sqrt(1 - alpha_bar), 1 is all noise.
    timestep: the net's, 999 to 0; -1 at the end.  latents: (N, C, H, W) float32, xt unrounded.
    """

    request: ImageRequest
    step: int
    steps: int
    xt: NDArray[np.uint8]
    x0: NDArray[np.uint8]
    noise_level: float
    timestep: float
    latents: NDArray[np.float32]
    seconds: float

    @property
    def done(self) -> bool:
        """Whether this is the last state."""
        return self.step == self.steps


@dataclass(frozen=True, eq=False)
class DenoisingBranch:
    """Where a branch leaves: a state's step and latents; fresh_seed: new noise in place of the state's, if any."""

    step: int
    latents: NDArray[np.float32]
    fresh_seed: int | None = None


def denoise(request: ImageRequest, branch: DenoisingBranch | None = None) -> Iterator[DenoisingState]:
    """Every state from noise to the pictures, or from the branch's step on. Close it to stop.

    Raises PlaygroundError if the model is no diffusion model, or the branch does not fit.
    """
    import torch

    from playground.zoo.image_models import load_pictures

    facts = image_model_facts(request.model)
    if facts.kind != "diffusion":
        raise PlaygroundError(f"{request.model} is no diffusion model: it draws in one step.")
    loaded = load_pictures(request.model)
    condition = torch.from_numpy(sample_conditions(request))
    sources = seeded_generators(request)
    xt = normal(sources, facts.channels, facts.side, facts.side)
    first = 0
    if branch is not None:
        first, xt = branch.step, _branch_start(branch, tuple(xt.shape), request.steps)
    walk = DiffusionSampler(loaded, request.scheduler, request.steps, request.guidance, condition)
    start = time.perf_counter()
    with torch.inference_mode():
        if branch is not None and branch.fresh_seed is not None:
            xt = walk.with_fresh_noise(xt, first, branch.fresh_seed)
        for step in range(first, request.steps):
            x0 = walk.guess(xt, step)
            yield _state(request, step, xt, x0, walk, time.perf_counter() - start)
            xt = walk.advance(xt, step, sources)
        yield _state(request, request.steps, xt, xt, walk, time.perf_counter() - start)


def _branch_start(branch: DenoisingBranch, shape: tuple[int, ...], steps: int) -> Tensor:
    import torch

    if branch.latents.shape != shape:
        raise PlaygroundError("The step that this branch leaves from is of other pictures: draw them again first.")
    if not 0 <= branch.step < steps:
        raise PlaygroundError(f"A branch leaves at step 0 to {steps - 1}; it was {branch.step}.")
    return torch.from_numpy(branch.latents.copy())


def _state(request: ImageRequest, step: int, xt: Tensor, x0: Tensor, walk: Walk, seconds: float) -> DenoisingState:
    from playground.models.pixels import to_pixels

    alpha_bar, timestep = walk.alpha_bar(step), walk.timestep(step)
    return DenoisingState(
        request=request, step=step, steps=request.steps, xt=to_pixels(xt).numpy(), x0=to_pixels(x0).numpy(),
        noise_level=float((1 - alpha_bar) ** 0.5), timestep=timestep, latents=xt.numpy().copy(), seconds=seconds,
    )  # fmt: skip


def build_scheduler(name: str, schedule: dict[str, Any], steps: int) -> Any:
    """A diffusers scheduler with its timesteps set. schedule: what the net was trained with, from its JSON."""
    import diffusers

    classes: dict[str, tuple[Any, dict[str, Any]]] = {
        "ddim": (diffusers.DDIMScheduler, {"clip_sample": True, "set_alpha_to_one": True}),
        "ddpm": (diffusers.DDPMScheduler, {"clip_sample": True}),
        "euler": (diffusers.EulerDiscreteScheduler, {}),
        "heun": (diffusers.HeunDiscreteScheduler, {}),
        "dpm++": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    }
    made, options = classes[name]
    scheduler = made(**schedule, **options, timestep_spacing="trailing")
    scheduler.set_timesteps(steps)
    scheduler.is_scale_input_called = True  # states are scaled by Walk
    return scheduler


class DiffusionSampler:
    """A scheduler over one net: guesses x0, and takes steps, on states in variance-preserving form."""

    def __init__(self, loaded: LoadedPictures, scheduler: str, steps: int, guidance: float, condition: Tensor) -> None:
        """condition: (N, A) int64, or as conditions.as_shares gives it, to be blended.  guidance: 1 is none."""
        import torch

        from playground.models.conditions import as_shares

        self.name, self.net, self.guidance, self.condition = scheduler, loaded.net, guidance, condition
        self.scheduler = build_scheduler(scheduler, loaded.card.facts["schedule"], steps)
        anything = torch.tensor(loaded.card.sizes).expand(len(condition), -1)
        self.any = as_shares(anything, loaded.card.sizes) if condition.is_floating_point() else anything
        # Heun looks twice at every step but the last: step k has the places 2 k and 2 k + 1.
        self.looks = 2 if scheduler == "heun" else 1
        self.begun = False
        self.known: tuple[int, Tensor] | None = None

    def timestep(self, step: int) -> float:
        """The net's timestep at a step; -1 at the end."""
        place, timesteps = step * self.looks, self.scheduler.timesteps
        return float(timesteps[place]) if place < len(timesteps) else -1.0

    def alpha_bar(self, step: int) -> float:
        """The share of the picture's variance that is left at a step: 0 is pure noise, 1 the picture."""
        timestep = self.timestep(step)
        return 1.0 if timestep < 0 else float(self.scheduler.alphas_cumprod[round(timestep)])

    def velocity(self, xt: Tensor, timestep: float) -> Tensor:
        """The net's v, guided. Source: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, w = guidance - 1."""
        import torch

        times = torch.full((len(xt),), timestep)
        untold = not self.condition.shape[1]
        if self.guidance == 1 or untold or torch.equal(self.condition, self.any):
            return self._net(xt, times, self.condition)
        both = self._net(torch.cat([xt, xt]), times.repeat(2), torch.cat([self.any, self.condition]))
        free, asked = both.chunk(2)
        return free + self.guidance * (asked - free)

    def _net(self, xt: Tensor, times: Tensor, condition: Tensor) -> Tensor:
        made: Tensor = self.net(xt, times, condition)
        return made

    def guess(self, xt: Tensor, step: int) -> Tensor:
        """The x0 that the net sees in xt, sqrt(alpha_bar) xt - sqrt(1 - alpha_bar) v; its v is kept for the step."""
        v = self.velocity(xt, self.timestep(step))
        self.known = step, v
        alpha_bar = self.alpha_bar(step)
        return float(alpha_bar**0.5) * xt - float((1 - alpha_bar) ** 0.5) * v

    def advance(self, xt: Tensor, step: int, sources: list[Any]) -> Tensor:
        """The state after the step. sources: a generator for each picture, for a scheduler that draws."""
        first = step * self.looks
        if self.looks == 2 and step == 0 and self._count() > 1:
            return self._straight(xt)
        if not self.begun and step and hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(first)
        self.begun = True
        places = range(first, min(first + self.looks, len(self.scheduler.timesteps)))
        x = xt * self._size(first)
        for place in places:
            known = place == first and self.known is not None and self.known[0] == step
            at = float(self.scheduler.timesteps[place])
            v = self.known[1] if known and self.known else self.velocity(x / self._size(place), at)
            options = {"generator": sources} if self.name == "ddpm" else {}
            x = self.scheduler.step(v, self.scheduler.timesteps[place], x, **options).prev_sample
        return x / self._size(places[-1] + 1)

    def _count(self) -> int:
        return (len(self.scheduler.timesteps) + self.looks - 1) // self.looks

    def _straight(self, xt: Tensor) -> Tensor:
        """Heun's first step, by Euler's rule: from all but endless noise, the mean of two slopes leads nowhere."""
        v = self.known[1] if self.known and self.known[0] == 0 else self.velocity(xt, self.timestep(0))
        now, then = self.alpha_bar(0), self.alpha_bar(1)
        x0 = float(now**0.5) * xt - float((1 - now) ** 0.5) * v
        eps = float((1 - now) ** 0.5) * xt + float(now**0.5) * v
        return float(then**0.5) * x0 + float((1 - then) ** 0.5) * eps

    def _size(self, place: int) -> float:
        """How many times larger a scheduler's own state is: x0 + sigma eps has sqrt(1 + sigma^2) of our variance."""
        if self.name not in ("euler", "heun"):
            return 1.0
        return float((1 + float(self.scheduler.sigmas[place]) ** 2) ** 0.5)

    def with_fresh_noise(self, xt: Tensor, step: int, seed: int) -> Tensor:
        """The x0 that is seen in xt, under new noise of the same level."""
        import torch

        source = torch.Generator().manual_seed(seed)
        x0, alpha_bar = self.guess(xt, step), self.alpha_bar(step)
        self.known = None
        fresh = torch.randn(xt.shape, generator=source)
        return float(alpha_bar**0.5) * x0 + float((1 - alpha_bar) ** 0.5) * fresh
