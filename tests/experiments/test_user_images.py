"""A visitor's pictures: read with consent only; unreadable ones are named and skipped; a trainer opens them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from playground.core.errors import PlaygroundError
from playground.experiments import user_images
from playground.training import image_data, trainer_registry


def folder_of(path: Path, good: int) -> list[Path]:
    files = []
    for index in range(good):
        files.append(path / f"good-{index}.png")
        Image.new("RGB", (30 + index, 20), (20 * index % 256, 100, 50)).save(files[-1])
    return files


def test_what_cannot_be_read_is_named_and_skipped(tmp_path: Path) -> None:
    files = folder_of(tmp_path, 9)
    (tmp_path / "cut.png").write_bytes(files[0].read_bytes()[:60])
    (tmp_path / "page\u202e.png").write_text("<html>")
    files += [tmp_path / "cut.png", tmp_path / "page\u202e.png", tmp_path / "gone.png"]
    *_, last = user_images.gather_images(files, 16, True)
    assert last.pictures.shape == (9, 16, 16, 3) and len(last.skipped) == 3
    sentence = last.sentence()
    assert sentence.startswith("9 of 12 files used. Skipped: cut.png: ")
    assert "gone.png" in sentence and "\u202e" not in sentence


def test_what_was_gathered_opens_as_a_training(tmp_path: Path) -> None:
    *_, last = user_images.gather_images(folder_of(tmp_path, 12), 28, True)
    ((name, content),) = user_images.run_files(last).items()
    assert name == image_data.USER_IMAGES_FILE
    (tmp_path / name).write_bytes(content)
    settings = trainer_registry.read_settings("vae", "folder", {"side": 28, "batch": 4, "width": 16})
    trainer = trainer_registry.trainer_module("vae", "folder").open_trainer("folder", settings, 0, tmp_path)
    assert len(trainer.data.images) == 12 and trainer.data.held_out.sum() == 2


@pytest.mark.parametrize(
    ("count", "side", "consent", "sentence"),
    [(9, 16, False, "Tick"), (0, 16, True, "8 to 5,000"), (7, 16, True, "8 to 5,000"), (9, 17, True, "16 or 28")],
)
def test_too_few_pictures_no_consent_and_another_size_explain_themselves(
    tmp_path: Path, count: int, side: int, consent: bool, sentence: str
) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        list(user_images.gather_images(folder_of(tmp_path, count), side, consent))


def test_a_folder_of_broken_pictures_says_what_is_wrong_with_them(tmp_path: Path) -> None:
    files = folder_of(tmp_path, 9)
    for path in files[:4]:
        path.write_bytes(b"no")
    with pytest.raises(PlaygroundError, match=r"at least 8 .* 5 of 9 .* good-0\.png"):
        list(user_images.gather_images(files, 16, True))


def test_the_lab_and_the_course_agree_on_limits_and_name() -> None:
    assert user_images.FILE == image_data.USER_IMAGES_FILE
    assert (user_images.FEWEST, user_images.MOST) == (image_data.FEWEST_USER_IMAGES, image_data.MOST_USER_IMAGES)
