"""Step by step: where a branch can start, and what a run says, without a page."""

from __future__ import annotations

import json

import pytest

from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_image_request
from playground.panels.images.controls import controls_update
from playground.panels.images.denoising import panel

pytestmark = pytest.mark.weights


def test_a_branch_starts_at_the_step_of_the_slider_and_never_at_a_finished_picture() -> None:
    request = parse_image_request("diffusion-avatars", {"count": 6, "steps": 3})
    last = list(panel.run_updates(request))[-1]
    tracks = last["tracks"]
    assert len(tracks[0][1][0].xt) == panel.MAX_IMAGES and "the first 4 pictures" in str(last["notice"])
    with pytest.raises(PlaygroundError, match="finished at step 3"):
        next(panel.on_branch(tracks, 3, "", 4.0, False, 0))
    branched = list(panel.on_branch(tracks, 2, "", 4.0, False, 0))[-1]["tracks"]
    assert branched[1][0].startswith("Branch at step 2")


def test_a_model_of_another_family_is_replaced_by_diffusion() -> None:
    update = controls_update(parse_image_request("gan-avatars", {"count": 2, "steps": 2}))
    attributes = [dropdown.value for dropdown in update["attributes"]]
    updates = list(panel.on_run("gan-avatars", 2, 0, attributes, update["settings"]))
    assert updates[0]["model"].value == "diffusion-avatars", "the menu shows it"
    assert json.loads(updates[0]["carried"])["model"] == "diffusion-avatars"
    assert updates[-1]["tracks"][0][1][0].request.model == "diffusion-avatars"
    assert "This panel needs diffusion" in updates[-1]["notice"]["text"]
