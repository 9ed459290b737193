"""Fashion-MNIST fetched by a button: verified, kept, taken up again, and in a sentence if it fails."""

from __future__ import annotations

import gzip
import hashlib
import io
import urllib.request
from pathlib import Path
from types import SimpleNamespace

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


class Endless(io.BytesIO):
    """A body that does not end. size: of each piece of it."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.pieces = iter([b"x" * size] * 200)

    def read1(self, size: int | None = -1) -> bytes:
        return next(self.pieces)  # the 201st is asked for by nobody who gives up


@pytest.mark.parametrize("size", [1, 1000])
def test_an_address_that_drips_or_sends_without_end_is_given_up_for_the_next(
    address: str, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    now, fetch = iter(range(10**6)), urllib.request.urlopen
    monkeypatch.setattr(fashion_fetch, "time", SimpleNamespace(monotonic=lambda: float(next(now))))
    monkeypatch.setattr(fashion_fetch, "TOTAL_BYTES", 50_000)
    monkeypatch.setattr(
        urllib.request, "urlopen",
        lambda where, timeout: Endless(size) if where.startswith("http://bad") else fetch(where, timeout=timeout),
    )  # fmt: skip
    list(fashion_fetch.fetch(FILES, ["http://bad", address]))
    assert fashion_fetch.is_fetched(tuple(FILES))


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
