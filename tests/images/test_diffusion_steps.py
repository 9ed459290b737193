"""Diffusion step by step with the shipped model: schedulers against diffusers' own loop, and branches."""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.images.diffusion import DenoisingBranch, build_scheduler, denoise
from playground.images.image_request import parse_image_request
from playground.images.model_menu import condition_rows, image_model_facts
from playground.images.noise import seeded_generators
from playground.images.settings import SCHEDULERS

pytestmark = pytest.mark.weights


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_matches_diffusers(scheduler: str) -> None:
    """The states equal those of diffusers' own loop; Heun's first step is Euler's, on purpose."""
    request = parse_image_request("diffusion-avatars", {"count": 2, "steps": 8, "scheduler": scheduler, "guidance": 1})
    states = list(denoise(request))
    assert [state.step for state in states] == list(range(9)) and states[-1].noise_level == 0
    assert states[0].noise_level > 0.9999
    from playground.zoo.image_models import load_image_model

    loaded = load_image_model("diffusion-avatars")
    reference = build_scheduler(scheduler, loaded.card.facts["schedule"], 8)
    assert isinstance(reference, diffusers.SchedulerMixin)
    condition = torch.from_numpy(condition_rows(image_model_facts("diffusion-avatars"), {}, 2))
    sources = seeded_generators(request)
    x = torch.stack([torch.randn(3, 16, 16, generator=source) for source in sources])
    places = list(reference.timesteps)
    if scheduler == "heun":
        x = torch.from_numpy(states[1].latents) * float((1 + float(reference.sigmas[2]) ** 2) ** 0.5)
        reference.set_begin_index(2)
        places = places[2:]
    else:
        x = x * float(reference.init_noise_sigma)
    with torch.inference_mode():
        for timestep in places:
            ready = reference.scale_model_input(x, timestep)
            v = loaded.net(ready, torch.full((2,), float(timestep)), condition)
            options = {"generator": sources} if scheduler == "ddpm" else {}
            x = reference.step(v, timestep, x, **options).prev_sample
    difference = np.abs(states[-1].latents - x.numpy()).max()
    assert difference < 2e-3, difference


def test_a_branch_with_the_same_settings_repeats_the_run() -> None:
    request = parse_image_request("diffusion-avatars", {"count": 2, "steps": 8})
    run = list(denoise(request))
    branch = list(denoise(request, DenoisingBranch(3, run[3].latents)))
    assert branch[0].step == 3 and np.array_equal(branch[-1].xt, run[-1].xt)
    fresh = list(denoise(request, DenoisingBranch(3, run[3].latents, fresh_seed=1)))
    assert not np.array_equal(fresh[-1].xt, run[-1].xt)


def test_a_run_left_in_the_middle_leaves_the_thread_its_gradients() -> None:
    """A server's thread that draws for one visitor may search by gradients for the next."""
    request = parse_image_request("diffusion-avatars", {"count": 1, "steps": 4})
    run = list(denoise(request))
    for branch in (None, DenoisingBranch(1, run[1].latents, fresh_seed=1)):
        left = denoise(request, branch)
        next(left)
        assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_a_branch_that_does_not_fit_explains_itself() -> None:
    request = parse_image_request("diffusion-avatars", {"count": 2, "steps": 8})
    with pytest.raises(PlaygroundError, match="from other pictures"):
        next(denoise(request, DenoisingBranch(3, np.zeros((1, 3, 16, 16), np.float32))))
    with pytest.raises(PlaygroundError, match="step 0 to 7"):
        next(denoise(request, DenoisingBranch(8, np.zeros((2, 3, 16, 16), np.float32))))
    with pytest.raises(PlaygroundError, match="does not draw step by step"):
        next(denoise(parse_image_request("gan-avatars", {})))
