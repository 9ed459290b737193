"""What to notice in finished pictures: numbers by hand, from pictures that no model drew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from playground.images.batch_remark import axis_changes, batch_remark, colour_errors, settled_step
from playground.images.diffusion import DenoisingState
from playground.images.image_request import ImageRequest
from playground.images.sampling import ImageBatch


def flat(*shades: int) -> np.ndarray:
    """Grey pictures of one shade each, (N, 16, 16, 3)."""
    return np.stack([np.full((16, 16, 3), shade, np.uint8) for shade in shades])


def test_a_colour_error_is_the_root_mean_square_as_a_share_of_the_scale() -> None:
    assert np.allclose(colour_errors(flat(0, 51, 255)), [[0, 0.2, 1], [0.2, 0, 0.8], [1, 0.8, 0]], atol=1e-6)


def test_the_most_alike_pictures_and_the_discriminators_verdict_are_named_by_seed() -> None:
    request = ImageRequest("vae-avatars", 3, seed=7)
    batch = ImageBatch(request, "vae", "", flat(0, 204, 255), np.full((3, 8), 99), None, 1, 1, 0.1)
    assert "seeds 8 and 9: average colour error 20 %, against 67 %" in batch_remark(batch).replace("\xa0", " ")
    scored = replace(batch, kind="gan", scores=np.array([-1, 2, 0.5], np.float32))
    assert "takes 2 of 3 pictures for real; the best score has seed 8, the worst 7" in batch_remark(scored)
    assert batch_remark(replace(batch, pictures=batch.pictures[:2])) == ""


def test_each_axis_of_a_grid_is_measured_alone() -> None:
    down, across = axis_changes(flat(0, 51, 255, 204), 2, 2)
    assert np.allclose([down, across], [(1 + 0.6) / 2, 0.2], atol=1e-6)


def test_a_run_is_settled_once_its_guesses_stay_near_its_end() -> None:
    request = ImageRequest("diffusion-avatars", 1)
    shades = (0, 200, 120, 130, 128)
    states = [
        DenoisingState(request, step, 4, flat(shade), flat(shade), 1 - step / 4, 0, np.zeros(1, np.float32), 0.0)
        for step, shade in enumerate(shades)
    ]
    assert settled_step(states) == 2
