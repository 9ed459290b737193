"""Links and files of panels whose result is not a single text: Compare, Score, Beam search and Many endings.

A result's recipe has the tab's settings, the panel's own, and a fingerprint of the result. Opened again, the panel runs
with its settings, and the fingerprints are compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe, Setting, from_json
from playground.core.verification import verify
from playground.language.generation import load
from playground.language.model_menu import model_facts
from playground.language.text_request import TextRequest, recipe_of, request_from
from playground.panels.text.controls import control_values, query_of
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.view import save_script


def connect_download(panel: str, elem_id: str) -> gr.Textbox:
    """A button that saves the result on the page as JSON. Returns the hidden box that `finished` fills: "file"."""
    file = gr.Textbox("", visible="hidden", elem_id=f"{elem_id}-file")
    button = gr.Button(say("text.generate.download_json"), elem_id=f"{elem_id}-download")
    nothing = json.dumps({"name": f"{panel}.json", "text": "{}"})
    script = f"(file) => ({save_script()})(file || {json.dumps(nothing)})"
    button.click(None, file, None, js=script, api_visibility="private")
    return file


def result_recipe(panel: str, request: TextRequest, own: Mapping[str, Setting], fingerprint_of: object) -> Recipe:
    """The recipe of a result. own: the panel's settings by their names in links.  fingerprint_of: JSON values."""
    loaded = load(request.model, request.decoder)
    recipe = recipe_of(request, loaded.decoder.name, loaded.weights_sha256)
    text = json.dumps(fingerprint_of, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    return replace(recipe, settings={"panel": panel, **recipe.settings, **own}, result=digest)


def finished(recipe: Recipe, data: Mapping[str, Any]) -> Update:
    """{"query", "file"} of a result. data: for the file, as JSON values."""
    text = json.dumps({**data, "recipe": recipe.to_json()}, ensure_ascii=False)
    return {"query": query_of(recipe), "file": json.dumps({"name": f"{recipe.settings['panel']}.json", "text": text})}


def controls_of(recipe: Recipe) -> dict[str, Any]:
    """The tab's settings in a recipe; the decoder is "auto" if this machine lacks the recipe's."""
    request = request_from(recipe)
    if request.decoder not in ("auto", *model_facts(request.model).decoders):
        request = replace(request, decoder="auto")
    return dict(control_values(request))


def own_settings(recipe: Recipe, components: Mapping[str, Any]) -> dict[str, Any]:
    """The panel's settings in a recipe, or as the page opens. components: by their names in links."""
    kinds = {name: type(component.value) for name, component in components.items()}
    given = {name: recipe.settings[name] for name in components if name in recipe.settings}
    numbers = {name: _number(str(value), kinds[name]) for name, value in given.items() if kinds[name] in (int, float)}
    return {name: component.value for name, component in components.items()} | given | numbers


def _number(text: str, kind: type) -> float:
    number = float(text)
    return int(number) if kind is int and number.is_integer() else number


def replayed(recipe: Recipe, updates: Iterator[Update]) -> Iterator[Update]:
    """The Updates of a run with a recipe's settings, and whether the result is the same."""
    if not recipe.is_run:
        yield {"notice": notice(say("text.generate.settings_only"))}
        return
    file = ""
    for update in updates:
        file = update.get("file", file)
        yield update
    if file and recipe.result:
        result = from_json(json.loads(json.loads(file)["text"]))
        # Numbers and lists are text in a link, and settings at their default are left out: the settings are the same.
        same = replace(recipe, model=result.model, seed=result.seed, settings=result.settings)
        verification = verify(same, result)
        assert verification is not None
        yield {"notice": messages.verification_notice(verification, say("text.share.compared"))}
