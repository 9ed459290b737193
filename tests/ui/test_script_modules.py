"""Scripts as modules: how they are served, what they import and export, and which are fetched ahead."""

from __future__ import annotations

import re

import pytest
from app_server import ROOT

from playground.core.catalogue import sentences
from playground.page import build_page, chosen_tabs, front_modules
from playground.ui import script_modules
from playground.ui.view import module_call


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Three modules instead of the page's: a view, which imports a helper, which imports the sentences."""
    files = {
        "ui/say.js": 'export const addSentences = () => {};\nexport const say = (key) => key; // "shared.page.title"\n',
        "ui/one.js": 'import { say } from "./say.js";\nexport const one = () => say("shared.page.title");\n',
        "panels/a/view.js": 'import {\n  one,\n} from "../../ui/one.js";\nexport const a = ({ element }) => one;\n',
    }
    monkeypatch.setattr(script_modules, "sources", lambda: files)
    return files


def test_a_module_is_served_with_the_sentences_that_it_names_and_no_others(modules: dict[str, str]) -> None:
    title = sentences()["shared.page.title"]
    start = f'import{{addSentences as $add}}from"./say.js";$add({{"shared.page.title":"{title}"}});import {{ say }}'
    assert script_modules.served("ui/one.js").decode().startswith(start)
    assert script_modules.served("ui/say.js").decode() == modules["ui/say.js"]
    assert b"$add" not in script_modules.served("panels/a/view.js")


def test_comments_are_not_served_and_lines_keep_their_numbers(modules: dict[str, str]) -> None:
    modules["ui/one.js"] = 'a; // kept\n/**\n * A comment.\n */\n  // Another.\nconst b = "//";\n/* c */\nd;\n'
    assert script_modules.served("ui/one.js").decode() == 'a; // kept\n\n\n\n\nconst b = "//";\n\nd;\n'


def test_imports_are_found_with_all_that_they_import(modules: dict[str, str]) -> None:
    assert script_modules.imports("panels/a/view.js") == ["ui/one.js"]
    assert script_modules.with_imports(["panels/a/view.js"]) == ["panels/a/view.js", "ui/one.js", "ui/say.js"]


def test_another_content_of_any_module_is_another_folder(modules: dict[str, str]) -> None:
    name = script_modules.folder.__wrapped__
    before = name()
    assert re.fullmatch(r"web/[0-9a-f]{12}", before)
    modules["ui/one.js"] += ";"
    assert name() != before


def test_two_views_of_one_name_are_an_error(modules: dict[str, str]) -> None:
    find = script_modules.view_modules.__wrapped__
    assert find() == {"a": "panels/a/view.js"}
    modules["panels/b/view.js"] = modules["panels/a/view.js"]
    with pytest.raises(ValueError, match="the view a is in"):
        find()


def test_inline_javascript_can_only_call_what_is_exported() -> None:
    assert module_call("ui/run.js", "owner", "1") == "window.playground.call('ui/run.js', 'owner', 1)"
    with pytest.raises(ValueError, match="does not export"):
        module_call("ui/run.js", "no_such_function")


def test_a_page_fetches_ahead_what_its_front_panel_needs_and_nothing_of_other_panels() -> None:
    ahead = front_modules(build_page(chosen_tabs("latent")))["latent"]
    assert ahead[""] == ahead["walk"] and "panels/latent/walk/view.js" in ahead[""]
    assert "panels/latent/map/view.js" in ahead["map"] and "panels/latent/walk/view.js" not in ahead["map"]
    tags = script_modules.script_tags(ahead["map"])
    assert tags.startswith('<script type="module" src="./web/') and tags.count("<script") == 1
    for name in ("panels/latent/map/points.js", "ui/nearest.js", "ui/say.js"):
        assert f'<link rel="modulepreload" href="./{script_modules.folder()}/{name}">' in tags
    assert "walk" not in tags


def test_all_modules_of_the_package_are_served_and_no_text_spans_lines() -> None:
    files = {path.relative_to(ROOT / "playground").as_posix() for path in (ROOT / "playground").rglob("*.js")}
    assert files == script_modules.sources().keys() and len(files) > 50
    assert {f"{script_modules.folder()}/{name}" for name in files} == script_modules.served_files().keys()
    for name, source in script_modules.sources().items():
        assert all(line.count("`") % 2 == 0 for line in source.splitlines()), name
        assert set(script_modules.imports(name)) <= files, name


def test_only_the_page_s_module_writes_to_window() -> None:
    writers = {
        name for name, source in script_modules.sources().items() if re.search(r"\bwindow\.\w+ \??=[^=]", source)
    }
    assert writers == {"ui/page.js"}
