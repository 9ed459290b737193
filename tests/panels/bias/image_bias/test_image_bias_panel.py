"""The image bias panel by its handlers: components are prefixed by their part, and a link holds the labels."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.bias.face_labels import FaceImages, FacesRequest
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.panels.bias.image_bias import labelling, panel, skew


@pytest.fixture
def faces(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    def draw(request: FacesRequest) -> FaceImages:
        return FaceImages(request, "ab", np.zeros((request.count, 4, 4, 3), np.uint8))

    monkeypatch.setattr(labelling, "draw_faces", draw)


def test_a_link_to_labelled_faces_draws_them_with_their_labels_and_is_reproduced(faces: None) -> None:
    *_, drawn = labelling.on_draw(6, 7, 0.5, "calm, loud")
    tallied = labelling.on_tally(drawn["faces"], "121212|121211", ())
    recipe = from_query(tallied["query"])
    *_, again = panel.on_replay(recipe, (), ())
    assert again["faces_marks"] == "121212|121211" and again["faces_notice"]["text"].startswith("Reproduced ✓")
    assert again["faces_labelling"]["labels"] == ["calm", "loud"] and "query" in again
    assert all(name == "query" or name.startswith("faces_") for name in again)
    came_from = json.loads(again["faces_from"])
    assert came_from == {"count": 6, "truncation": 0.5, "seed": 7, "labels": "calm, loud"}


def test_labels_of_other_faces_are_refused(faces: None) -> None:
    recipe = from_query("tab=bias&panel=image_bias&model=gan-faces&part=faces&count=6&first=1212121")
    with pytest.raises(PlaygroundError, match="belong to other faces"):
        panel.on_restore(recipe)


def test_labels_cannot_be_counted_before_faces_are_drawn() -> None:
    with pytest.raises(PlaygroundError, match="press Draw faces"):
        labelling.on_tally(None, "1|1", ())


def test_a_link_to_a_training_restores_its_settings_without_training() -> None:
    query = "model=vae-trained-here&part=skew&attribute=beard&dark=0.8&light=0.2&reweighed=true&steps=100&count=200"
    recipe = from_query(f"tab=bias&panel=image_bias&seed=3&{query}")
    restored: dict[str, Any] = dict(panel.on_restore(recipe))
    names = ("attribute", "dark", "light", "steps", "count", "seed")
    assert [restored[f"skew_{name}"] for name in names] == ["beard", 80, 20, 100, 200, 3]
    assert say("bias_texts.image_bias.skew.train_reweighed") in restored["skew_notice"]["text"]
    assert list(panel.on_replay(recipe, (), ())) == []


def test_a_failed_replay_explains_itself_in_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: Any) -> Any:
        raise PlaygroundError("No model.")
        yield

    monkeypatch.setattr(skew, "train_and_draw", fail)
    recipe = from_query("tab=bias&panel=image_bias&model=vae-avatars-skewed&part=skew&steps=0")
    *_, update = panel.on_replay(recipe, (), ())
    assert update.keys() == {"skew_notice"} and update["skew_notice"] == {"tone": "error", "text": "No model."}
