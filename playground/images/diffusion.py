"""Diffusion step by step: every state is yielded, and sampling can branch from any with other settings.

The schedulers are diffusers', all on one grid of timesteps ("trailing": Lin et al. 2023, arXiv:2305.08891): a branch
can switch schedulers at any step. States are kept in the variance-preserving form of all schedulers,
xt = sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) eps (Ho et al. 2020, arXiv:2006.11239, eq. 4).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.condition_sampling import sample_conditions
from playground.images.image_request import ImageRequest
from playground.images.model_menu import image_model_facts
from playground.images.noise import normal, seeded_generators

if TYPE_CHECKING:
    from torch import Tensor

    from playground.zoo.image_models import ImageModel


@dataclass(frozen=True, eq=False)
class DenoisingState:
    """One state between noise and pictures.

    step: 0 for pure noise to `steps` for the finished pictures.  xt, x0: (N, H, W, C) uint8, the noisy pictures and
    the predicted clean ones; equal at the last step.  noise_level: sqrt(1 - alpha_bar), 0 to 1.
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
        """Whether the pictures are finished."""
        return self.step == self.steps


@dataclass(frozen=True, eq=False)
class DenoisingBranch:
    """A state to branch from: its step and latents. fresh_seed: of noise that replaces the state's; None keeps it."""

    step: int
    latents: NDArray[np.float32]
    fresh_seed: int | None = None


def denoise(request: ImageRequest, branch: DenoisingBranch | None = None) -> Iterator[DenoisingState]:
    """Yields each state from noise to pictures, or from the branch's step on. Close it to stop.

    Raises PlaygroundError for a model of another family, or a branch of other pictures or steps.
    """
    import torch

    from playground.zoo.image_models import load_image_model

    facts = image_model_facts(request.model)
    if facts.kind != "diffusion":
        raise PlaygroundError(say("images.denoising.not_diffusion", model=request.model))
    loaded = load_image_model(request.model)
    condition = torch.from_numpy(sample_conditions(request))
    generators = seeded_generators(request)
    xt = normal(generators, facts.channels, facts.side, facts.side)
    first = 0
    if branch is not None:
        first, xt = branch.step, _branch_start(branch, tuple(xt.shape), request.steps)
    sampler = DiffusionSampler(loaded, request.scheduler, request.steps, request.guidance, condition)
    start = time.perf_counter()
    if branch is not None and branch.fresh_seed is not None:
        with torch.inference_mode():
            xt = sampler.renoise(xt, first, branch.fresh_seed)
    for step in range(first, request.steps):
        with torch.inference_mode():
            x0 = sampler.predict_x0(xt, step)
        yield _state(request, step, xt, x0, sampler, time.perf_counter() - start)
        with torch.inference_mode():
            xt = sampler.step(xt, step, generators)
    yield _state(request, request.steps, xt, xt, sampler, time.perf_counter() - start)


def _branch_start(branch: DenoisingBranch, shape: tuple[int, ...], steps: int) -> Tensor:
    import torch

    if branch.latents.shape != shape:
        raise PlaygroundError(say("images.denoising.other_pictures"))
    if not 0 <= branch.step < steps:
        raise PlaygroundError(say("images.denoising.out_of_range", last=steps - 1, step=branch.step))
    return torch.from_numpy(branch.latents.copy())


def _state(
    request: ImageRequest, step: int, xt: Tensor, x0: Tensor, sampler: DiffusionSampler, seconds: float
) -> DenoisingState:
    from playground.models.pixels import to_pixels

    alpha_bar, timestep = sampler.alpha_bar(step), sampler.timestep(step)
    return DenoisingState(
        request=request, step=step, steps=request.steps, xt=to_pixels(xt).numpy(), x0=to_pixels(x0).numpy(),
        noise_level=float((1 - alpha_bar) ** 0.5), timestep=timestep, latents=xt.numpy().copy(), seconds=seconds,
    )  # fmt: skip


def build_scheduler(name: str, schedule: dict[str, Any], steps: int) -> Any:
    """A diffusers scheduler with its timesteps set. schedule: noise schedule of the training, from the net's JSON."""
    import diffusers

    classes: dict[str, tuple[Any, dict[str, Any]]] = {
        "ddim": (diffusers.DDIMScheduler, {"clip_sample": True, "set_alpha_to_one": True}),
        "ddpm": (diffusers.DDPMScheduler, {"clip_sample": True}),
        "euler": (diffusers.EulerDiscreteScheduler, {}),
        "heun": (diffusers.HeunDiscreteScheduler, {}),
        "dpm++": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    }
    scheduler_class, options = classes[name]
    scheduler = scheduler_class(**schedule, **options, timestep_spacing="trailing")
    scheduler.set_timesteps(steps)
    scheduler.is_scale_input_called = True  # DiffusionSampler scales the states
    return scheduler


