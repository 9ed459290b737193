"""Recipes in and out: links and files that are made again, downloads, and the text exactly as the model reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file
from playground.language.completion_tree import Tree
from playground.language.generation import differences, generate, prompt_text
from playground.language.text_request import TextRequest, request_from
from playground.panels.text.controls import request_of
from playground.panels.text.generate.panel import Shown, failed, stream
from playground.panels.text.token_data import caption, tree_chips
from playground.ui.notice import notice

_SKIP: Any = gr.skip()


def on_replay(recipe: Recipe | None, tree: Tree) -> Iterator[Shown]:
    """Runs a link's or a file's recipe again and says whether the same came out."""
    if recipe is None or not recipe.result:
        yield (_SKIP,) * 4
        return
    last: Shown | None = None
    try:
        for last in stream(generate(replay_request(recipe)), tree.planted):
            yield last
        if last is None or not isinstance(last[0], Tree) or last[0].shown is None:
            return
        differing = differences(recipe, last[0].shown.made)
        note = (
            notice(f"Differs: {differing}.", "warning") if differing else notice("Reproduced ✓ token for token.", "ok")
        )
        yield (*last[:3], note)
    except PlaygroundError as error:
        yield failed(error)


def replay_request(recipe: Recipe) -> TextRequest:
    """The recipe's request, by this machine's own decoder where the recipe's is not to be had."""
    from playground.language.model_menu import model_facts

    request = request_from(recipe)
    if request.decoder not in ("auto", *model_facts(request.model).decoders):
        return replace(request, decoder="auto")
    return request


def on_file(path: str | None) -> tuple[Recipe | None, Any]:
    """The recipe in a file that a visitor gives."""
    try:
        if path is None:
            raise PlaygroundError("Choose a JSON or a picture that was downloaded from this page.")
        with open(path, "rb") as file:
            content = file.read(64 << 20)
        recipe = from_file(content)
        request_from(recipe)
        return recipe, notice("Recipe read: making it again.")
    except PlaygroundError as error:
        return None, notice(str(error), "error")


def on_template(*values: Any) -> tuple[str, Any]:
    """The text exactly as the model reads it, template and control tokens included."""
    try:
        return prompt_text(request_of(values)), None
    except PlaygroundError as error:
        return "", notice(str(error), "error")


def on_download(tree: Tree) -> tuple[str, Any]:
    """The shown text as JSON, for the page to save."""
    if tree.shown is None:
        return "", notice("There is nothing to download yet: press Generate first.", "error")
    text = json.dumps(tree.shown.made.to_json(), ensure_ascii=False, indent=1)
    return json.dumps({"name": "generation.json", "text": text}), None


def on_picture(tree: Tree) -> tuple[str, Any]:
    """The shown text as coloured chips, for the page to draw as a PNG with the recipe inside."""
    if tree.shown is None:
        return "", notice("There is nothing to draw yet: press Generate first.", "error")
    made = tree.shown.made
    value = tree_chips(tree) | {"caption": caption(made)}
    recipe = made.recipe().to_json()
    return json.dumps({"name": "generation.png", "picture": value, "recipe": recipe}), None
