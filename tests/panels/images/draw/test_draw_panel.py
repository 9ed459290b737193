"""The Draw panel's handlers: what a change of settings draws, and whether a recipe is reproduced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.images.image_request import ImageRequest, image_request_from
from playground.images.inspection import Inspection
from playground.images.kept_pictures import MAX_KEPT
from playground.images.sampling import FILM_STEPS, ImageBatch, sample_images
from playground.panels.images import batch_updates
from playground.panels.images.controls import controls_update, page_request
from playground.panels.images.draw import panel
from playground.panels.images.image_card import card_value, copy_sentence
from playground.ui.notice import notice


def batch(request: ImageRequest, shade: int = 0, step: int = 1) -> ImageBatch:
    """Flat pictures, not drawn by a model."""
    pictures = np.full((request.count, 16, 16, 3), shade, np.uint8)
    return ImageBatch(request, "gan", "", pictures, np.full((request.count, 8), 99), None, step, 1, 0.1)


@pytest.fixture(autouse=True)
def sampler(monkeypatch: pytest.MonkeyPatch) -> list[ImageRequest]:
    """Requests that were sampled: one unfinished batch and one finished for each."""
    requests: list[ImageRequest] = []

    def sample(request: ImageRequest) -> Iterator[ImageBatch]:
        requests.append(request)
        yield batch(request)

    monkeypatch.setattr(batch_updates, "sample_images", sample)
    return requests


def values(request: ImageRequest) -> list[Any]:
    """The controls' values for a request."""
    update = controls_update(request)
    attributes = [dropdown.value for dropdown in update["attributes"]]
    return [request.model, update["count"], update["seed"], attributes, update["settings"]]


def test_drawing_clears_the_notice_and_leaves_a_link() -> None:
    updates = list(panel.on_draw(*values(ImageRequest("gan-avatars", 2))))
    assert updates[0] == {"notice": None}
    assert "seeds 0 to 1" in updates[-2]["caption"]["text"] and "count=2" in updates[-2]["query"]
    assert updates[-1] == {"notice": notice("")}, "two pictures are compared at a glance"


def test_pictures_that_are_on_the_page_are_not_drawn_again(sampler: list[ImageRequest]) -> None:
    request = ImageRequest("gan-avatars", 2)
    assert list(panel.on_settings(batch(request), *values(request))) == [{}] and sampler == []
    assert list(panel.on_settings(batch(request), *values(replace(request, seed=1))))[0] == {"notice": None}
    assert sampler == [replace(request, seed=1)]


def test_the_first_batch_leaves_the_notice_of_a_bad_link() -> None:
    updates = list(panel.on_settings(None, *values(page_request())))
    assert updates and all("notice" not in update for update in updates)


def test_an_unfinished_batch_has_no_link() -> None:
    assert "query" not in batch_updates.batch_update(batch(ImageRequest("gan-avatars"), step=0))


def replayed(recipe: Any) -> dict[str, str]:
    *_, last = panel.replay(recipe)
    return dict(last.get("notice") or {})


def test_a_recipe_is_reproduced_or_differs_or_has_nothing_to_compare() -> None:
    request = ImageRequest("gan-avatars", 3, 5)
    recipe = batch(request).recipe()
    assert replayed(recipe) == {"tone": "ok", "text": "Reproduced ✓ pixel for pixel."}
    assert replayed(replace(recipe, settings={"count": 3}))["tone"] == "ok", "what a link leaves out has its default"
    other = batch(request, shade=9).recipe()
    text = replayed(other)["text"]
    assert text == "Differs: 3 of 3 pictures (seeds 5, 6, 7): another processor may round differently."
    assert "the weights differ" in replayed(replace(other, weights_sha256="0"))["text"]
    assert replayed(replace(recipe, result="")) == {}
    with pytest.raises(PlaygroundError, match="is damaged"):
        replayed(replace(recipe, result="?"))


def test_each_button_of_the_card_has_its_own_handler() -> None:
    chosen = batch(ImageRequest("gan-avatars", 1, 7))
    keep, png, alone = (SimpleNamespace(_data={"name": name}) for name in ("keep", "png", "alone"))
    assert panel.on_keep(chosen, [], png) == {} == panel.on_keep(None, [], keep)
    assert panel.on_keep(chosen, [chosen] * MAX_KEPT, keep)["kept"] == [chosen] * MAX_KEPT
    assert panel.on_download(chosen, keep) == {} and '"gan-avatars-7.png"' in panel.on_download(chosen, png)["file"]
    assert list(panel.on_alone(chosen, keep)) == [{}]
    first, last = panel.on_alone(chosen, alone)
    assert first["seed"] == 7 and first["count"] == 1 and last["batch"].request == chosen.request


def test_stopping_says_at_which_step() -> None:
    assert panel.on_stop(None)["notice"]["text"] == "Stopped."
    assert panel.on_stop(batch(ImageRequest("gan-avatars"), step=0))["notice"]["text"] == "Stopped at step 0 of 1."


@pytest.mark.weights
def test_the_stored_batch_is_what_the_model_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    stored, request = panel.stored_batch(), page_request()
    assert stored is not None and stored.request == request and stored.done
    drawn = list(sample_images(request))[-1]
    # Another processor rounds differently.
    assert np.abs(stored.pictures.astype(int) - drawn.pictures).max() <= 12
    assert [frame.shape for frame in drawn.film] == [drawn.pictures.shape] * (FILM_STEPS + 1)
    assert np.array_equal(drawn.film[-1], drawn.pictures), "the film ends with the pictures"
    noise, last = drawn.film[0].astype(float), drawn.film[-1].astype(float)
    assert noise.std() > last.std() > 0, "and begins with noise"


def test_the_card_says_whether_it_copied_and_why_it_does_not_know() -> None:
    single = batch(ImageRequest("gan-avatars", 1))
    missing = Inspection(missing=say("images.card.no_data", dataset="fashion"))
    rows = {row["name"]: row["text"] for row in card_value(single, missing)["rows"]}
    assert rows[say("shared.picture.copied")].startswith("Not checked: the training pictures (fashion)")
    near = np.zeros((1, 16, 16, 3), np.uint8)
    for distance, percentile, answer in ((0.0, 2.0, "Yes: "), (5.1, 0.5, "Yes, nearly: "), (25.5, 40.0, "No: ")):
        sentence = copy_sentence(Inspection({}, near, np.array([distance]), percentile))
        assert sentence.startswith(answer)
    assert "average colour error 10.0\N{NO-BREAK SPACE}%" in sentence


def test_the_page_draws_a_vae_from_its_mixture_and_a_link_without_a_prior_as_before() -> None:
    assert page_request().prior == "mixture"
    link = from_query("tab=images&model=vae-avatars&seed=3")
    assert controls_update(image_request_from(link))["settings"]["prior"] == "normal"
