"""Kept pictures as text for a visitor's browser."""

from __future__ import annotations

import json

import numpy as np
import pytest

from playground.images.image_request import parse_image_request
from playground.images.kept_pictures import MAX_KEPT, decode_kept, encode_kept
from playground.images.sampling import ImageBatch, sample_images

pytestmark = pytest.mark.weights


def _kept(model: str, **settings: object) -> ImageBatch:
    *_, batch = sample_images(parse_image_request(model, {"count": 2, "seed": 5, **settings}))
    return batch.single(1)


def test_kept_pictures_are_the_same_after_a_reload() -> None:
    kept = [_kept("gan-avatars", condition="hat=none"), _kept("vae-avatars", prior="normal")]
    for batch, again in zip(kept, decode_kept(encode_kept(kept)), strict=True):
        assert again.request == batch.request and again.recipe() == batch.recipe()
        assert np.array_equal(again.pictures, batch.pictures) and np.array_equal(again.condition, batch.condition)
        assert (again.scores is None) == (batch.scores is None)


def test_pictures_of_a_model_that_is_gone_are_left_out_and_damaged_text_is_refused() -> None:
    data = json.loads(encode_kept([_kept("vae-avatars")]))
    gone = [{**data[0], "recipe": {**data[0]["recipe"], "model": "own-vae-avatars-gone"}}, *data]
    assert [batch.request.model for batch in decode_kept(json.dumps(gone))] == ["vae-avatars"]
    other = json.dumps([{**data[0], "pixels": "AAAA" + data[0]["pixels"][4:]}])
    for text in ("{}", "[1]", "[", json.dumps([{**data[0], "pixels": "AAAA"}]), other):
        with pytest.raises(ValueError, match=r".*"):
            decode_kept(text)


def test_the_newest_are_kept() -> None:
    batch = _kept("vae-avatars")
    assert len(decode_kept(encode_kept([batch] * (MAX_KEPT + 3)))) == MAX_KEPT
