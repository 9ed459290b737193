"""THIRD_PARTY.md is what the generator writes, and each of its claims about the repository follows from the files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from app_server import ROOT

from playground import third_party
from playground.core.files import sha256_of
from playground.core.paths import DATA
from playground.zoo.cards import DEFAULT_MODEL, models

SOURCES = {source.title: source for source in third_party.data_sources()}


def entry(title: str) -> str:
    """One data set's part of the text, on one line."""
    return " ".join(third_party.data_entry(SOURCES[title]).split())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which data files can be added and removed: a copy of assets/data."""
    folder = Path(shutil.copytree(DATA, tmp_path / "assets" / "data"))
    monkeypatch.setattr(third_party, "DATA", folder)
    monkeypatch.setattr(third_party, "REPOSITORY", tmp_path)
    monkeypatch.setattr(third_party.avatars, "SHIPPED", folder / "avatars.npz")
    return folder


def test_the_file_is_what_the_generator_writes() -> None:
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert text == third_party.third_party(), "run python -m playground.third_party > THIRD_PARTY.md"


def test_the_avatars_in_the_repository_are_counted(data: Path) -> None:
    assert "In this repository: 26,000 pictures with their labels, assets/data/avatars.npz" in entry("Avatars")
    np.savez(data / "avatars.npz", images=np.zeros((3, 16, 16, 3), np.uint8))
    assert "In this repository: 3 pictures with" in entry("Avatars")
    (data / "avatars.npz").unlink()
    assert "In this repository: nothing of it" in entry("Avatars")


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_data_set_is_claimed_only_if_its_file_exists(source: third_party.DataSource, data: Path) -> None:
    for path in source.files:
        assert f"assets/data/{path}" in entry(source.title)
        (data / path).unlink()
    assert "In this repository: nothing of it" in entry(source.title)


def test_every_data_file_is_ours_or_has_an_entry() -> None:
    claimed = {path for source in SOURCES.values() for path in source.files}
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    records = {"austen.json", "shakespeare.json"}
    assert files - claimed - records - {name for name in files if "LICEN" in name} == {"sentences.txt"}, (
        "written for this page"
    )
    assert claimed <= files


def test_changed_word_sets_are_reported_as_changed(data: Path) -> None:
    assert "word sets: that file, unchanged" in entry("WEAT word sets")
    with (data / "weat" / "weat.json").open("a") as file:
        file.write("\n")
    assert "word sets: that file, changed" in entry("WEAT word sets")


def test_models_are_listed_under_the_data_that_they_learned_from() -> None:
    avatars = third_party.trained_on("avatars")
    assert {"gan-avatars", "vae-avatars-skewed"} <= set(avatars) and set(avatars.values()) == {"CC0-1.0"}
    assert set(third_party.trained_on("austen")) == {"austen-early", "austen-middle", "austen-late"}
    assert third_party.trained_on("") == {} and third_party.trained_on("avatar") == {}
    every = {name for source in SOURCES.values() for name in third_party.trained_on(source.trained)}
    bundled = {path.stem for path in (ROOT / "assets" / "weights").glob("*.safetensors")}
    assert every == bundled | {path.name for path in (ROOT / "assets" / "text").iterdir()}


def test_weights_in_the_repository_are_found_by_their_sha256(tmp_path: Path) -> None:
    card = models()[DEFAULT_MODEL]
    assert third_party.weights_here([card]) == [], "as THIRD_PARTY.md says"
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    planted = replace(card, title="Planted", weights_sha256=sha256_of(tmp_path / "model.safetensors"))
    assert third_party.weights_here([card, planted], tmp_path) == ["Planted"]
    assert third_party.weights_here([card], tmp_path) == []


def test_a_font_in_the_repository_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert third_party._fonts_sentence().startswith("None in this repository: the page uses")
    monkeypatch.setattr(third_party, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(third_party, "REPOSITORY", tmp_path)
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "inter.woff2").write_bytes(b"font")
    assert third_party._fonts_sentence() == "In this repository: assets/inter.woff2."


def test_the_readme_has_the_download_sizes() -> None:
    megabytes = sum(card.size_bytes for card in models().values() if card.name != DEFAULT_MODEL) / 1e6
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{megabytes:.0f} MB in all" in readme
    assert f"one model ({models()[DEFAULT_MODEL].size_bytes / 1e6:.0f} MB)" in readme


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
