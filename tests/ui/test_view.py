"""How the views are mounted: static templates, scripts that exist, events that can be heard, data only as text."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from app_server import ROOT

from playground.ui.script_modules import exports, sources
from playground.ui.token_chips import tokens_view

_MOUNT = re.compile(r"window\.playground\.call\('(.*)', '(\w+)', \{ element.*const events = \[(.*)\]", re.DOTALL)


@pytest.fixture(scope="module")
def views(whole_site: gr.Blocks) -> dict[str, gr.HTML]:
    """One view of each function that the page's views mount, by its name."""
    found: dict[str, gr.HTML] = {}
    for block in whole_site.blocks.values():
        if isinstance(block, gr.HTML) and (mount := _MOUNT.search(str(block.js_on_load))):
            found[mount[2]] = block
    assert len(found) > 40
    return found


def test_a_template_holds_nothing_that_gradio_would_fill_in(views: dict[str, gr.HTML]) -> None:
    for name, component in views.items():
        for marker in ("{{", "${", "@children"):
            assert marker not in str(component.html_template), name


def test_each_event_of_a_view_can_be_listened_to(views: dict[str, gr.HTML]) -> None:
    heard = Counter[str]()
    for name, component in views.items():
        mount = _MOUNT.search(str(component.js_on_load))
        assert mount
        for event in re.findall(r"'(\w+)'", mount[3]):
            assert callable(getattr(component, event)), (name, event)
            heard[event] += 1
        with pytest.raises(AttributeError):
            component.unheard_of  # noqa: B018
    assert {"pick", "force", "walk", "reveal", "moved", "fork"} <= heard.keys()


def test_the_module_of_each_view_exports_it_and_triggers_its_events(views: dict[str, gr.HTML]) -> None:
    for name, component in views.items():
        mount = _MOUNT.search(str(component.js_on_load))
        assert mount and name in exports(mount[1])
        for event in re.findall(r"'(\w+)'", mount[3]):
            assert f'trigger("{event}"' in sources()[mount[1]], (name, event)


def test_a_value_is_sent_as_json_text_without_tags() -> None:
    value: dict[str, Any] = {"run": "a", "start": 0, "tokens": [], "text": "<script>${1}{{value}}é"}
    for text in (tokens_view(value).value, tokens_view().postprocess(value)):
        assert json.loads(text) == value and "<" not in text
    assert tokens_view().postprocess(None) is None


@pytest.mark.parametrize("path", sorted((ROOT / "playground").rglob("*.js")), ids=lambda path: path.name)
def test_no_script_turns_data_into_html(path: Path) -> None:
    source = path.read_text("utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert way not in source, way
