"""What the page says of an upload is true: it is read, and its file is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from playground.core.errors import PlaygroundError
from playground.core.image_upload import Upload
from playground.panels.images.inversion.panel import on_fit, on_upload
from playground.panels.latent.arithmetic import slots
from playground.panels.latent.map import own_picture
from playground.panels.latent.walk.own_picture import on_file


def test_an_upload_is_deleted_once_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    Image.new("RGB", (32, 20), "red").save(file)
    update = on_upload(str(file))
    assert isinstance(update["upload"], Upload) and update["upload_file"] is None and not file.exists()
    fitted = on_fit(update["upload"], "gan-avatars", "crop", False)
    assert fitted["picture"].shape == (16, 16, 3) and "cropped to the middle" in fitted["notice"]["text"]


def test_what_is_no_picture_is_deleted_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    file.write_text("<html>")
    update = on_upload(str(file))
    assert update["upload"] is None and update["notice"]["tone"] == "error" and not file.exists()


def test_a_picture_for_a_walk_is_deleted_before_it_is_looked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    Image.new("RGB", (32, 20), "red").save(file)
    shown = on_file(str(file), "vae-avatars", [], 10, "3", False)
    next(shown)
    assert not file.exists()
    *_, last = shown
    assert last["endpoints"].startswith("3, ") and "z:" in last["endpoints"] and last["notice"]["tone"] == "ok"


def test_what_is_no_picture_for_a_walk_is_deleted_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    file.write_text("<html>")
    with pytest.raises(PlaygroundError, match="."):
        list(on_file(str(file), "vae-avatars", [], 10, "3", False))
    assert not file.exists()


def test_what_is_no_picture_for_the_map_is_deleted_and_said_in_place_of_the_note_on_the_one_before(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.png"
    Image.new("RGBA", (32, 20), (255, 0, 0, 9)).save(file)
    good = own_picture.on_upload(str(file), "vae-avatars")
    assert "laid on white" in good["read"]["text"] and good["read"]["tone"] == "ok" and not file.exists()
    file.write_text("<html>")
    bad = own_picture.on_upload(str(file), "vae-avatars")
    assert bad["read"]["tone"] == "error" and "picture" not in bad and not file.exists()
    assert own_picture.on_encode(None, "vae-avatars") == {"gaussian": None}, "no second sentence"


def test_an_upload_into_a_sum_is_deleted_and_said_beside_its_button_too(tmp_path: Path) -> None:
    """The notice of the panel is two screens of a phone above the buttons."""
    file = tmp_path / "mine.png"
    Image.new("RGBA", (32, 20), (255, 0, 0, 9)).save(file)
    good = slots.on_upload("A", str(file), "vae-avatars", [], ("vae-avatars", "", "", ""))
    assert "laid on white" in good["read"]["text"] and good["read"] == good["notice"] and not file.exists()
    file.write_text("<html>")
    bad = slots.on_upload("A", str(file), "vae-avatars", [], ("vae-avatars", "", "", ""))
    assert bad["read"]["tone"] == bad["notice"]["tone"] == "error" and "slots" not in bad and not file.exists()
