"""How the views are mounted: static templates, scripts that exist, events that can be heard, data only as text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest

from playground.panels.bias.sentence_pair.view import contrast_view, guess_view
from playground.panels.latent.arithmetic.view import sum_view, supply_view
from playground.panels.latent.traversal.view import changes_view, contact_view, reading_view
from playground.panels.latent.walk.view import plane_view, walk_view
from playground.panels.text.generate.completion_tree_view import completion_tree_view
from playground.ui.bundles import script_files, web_files
from playground.ui.token_chips import tokens_view


def answer(asked: object) -> dict[str, object]:
    return {}


VIEWS: list[tuple[Callable[..., gr.HTML], tuple[str, ...]]] = [
    (tokens_view, ("pick", "force")),
    (completion_tree_view, ("walk",)),
    (walk_view, ()),
    (lambda: plane_view(answer), ("moved", "end")),
    (lambda: sum_view(answer), ("put", "remove", "moved", "end", "empty", "example")),
    (supply_view, ("put",)),
    (lambda: reading_view(answer), ("chosen",)),
    (changes_view, ()),
    (contact_view, ("pick",)),
    (contrast_view, ()),
    (guess_view, ("reveal",)),
]


@pytest.mark.parametrize(("make", "events"), VIEWS)
def test_a_template_holds_nothing_that_gradio_would_fill_in(
    make: Callable[..., gr.HTML], events: tuple[str, ...]
) -> None:
    template = make().html_template
    assert "{{" not in template and "${" not in template and "@children" not in template


@pytest.mark.parametrize(("make", "events"), VIEWS)
def test_each_event_of_a_view_can_be_listened_to(make: Callable[..., gr.HTML], events: tuple[str, ...]) -> None:
    with gr.Blocks():
        made = make()
        for event in events:
            getattr(made, event)(lambda: None)
    with pytest.raises(AttributeError):
        made.unheard_of  # noqa: B018


@pytest.mark.parametrize(("make", "events"), VIEWS)
def test_the_function_of_a_view_is_in_a_script(make: Callable[..., gr.HTML], events: tuple[str, ...]) -> None:
    found = re.search(r"window\.playground\.(\w+)\(element", str(make().js_on_load))
    assert found and found[1] in script_files()


def test_a_value_travels_whole_as_text_without_tags() -> None:
    value: dict[str, Any] = {"run": "a", "start": 0, "tokens": [], "text": "<script>${1}{{value}}é"}
    for text in (tokens_view(value).value, tokens_view().postprocess(value)):
        assert json.loads(text) == value and "<" not in text
    assert tokens_view().postprocess(None) is None


@pytest.mark.parametrize("path", web_files(".js"), ids=lambda path: path.name)
def test_no_script_turns_data_into_html(path: Any) -> None:
    source = path.read_text("utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert way not in source, way


def test_every_view_finds_its_script_by_the_name_of_its_function() -> None:
    files = script_files()
    assert {"make", "tokens", "facts", "pictures"} <= files.keys()
    assert all(f"playground.{part} = " in path.read_text("utf-8") for part, path in files.items())
