"""Fashion-MNIST: 70,000 grey pictures of clothing, 28 × 28, in ten classes; the last 10,000 are held out.

It is not bundled: it is read from the folder PLAYGROUND_FASHION_DIR, from Debian's package dataset-fashion-mnist, from
what a visitor had fetched (fashion_fetch.py), or from the Hugging Face Hub, and used only if its sha256 is the
published one. A sample of 200 held-out pictures is bundled, to show where the data set is missing.
Source: Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, MIT licence.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import DATA
from playground.core.progress import Report, without_progress
from playground.data import fashion_fetch
from playground.data.dataset import Dataset, Images, Indices

NAME, SAMPLE_NAME = "fashion", "fashion-sample"
COUNT, SAMPLE_COUNT = 70_000, 200
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
HUB_ID = "zalando-datasets/fashion_mnist"
SAMPLE = DATA / "fashion-sample.npz"
CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
#: sha256 of the idx files, unpacked.
SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
#: sha256 of all 70,000 images in a row, as a model's JSON names them.
IMAGES_SHA256 = "0fbbfcb392782b3b702472ead3688778e1509e8cf40f5c24d9d3303618b193ab"
_HUB_FILES = {
    "train": "fashion_mnist/train-00000-of-00001.parquet",
    "t10k": "fashion_mnist/test-00000-of-00001.parquet",
}


def values() -> dict[str, tuple[str, ...]]:
    """Attribute -> its values. Loads nothing."""
    return {"class": CLASSES}


def is_here() -> bool:
    """Whether the pictures can be read without fetching them."""
    if os.environ.get("PLAYGROUND_FASHION_DIR", "").strip() or DEBIAN_FOLDER.is_dir():
        return True
    if fashion_fetch.is_fetched(tuple(SHA256)):
        return True
    if find_spec("pyarrow") is None:
        return False
    from huggingface_hub import try_to_load_from_cache

    return all(
        isinstance(try_to_load_from_cache(HUB_ID, path, repo_type="dataset"), str) for path in _HUB_FILES.values()
    )


def load(report: Report = without_progress) -> Dataset:
    """All 70,000 pictures.

    Raises PlaygroundError if they are not found, or are not the published ones.
    """
    chosen = os.environ.get("PLAYGROUND_FASHION_DIR", "").strip()
    if chosen:
        return _from_folder(Path(chosen).expanduser(), say("data.fashion.from_folder", folder=chosen))
    if DEBIAN_FOLDER.is_dir():
        return _from_folder(DEBIAN_FOLDER, say("data.fashion.from_debian"))
    if fashion_fetch.is_fetched(tuple(SHA256)):
        return _from_folder(fashion_fetch.folder(), say("data.fashion.from_authors"))
    return _from_hub(report)


def fetch() -> Iterator[float]:
    """Fetches the data set for later visits too; yields the fraction done. Raises PlaygroundError if that fails."""
    yield from fashion_fetch.fetch(SHA256)


def load_sample(_report: Report = without_progress) -> Dataset:
    """The 200 bundled held-out pictures, 20 of each class: to look at, not to train on."""
    try:
        with np.load(SAMPLE, allow_pickle=False) as file:
            images, labels = file["images"], file["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError) as error:
        raise PlaygroundError(say("data.fashion.sample_damaged")) from error
    return Dataset(
        name=SAMPLE_NAME,
        title=say("data.fashion.sample_title"),
        images=images,
        labels={"class": labels},
        values=values(),
        held_out=np.ones(len(images), np.bool_),
        origin=say("data.fashion.sample_origin"),
        licence="MIT",
    )


def _from_folder(folder: Path, origin: str) -> Dataset:
    """The data set from the four idx files in a folder, gzipped or not."""
    return _dataset({name: _read(folder, name) for name in SHA256}, origin)


def _read(folder: Path, name: str) -> bytes:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        if plain.is_file():
            return plain.read_bytes()
        with gzip.open(packed) as file:
            return file.read(1 << 26)
    except (OSError, EOFError, zlib.error) as error:
        raise PlaygroundError(
            say("data.fashion.folder_damaged", folder=folder, file=packed.name, advice=say("data.fashion.advice"))
        ) from error


def _from_hub(report: Report) -> Dataset:
    if find_spec("pyarrow") is None:
        raise PlaygroundError(say("data.fashion.no_pyarrow", advice=say("data.fashion.advice")))
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    files: dict[str, bytes] = {}
    for number, (part, path) in enumerate(_HUB_FILES.items()):
        report(say("data.fashion.fetching", part=part), number / 2)
        try:
            parquet = hf_hub_download(HUB_ID, path, repo_type="dataset")
        except (OSError, HfHubHTTPError, LocalEntryNotFoundError) as error:
            raise PlaygroundError(say("data.fashion.not_fetched", advice=say("data.fashion.advice"))) from error
        files |= _idx_of_parquet(part, Path(parquet))
    return _dataset(files, say("data.fashion.from_hub", id=HUB_ID))


def _idx_of_parquet(part: str, path: Path) -> dict[str, bytes]:
    """The same pictures as idx files, so that the published sha256 can be verified."""
    import io

    from PIL import Image
    from pyarrow import parquet  # optional: used only if installed

    table = parquet.read_table(path).to_pydict()
    pictures = [np.asarray(Image.open(io.BytesIO(cell["bytes"])).convert("L"), np.uint8) for cell in table["image"]]
    count = len(pictures)
    return {
        f"{part}-images-idx3-ubyte": struct.pack(">4I", 0x803, count, 28, 28) + np.stack(pictures).tobytes(),
        f"{part}-labels-idx1-ubyte": struct.pack(">2I", 0x801, count) + bytes(table["label"]),
    }


def _dataset(files: dict[str, bytes], origin: str) -> Dataset:
    """Raises PlaygroundError if a file is not the published one."""
    for name, expected in SHA256.items():
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise PlaygroundError(say("data.fashion.other_file", file=name, advice=say("data.fashion.advice")))
    train, test = _images(files["train-images-idx3-ubyte"]), _images(files["t10k-images-idx3-ubyte"])
    labels = [_labels(files["train-labels-idx1-ubyte"]), _labels(files["t10k-labels-idx1-ubyte"])]
    return Dataset(
        name=NAME,
        title=say("data.fashion.title"),
        images=np.concatenate([train, test]),
        labels={"class": np.concatenate(labels)},
        values=values(),
        held_out=np.arange(len(train) + len(test)) >= len(train),
        origin=origin,
        licence="MIT",
    )


def _images(idx: bytes) -> Images:
    """(N, 28, 28, 1) from a verified idx3 file: 16 bytes of header, then pixels."""
    return np.frombuffer(idx, np.uint8, offset=16).reshape(-1, 28, 28, 1)


def _labels(idx: bytes) -> Indices:
    return np.frombuffer(idx, np.uint8, offset=8).astype(np.int64)
