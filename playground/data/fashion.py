"""Fashion-MNIST: 70,000 grey pictures of clothing, 28 × 28, in ten classes; the last 10,000 are held out.

It is found, not carried along: in a folder named by PLAYGROUND_FASHION_DIR, in Debian's package dataset-fashion-mnist,
or on the Hugging Face Hub. Whichever it is, its bytes are the published ones (sha256) or it is not used.
A sample of 200 held-out pictures comes with the playground, to look at where there is nothing else.
Source: Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, MIT licence.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.paths import DATA
from playground.core.progress import Report, without_progress
from playground.data.dataset import Dataset, Images, Indices

NAME, SAMPLE_NAME = "fashion", "fashion-sample"
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


def load(report: Report = without_progress) -> Dataset:
    """All 70,000 pictures.

    Raises PlaygroundError if they are nowhere to be found, or are not the published ones.
    """
    chosen = os.environ.get("PLAYGROUND_FASHION_DIR", "").strip()
    if chosen:
        return _from_folder(Path(chosen).expanduser(), f"Fashion-MNIST from the folder {chosen}.")
    if DEBIAN_FOLDER.is_dir():
        return _from_folder(DEBIAN_FOLDER, "Fashion-MNIST from Debian's package dataset-fashion-mnist.")
    return _from_hub(report)


def load_sample(_report: Report = without_progress) -> Dataset:
    """200 held-out pictures, 20 of each class, that come with the playground: to look at, not to train on."""
    try:
        with np.load(SAMPLE, allow_pickle=False) as file:
            images, labels = file["images"], file["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError) as error:
        raise PlaygroundError(
            "The sample of Fashion-MNIST is missing or damaged: install the playground anew."
        ) from error
    return Dataset(
        name=SAMPLE_NAME,
        title="Fashion-MNIST, a sample of 200",
        images=images,
        labels={"class": labels},
        values=values(),
        held_out=np.ones(len(images), np.bool_),
        origin="200 of Fashion-MNIST's held-out pictures, 20 of each class, bundled with the playground.",
        licence="MIT",
    )


def _from_folder(folder: Path, origin: str) -> Dataset:
    """From the four idx files in a folder, packed (.gz) or not."""
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
            f"{folder} should hold Fashion-MNIST, but {packed.name} is missing or cannot be read: {_advice()}"
        ) from error


def _from_hub(report: Report) -> Dataset:
    if find_spec("pyarrow") is None:
        raise PlaygroundError(f"Fashion-MNIST is not on this machine: {_advice()} (The Hub's copy needs pyarrow too.)")
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    files: dict[str, bytes] = {}
    for number, (part, path) in enumerate(_HUB_FILES.items()):
        report(f"Fetching Fashion-MNIST ({part}) from the Hub", number / 2)
        try:
            parquet = hf_hub_download(HUB_ID, path, repo_type="dataset")
        except (OSError, HfHubHTTPError, LocalEntryNotFoundError) as error:
            raise PlaygroundError(
                f"Fashion-MNIST is not on this machine and could not be fetched from the Hub: {_advice()}"
            ) from error
        files |= _idx_of_parquet(part, Path(parquet))
    return _dataset(files, f"Fashion-MNIST from the Hugging Face Hub, {HUB_ID}.")


def _idx_of_parquet(part: str, path: Path) -> dict[str, bytes]:
    """The idx files that hold the same pictures, so that their published sha256 can be checked."""
    import io

    from PIL import Image
    from pyarrow import parquet  # not required: only where somebody has it

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
            raise PlaygroundError(
                f"{name} is not the published Fashion-MNIST (its sha256 differs) and was not used: {_advice()}"
            )
    train, test = _images(files["train-images-idx3-ubyte"]), _images(files["t10k-images-idx3-ubyte"])
    labels = [_labels(files["train-labels-idx1-ubyte"]), _labels(files["t10k-labels-idx1-ubyte"])]
    return Dataset(
        name=NAME,
        title="Fashion-MNIST, 28 × 28",
        images=np.concatenate([train, test]),
        labels={"class": np.concatenate(labels)},
        values=values(),
        held_out=np.arange(len(train) + len(test)) >= len(train),
        origin=origin,
        licence="MIT",
    )


def _images(idx: bytes) -> Images:
    """(N, 28, 28, 1) from an idx3 file, whose sha256 was checked: 16 bytes of header, then pixels."""
    return np.frombuffer(idx, np.uint8, offset=16).reshape(-1, 28, 28, 1)


def _labels(idx: bytes) -> Indices:
    return np.frombuffer(idx, np.uint8, offset=8).astype(np.int64)


def _advice() -> str:
    return (
        "install it (on Debian and Ubuntu: apt-get install dataset-fashion-mnist), or set PLAYGROUND_FASHION_DIR to a "
        "folder with its four idx files."
    )
