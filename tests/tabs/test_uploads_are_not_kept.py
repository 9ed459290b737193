"""What the page says of an upload is true: it is read, and its file is gone."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from playground.labs.uploads import Upload
from playground.tabs.images.mine import on_fit, on_upload
from playground.tabs.latent.walk import on_mine


def test_an_upload_is_deleted_once_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    Image.new("RGB", (32, 20), "red").save(file)
    read, box, _ = on_upload(str(file))
    assert isinstance(read, Upload) and box is None and not file.exists()
    picture, _, note = on_fit(read, "gan-avatars", "crop", False)
    assert picture.shape == (16, 16, 3) and "cut to its middle" in note["text"]


def test_what_is_no_picture_is_deleted_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    file.write_text("<html>")
    read, _, note = on_upload(str(file))
    assert read is None and note["tone"] == "error" and not file.exists()


def test_a_picture_for_a_walk_is_deleted_once_it_is_placed(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    for model, tone in (("vae-avatars", "ok"), ("gan-avatars", "error")):
        Image.new("RGB", (32, 20), "red").save(file)
        ends, note = on_mine(str(file), model, [], "3")
        assert note["tone"] == tone and not file.exists()
        assert tone == "error" or ends.startswith("3, z:")
