"""Downloads of a generated text, and the prompt exactly as the model reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.completion_tree import CompletionTree
from playground.language.generation import templated_prompt
from playground.panels.text.controls import TextShared, request_of
from playground.panels.text.token_data import caption, tree_chips
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice
from playground.ui.view import save_script


def connect(components: Any, shared: TextShared) -> None:
    """Connects the buttons. components: GenerateComponents."""
    for button, handler in ((components.download_json, on_json), (components.download_picture, on_picture)):
        encoded = button.click(**call(handler, components, ["tree"], ["file", "notice"]), **QUIET)
        encoded.then(None, components.file, None, js=save_script(), api_visibility="private")
    template = call(on_template, (components, shared), ["controls"], ["template", "notice"])
    components.show_template.click(**template, **FOLLOWS, **MODEL_QUEUE)


def on_template(controls: Mapping[str, Any]) -> Update:
    """The prompt exactly as the model reads it, with its template and control tokens."""
    try:
        return {"template": templated_prompt(request_of(controls)), "notice": None}
    except PlaygroundError as error:
        return {"template": "", "notice": error_notice(error)}


def on_json(tree: CompletionTree) -> Update:
    """The selected text as a JSON file for the page to save."""
    if tree.selected is None:
        return _no_text()
    text = json.dumps(tree.selected.generation.to_json(), ensure_ascii=False, indent=1)
    return {"file": json.dumps({"name": "generation.json", "text": text}), "notice": None}


def on_picture(tree: CompletionTree) -> Update:
    """The selected text as coloured tokens, which the page draws as a PNG that contains the recipe."""
    if tree.selected is None:
        return _no_text()
    generation = tree.selected.generation
    value = tree_chips(tree) | {"caption": caption(generation)}
    file = {"name": "generation.png", "picture": value, "recipe": generation.recipe().to_json()}
    return {"file": json.dumps(file), "notice": None}


def _no_text() -> Update:
    return {"file": "", "notice": notice(say("text.generate.no_text"), "error")}
