"""Scripts and styles of a page: what they hold, in which order, and under which names they are served."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.ui import bundles


@pytest.mark.parametrize("suffix", [".js", ".css"])
def test_the_page_comes_first_then_ui_then_the_tab_s_own_panels(suffix: str) -> None:
    files = bundles.web_files(suffix, "latent")
    folders = [path.relative_to(bundles.PACKAGE).parts[0] for path in files]
    assert files[0].name == f"page{suffix}" and folders == sorted(folders, reverse=True)
    assert {path.parts[path.parts.index("panels") + 1] for path in files if "panels" in path.parts} == {"latent"}


def test_without_a_tab_all_files_are_bundled() -> None:
    tabs = {path.parts[path.parts.index("panels") + 1] for path in bundles.web_files(".js") if "panels" in path.parts}
    assert tabs >= {"text", "images", "latent", "bias", "train"}


def test_a_bundle_is_its_files_joined_and_named_by_its_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "page.js").write_text("first()", "utf-8")
    (tmp_path / "ui" / "other.js").write_text("second()", "utf-8")
    monkeypatch.setattr(bundles, "PACKAGE", tmp_path)
    whole = bundles.bundle.__wrapped__
    before = whole(".js", "text")
    assert before.content == b"window.playgroundSentences = {};\nfirst()\nsecond()"
    assert before.media_type.startswith("text/javascript")
    assert before.name.startswith("text.") and before.name.endswith(".js")
    (tmp_path / "ui" / "other.js").write_text("third()", "utf-8")
    assert whole(".js", "text").name != before.name


def test_scripts_are_deferred_and_tags_are_relative_to_the_root() -> None:
    assert bundles.script_tag("text").startswith('<script src="./web/text.') and " defer>" in bundles.script_tag("text")
    assert bundles.style_tag().startswith('<link rel="stylesheet" href="./web/all.')


def test_every_part_of_window_playground_is_defined_once() -> None:
    files = bundles.script_files()
    assert {"make", "tokens", "facts", "pictures"} <= files.keys()
    assert all(f"playground.{part} = " in path.read_text("utf-8") for part, path in files.items())