class DiffusionSampler:
    """One net under one scheduler. Predicts x0 and takes steps, on states in variance-preserving form."""

    def __init__(self, loaded: ImageModel, scheduler: str, steps: int, guidance: float, condition: Tensor) -> None:
        """condition: (N, A) int64, or shares from conditions.one_hot_shares, for blends.  guidance: 1 is off."""
        import torch

        from playground.models.conditions import one_hot_shares

        self.name, self.net, self.guidance, self.condition = scheduler, loaded.net, guidance, condition
        self.scheduler = build_scheduler(scheduler, loaded.card.facts["schedule"], steps)
        anything = torch.tensor(loaded.card.sizes).expand(len(condition), -1)
        self.unconditional = one_hot_shares(anything, loaded.card.sizes) if condition.is_floating_point() else anything
        # Heun evaluates the net twice in every step but the last: step k has the timesteps 2 k and 2 k + 1.
        self.evaluations = 2 if scheduler == "heun" else 1
        self.started = False
        self.cached_v: tuple[int, Tensor] | None = None  # (step, v)

    def timestep(self, step: int) -> float:
        """The net's timestep at a step; -1 at the end."""
        index, timesteps = step * self.evaluations, self.scheduler.timesteps
        return float(timesteps[index]) if index < len(timesteps) else -1.0

    def alpha_bar(self, step: int) -> float:
        """The signal's share of the variance at a step: 0 is pure noise, 1 the picture."""
        timestep = self.timestep(step)
        return 1.0 if timestep < 0 else float(self.scheduler.alphas_cumprod[round(timestep)])

    def guided_v(self, xt: Tensor, timestep: float) -> Tensor:
        """The net's v under classifier-free guidance.

        Source: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, w = guidance - 1.
        """
        import torch

        times = torch.full((len(xt),), timestep)
        has_no_condition = not self.condition.shape[1]
        if self.guidance == 1 or has_no_condition or torch.equal(self.condition, self.unconditional):
            return self._net(xt, times, self.condition)
        both = self._net(torch.cat([xt, xt]), times.repeat(2), torch.cat([self.unconditional, self.condition]))
        free, conditional = both.chunk(2)
        return free + self.guidance * (conditional - free)

    def _net(self, xt: Tensor, times: Tensor, condition: Tensor) -> Tensor:
        v: Tensor = self.net(xt, times, condition)
        return v

    def predict_x0(self, xt: Tensor, step: int) -> Tensor:
        """The clean picture predicted from xt, sqrt(alpha_bar) xt - sqrt(1 - alpha_bar) v; `step` reuses the v."""
        v = self.guided_v(xt, self.timestep(step))
        self.cached_v = step, v
        alpha_bar = self.alpha_bar(step)
        return float(alpha_bar**0.5) * xt - float((1 - alpha_bar) ** 0.5) * v

    def step(self, xt: Tensor, step: int, generators: list[Any]) -> Tensor:
        """The state after a step. generators: one for each picture, for schedulers that add noise."""
        first = step * self.evaluations
        if self.evaluations == 2 and step == 0 and self._step_count() > 1:
            return self._euler_step(xt)
        if not self.started and step and hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(first)
        self.started = True
        indices = range(first, min(first + self.evaluations, len(self.scheduler.timesteps)))
        x = xt * self._scale(first)
        for index in indices:
            has_v = index == first and self.cached_v is not None and self.cached_v[0] == step
            at = float(self.scheduler.timesteps[index])
            v = self.cached_v[1] if has_v and self.cached_v else self.guided_v(x / self._scale(index), at)
            options = {"generator": generators} if self.name == "ddpm" else {}
            x = self.scheduler.step(v, self.scheduler.timesteps[index], x, **options).prev_sample
        return x / self._scale(indices[-1] + 1)

    def _step_count(self) -> int:
        return (len(self.scheduler.timesteps) + self.evaluations - 1) // self.evaluations

    def _euler_step(self, xt: Tensor) -> Tensor:
        """Heun's first step, by Euler's rule: from almost infinite sigma the mean of two slopes overshoots."""
        v = self.cached_v[1] if self.cached_v and self.cached_v[0] == 0 else self.guided_v(xt, self.timestep(0))
        now, after = self.alpha_bar(0), self.alpha_bar(1)
        x0 = float(now**0.5) * xt - float((1 - now) ** 0.5) * v
        eps = float((1 - now) ** 0.5) * xt + float(now**0.5) * v
        return float(after**0.5) * x0 + float((1 - after) ** 0.5) * eps

    def _scale(self, index: int) -> float:
        """Scale of a scheduler's own state against ours: x0 + sigma eps is sqrt(1 + sigma^2) times larger."""
        if self.name not in ("euler", "heun"):
            return 1.0
        return float((1 + float(self.scheduler.sigmas[index]) ** 2) ** 0.5)

    def renoise(self, xt: Tensor, step: int, seed: int) -> Tensor:
        """The clean picture predicted from xt, under new noise of the same level."""
        import torch

        generator = torch.Generator().manual_seed(seed)
        x0, alpha_bar = self.predict_x0(xt, step), self.alpha_bar(step)
        self.cached_v = None
        fresh = torch.randn(xt.shape, generator=generator)
        return float(alpha_bar**0.5) * x0 + float((1 - alpha_bar) ** 0.5) * fresh
