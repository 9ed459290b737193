"""Links, files and events of panels whose result is not a single text: Compare, Score, Beam search and Many endings.

A result's recipe has the tab's settings, the panel's own, and a fingerprint of the result. Opened again, the panel runs
with its settings, and the fingerprints are compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe, Setting, from_json
from playground.core.verification import Verification, verify
from playground.language.generation import Generation, describe_difference, load
from playground.language.model_menu import model_facts
from playground.language.text_request import TextRequest, recipe_of, request_from
from playground.panels.text.controls import TextShared, control_values, query_of, restore_settings
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.newest_run import Listener, connect_runs
from playground.ui.notice import notice
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import ResultSettings
from playground.ui.view import save_script


def connect_download(panel: str, elem_id: str) -> gr.Textbox:
    """A button that saves the result on the page as JSON. Returns the hidden box that `finished` fills: "file"."""
    file = gr.Textbox("", visible="hidden", elem_id=f"{elem_id}-file")
    button = gr.Button(say("text.generate.download_json"), elem_id=f"{elem_id}-download")
    nothing = json.dumps({"name": f"{panel}.json", "text": "{}"})
    script = f"(file) => ({save_script()})(file || {json.dumps(nothing)})"
    button.click(None, file, None, js=script, api_visibility="private")
    return file


@dataclass(frozen=True)
class Run:
    """What a panel's button does. keywords: of `call`, the outputs among them named in `outputs`.

    result: the settings that its result comes from.  own: the panel's settings by their names in links.
    replay: (recipe) -> its Updates of a link.  starts: what starts it besides the panel's button.
    """

    keywords: Mapping[str, Any]
    outputs: Sequence[str]
    result: ResultSettings
    own: Mapping[str, Any]
    replay: Callable[[Recipe], Iterator[Update]]
    starts: Sequence[Listener] = ()


def connect_panel(name: str, item: gr.Tab, components: Any, shared: TextShared, run: Run) -> Panel:
    """Connects a panel's button, its Stop and its settings in links. components: with run, stop and notice."""
    keywords = run.result.carry(run.keywords)
    connect_runs(name, components.stop, components.notice, [([components.run.click, *run.starts], keywords)])
    shared.linked.update(run.own)
    return Panel(
        name,
        item,
        (components, shared),
        restore=lambda recipe: restore_settings(recipe, shared.linked),
        restored=["controls", "linked", "about", "query"],
        replay=run.replay,
        replayed=run.outputs,
        result=run.result,
        stops=[components.stop],
        example=Example(keywords, varies=True),
    )


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


def replay_request(recipe: Recipe) -> TextRequest:
    """The request of a recipe, with decoder "auto" if this machine lacks the recipe's decoder."""
    request = request_from(recipe)
    if request.decoder not in ("auto", *model_facts(request.model).decoders):
        return replace(request, decoder="auto")
    return request


def controls_of(recipe: Recipe) -> dict[str, Any]:
    """The tab's settings in a recipe, as `replay_request` reads them."""
    return dict(control_values(replay_request(recipe)))


def replayed_text(
    recipe: Recipe, updates: Iterator[Update], ended: Callable[[Update], tuple[Update, Generation] | None]
) -> Iterator[Update]:
    """The Updates of a recipe's text as it grows, its link, and whether it is the same, token for token.

    ended: the last Update -> (that of the link, the text), or None if there is no text.
    """
    last: Update = {}
    for last in updates:
        yield last
    result = ended(last)
    if result is None:
        return
    link, text = result
    yield link
    if not recipe.result:
        return
    difference = describe_difference(recipe, text)
    verification = Verification(not difference, difference)
    yield {"notice": messages.verification_notice(verification, say("text.generate.compared"))}


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
