"""Styles of a page: what they hold, in which order, and under which names they are served."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.ui import bundles


def test_the_page_comes_first_then_ui_then_the_tab_s_own_panels() -> None:
    files = bundles.style_files("latent")
    folders = [path.relative_to(bundles.PACKAGE).parts[0] for path in files]
    assert files[0].name == "page.css" and folders == sorted(folders, reverse=True)
    assert {path.parts[path.parts.index("panels") + 1] for path in files if "panels" in path.parts} == {"latent"}


def test_without_a_tab_all_styles_are_bundled() -> None:
    tabs = {path.parts[path.parts.index("panels") + 1] for path in bundles.style_files() if "panels" in path.parts}
    assert tabs >= {"text", "images", "latent", "bias", "train"}


def test_a_bundle_is_its_files_joined_and_named_by_its_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "page.css").write_text("a {}", "utf-8")
    (tmp_path / "ui" / "other.css").write_text("b {}", "utf-8")
    monkeypatch.setattr(bundles, "PACKAGE", tmp_path)
    whole = bundles.styles.__wrapped__
    before = whole("text")
    assert before.content == b"a {}\nb {}"
    assert before.name.startswith("text.") and before.name.endswith(".css")
    (tmp_path / "ui" / "other.css").write_text("c {}", "utf-8")
    assert whole("text").name != before.name


def test_the_tag_is_relative_to_the_root() -> None:
    assert bundles.style_tag().startswith('<link rel="stylesheet" href="./web/all.')
