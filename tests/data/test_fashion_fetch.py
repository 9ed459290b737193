"""Fashion-MNIST fetched by a button: verified, kept, taken up again, and in a sentence if it fails."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.data import fashion, fashion_fetch, registry
from playground.images.dataset_browser import is_missing

CONTENT = {"one-idx": b"1" * 1000, "two-idx": b"2" * 2000}
FILES = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the files are; the models' folder is another, and empty."""
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", str(tmp_path / "models"))
    (tmp_path / "site").mkdir()
    for name, content in CONTENT.items():
        (tmp_path / "site" / f"{name}.gz").write_bytes(gzip.compress(content))
    return (tmp_path / "site").as_uri()


def test_files_are_fetched_from_the_first_address_that_has_them_and_kept(address: str) -> None:
    fractions = list(fashion_fetch.fetch(FILES, ["file:///nowhere", address]))
    assert fractions == sorted(fractions) and 0 < fractions[-1] <= 1
    assert fashion_fetch.is_fetched(tuple(FILES)) and not list(fashion_fetch.folder().glob("*.part"))
    assert gzip.decompress((fashion_fetch.folder() / "two-idx.gz").read_bytes()) == CONTENT["two-idx"]
    assert list(fashion_fetch.fetch(FILES, [])), "what is here is not fetched again"


def test_another_file_of_that_name_or_no_network_is_explained(address: str) -> None:
    for files, addresses in (({"one-idx": "0" * 64}, [address]), (FILES, ["file:///nowhere"])):
        with pytest.raises(PlaygroundError, match="one-idx.gz could not be fetched: check the network"):
            list(fashion_fetch.fetch(files, addresses))
    assert not fashion_fetch.is_fetched(tuple(FILES))


def test_a_fetched_data_set_is_loaded_and_only_a_missing_one_has_a_button(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PLAYGROUND_FASHION_DIR", raising=False)
    monkeypatch.setattr(fashion, "DEBIAN_FOLDER", tmp_path / "none")
    monkeypatch.setattr(fashion, "find_spec", lambda name: None)
    assert "press Fetch Fashion-MNIST" in registry.missing("fashion")
    assert is_missing("vae-fashion") and not is_missing("vae-avatars") and not is_missing("gone")
    monkeypatch.setattr(fashion, "SHA256", FILES)
    list(fashion_fetch.fetch(FILES, [address]))
    assert registry.missing("fashion") == "" and not is_missing("vae-fashion")
