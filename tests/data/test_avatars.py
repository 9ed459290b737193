from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.data import avatar_words, avatars, npz_cache
from playground.data.dataset import sha256_of_images

#: The first images, as the pinned packages draw them.
PREFIX, PREFIX_SHA256 = 200, "23e92ffd6a3d31c8b7c752c3bb38252b021c57215e7b58ced8624aef9c23dc0a"
SKIN = {"lightest": (0xFF, 0xDB, 0xAC), "darkest": (0x8D, 0x55, 0x24)}


@pytest.fixture(scope="module")
def prefix() -> avatars.AvatarBatch:
    return avatars.draw_avatars(0, PREFIX)


@pytest.mark.slow
def test_this_machine_draws_the_pixels_that_the_models_were_trained_on(prefix: avatars.AvatarBatch) -> None:
    assert prefix.images.shape == (200, 16, 16, 3)
    assert sha256_of_images(prefix.images) == PREFIX_SHA256


def test_a_seed_alone_decides_the_picture(prefix: avatars.AvatarBatch) -> None:
    again = avatars.draw_avatars(150, 153)
    assert (again.images == prefix.images[150:153]).all() and (again.labels == prefix.labels[150:153]).all()


def test_every_attribute_has_unique_words() -> None:
    values = avatars.values()
    assert list(values) == ["skin", "hair", "hair colour", "glasses", "beard", "hat", "mouth", "clothing colour"]
    assert [len(words) for words in values.values()] == [8, 45, 11, 15, 9, 11, 23, 12]
    assert all(len(set(words)) == len(words) for words in values.values())
    assert [name for name, words in values.items() if "none" in words] == ["glasses", "beard", "hat"]


def test_shapes_have_names_that_links_and_grids_can_hold_and_numbers_of_old_links_lead_to_them() -> None:
    for attribute, words in avatars.values().items():
        assert not [word for word in words if set(word) & set("0123456789,;-=:")]
        assert [avatar_words.current_word(attribute, word) for word in words] == list(words)
    assert avatar_words.current_word("glasses", "dark 03") == "wraparound sunglasses"
    assert avatar_words.current_word("hat", "3") == avatar_words.current_word("hat", "03") == avatars.values()["hat"][3]


def test_the_skin_that_is_named_is_the_skin_that_is_seen(prefix: avatars.AvatarBatch) -> None:
    # The ears' row and the neck keep the skin's own colour; a white veil lies on the face above the neck.
    words = avatars.values()["skin"]
    for word, colour in SKIN.items():
        rows = np.flatnonzero(prefix.labels[:, 0] == words.index(word))
        assert len(rows) > 5
        neck = prefix.images[rows][:, 10:14, 5:11].reshape(len(rows), -1, 3)
        assert (neck == np.array(colour)).all(2).any(1).mean() > 0.9


def test_the_clothes_that_are_named_are_the_clothes_that_are_seen(prefix: avatars.AvatarBatch) -> None:
    words = avatars.values()["clothing colour"]
    rows = np.flatnonzero(prefix.labels[:, 7] == words.index("navy"))
    assert len(rows) > 5
    assert (prefix.images[rows][:, 12:].reshape(len(rows), -1, 3) == np.array((0x03, 0x39, 0x6C))).all(2).any(1).all()


def test_one_face_in_ten_wears_a_hat_which_covers_its_hair(prefix: avatars.AvatarBatch) -> None:
    names = list(avatars.values())
    hat, hair = (prefix.labels[:, names.index(name)] for name in ("hat", "hair colour"))
    assert avatars.values()["hat"][0] == "none" and 0.03 < (hat > 0).mean() < 0.2
    top = prefix.images[:, :4].astype(int)
    for colour in range(len(avatars.values()["hair colour"])):
        bare, covered = ((hair == colour) & worn for worn in (hat == 0, hat > 0))
        if bare.sum() > 20 and covered.any():
            # Most of a head's upper rows are the hair's colour, and look alike on all who wear nothing.
            usual = np.median(top[bare], axis=0)
            apart = [np.abs(top[rows] - usual).mean() for rows in (bare, covered)]
            assert apart[1] > apart[0], avatars.values()["hair colour"][colour]


@pytest.mark.slow
def test_the_whole_set_is_unique_and_partly_held_out(monkeypatch: pytest.MonkeyPatch, models_dir: Path) -> None:
    monkeypatch.setattr(avatars, "TRAIN_COUNT", 60)
    monkeypatch.setattr(avatars, "HELD_OUT_COUNT", 20)
    monkeypatch.setattr(avatars, "_CHUNK", 50)
    monkeypatch.setattr(avatars, "SHIPPED", None)
    doings: list[float] = []
    small = avatars.load(lambda _, fraction: doings.append(fraction))
    assert len({image.tobytes() for image in small.images}) == len(small.images) == 80
    assert small.held_out.sum() == 20 and doings[-1] == 1.0
    assert "differ from" in small.origin, "these are not all the pictures that the models were trained on"
    monkeypatch.setattr(avatars, "_draw_all", None)  # the second time they come from the disk
    assert avatars.load().sha256() == small.sha256()


def test_the_shipped_set_is_what_the_packages_draw(prefix: avatars.AvatarBatch) -> None:
    """The set has no duplicates, and the first few pictures have none either."""
    shipped = avatars.load()
    assert shipped.sha256() == avatars.IMAGES_SHA256
    assert np.array_equal(shipped.images[: len(prefix.images)], prefix.images)
    assert np.array_equal(shipped.attribute_table()[: len(prefix.labels)], prefix.labels)
    assert "same everywhere" in shipped.origin


def build() -> npz_cache.Arrays:
    return {"images": np.arange(12, dtype=np.uint8), "labels": np.zeros(3, np.uint8)}


@pytest.mark.parametrize("damage", ["cut short", "other content", "not an archive", "a missing array"])
def test_a_damaged_file_is_built_again(models_dir: Path, damage: str) -> None:
    def load(make=build):  # type: ignore[no-untyped-def]
        return npz_cache.load_or_build("small", ("images", "labels"), make, lambda _doing, _fraction: None)

    load()
    path = models_dir / "data" / "small.npz"
    whole = path.read_bytes()
    if damage == "cut short":
        path.write_bytes(whole[:100])
    elif damage == "other content":
        np.savez(path, images=np.zeros(12, np.uint8), labels=np.zeros(3, np.uint8), sha256=np.array("0" * 64))
    elif damage == "not an archive":
        path.write_bytes(b"hello")
    else:
        np.savez(path, images=np.zeros(12, np.uint8), sha256=np.array("0" * 64))
    assert (load()["images"] == np.arange(12)).all()
    assert (load(None)["images"] == np.arange(12)).all(), "and kept"
    assert [file.name for file in path.parent.iterdir() if not file.name.endswith(".lock")] == ["small.npz"]
