from __future__ import annotations

import gzip
import hashlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.data import fashion


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty pictures in the published format, as if they were the published ones."""
    random = np.random.default_rng(0)
    known = {}
    for part, count in (("train", 20), ("t10k", 10)):
        images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        files = {
            f"{part}-images-idx3-ubyte": struct.pack(">4I", 0x803, count, 28, 28) + images.tobytes(),
            f"{part}-labels-idx1-ubyte": struct.pack(">2I", 0x801, count) + bytes(n % 10 for n in range(count)),
        }
        for name, content in files.items():
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
            known[name] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(fashion, "SHA256", {name: known[name] for name in fashion.SHA256})
    monkeypatch.setenv("PLAYGROUND_FASHION_DIR", str(tmp_path))
    return tmp_path


def test_the_folder_of_the_environment_is_read_and_named(folder: Path) -> None:
    data = fashion.load()
    assert data.images.shape == (30, 28, 28, 1) and data.held_out.tolist() == [False] * 20 + [True] * 10
    assert data.labels["class"].tolist() == [n % 10 for n in range(20)] + list(range(10))
    assert str(folder) in data.origin and data.licence == "MIT"


def test_unpacked_files_are_read_as_well(folder: Path) -> None:
    packed = fashion.load().sha256()
    for path in folder.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert fashion.load().sha256() == packed


@pytest.mark.parametrize("damage", [b"", b"not packed", gzip.compress(b"another file")], ids=["empty", "odd", "other"])
def test_a_file_that_is_not_the_published_one_explains_itself(folder: Path, damage: bytes) -> None:
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(damage)
    with pytest.raises(PlaygroundError, match="t10k-images.*apt-get install dataset-fashion-mnist"):
        fashion.load()


def test_a_missing_folder_explains_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYGROUND_FASHION_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(PlaygroundError, match="PLAYGROUND_FASHION_DIR"):
        fashion.load()


def test_a_missing_data_set_explains_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PLAYGROUND_FASHION_DIR", raising=False)
    monkeypatch.setattr(fashion, "DEBIAN_FOLDER", tmp_path / "nowhere")
    monkeypatch.setattr(fashion, "find_spec", lambda _name: None)
    with pytest.raises(PlaygroundError, match="apt-get install dataset-fashion-mnist"):
        fashion.load()


def test_the_sample_is_balanced_and_held_out() -> None:
    sample = fashion.load_sample()
    assert sample.images.shape == (200, 28, 28, 1) and sample.held_out.all()
    assert np.bincount(sample.labels["class"]).tolist() == [20] * 10
    assert fashion.SAMPLE.stat().st_size < 200_000


@pytest.mark.skipif(
    not fashion.DEBIAN_FOLDER.is_dir() and not os.environ.get("PLAYGROUND_FASHION_DIR"),
    reason="Fashion-MNIST is not installed",
)
def test_the_real_pictures_are_the_published_ones() -> None:
    real = fashion.load()
    assert real.images.shape == (70_000, 28, 28, 1) and real.sha256() == fashion.IMAGES_SHA256
    assert np.bincount(real.labels["class"]).tolist() == [7000] * 10
    sample = fashion.load_sample()
    held_out = {image.tobytes() for image in real.images[real.held_out_rows()]}
    assert all(image.tobytes() in held_out for image in sample.images)
