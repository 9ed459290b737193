"""Compression of the site's files: quick at once, well in the background, and kept for the next start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from playground.ui import compression

FILE = b"".join(b"const value%d = %d;\n" % (number, number * number) for number in range(3000))


@pytest.fixture(autouse=True)
def folder(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the compressed files, in a process that has compressed nothing."""
    for name in ("_answers", "_files"):
        monkeypatch.setattr(compression, name, type(getattr(compression, name))())
    monkeypatch.setattr(compression, "_yield_to_others", lambda: None)
    compression._folder.cache_clear()
    yield compression._folder()
    compression._folder.cache_clear()


def restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_files", {})


def test_a_file_goes_out_at_once_and_smaller_when_the_background_has_reached_it() -> None:
    quick = compression.compressed(FILE, "br")
    compression.compress_ahead([FILE])
    best = compression.compressed(FILE, "br")
    assert brotli.decompress(quick) == brotli.decompress(best) == FILE and len(best) < 0.95 * len(quick)


def test_the_next_start_compresses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compression.compress_ahead([FILE, b"body {}"])
    first = compression.compressed(FILE, "br")
    restart(monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(brotli, "compress", None)
        compression.compress_ahead([FILE, b"body {}"])
        assert compression.compressed(FILE, "br") == first


def test_a_damaged_file_is_compressed_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compression.compress_ahead([FILE])
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    for damaged in (whole[:-9], b"", brotli.compress(b"alert('another file')")):
        path.write_bytes(damaged)
        restart(monkeypatch)
        compression.compress_ahead([FILE])
        assert path.read_bytes() == whole == compression.compressed(FILE, "br")


def test_files_of_another_gradio_go_and_a_folder_that_cannot_be_written_to_does_no_harm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = folder.with_name("gradio-1.0")
    former.mkdir(parents=True)
    compression._folder.cache_clear()
    compression.compress_ahead([])
    assert not former.exists() and folder.parent.is_dir()
    folder.parent.rmdir()
    folder.parent.write_text("in the way")
    compression.compress_ahead([FILE])
    assert brotli.decompress(compression.compressed(FILE, "br")) == FILE


def test_more_answers_than_are_kept_take_no_file_s_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_MOST_ANSWERS", 3)
    compression.compress_ahead([FILE])
    for number in range(5):
        compression.compressed(b"page %d" % number, "gzip")
    assert len(compression._answers) == 3 and compression.compressed(FILE, "br") is next(
        iter(compression._files.values())
    )
