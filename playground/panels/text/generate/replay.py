"""A link of the panel: its settings, its text once more, and the tree of endings that the browser has kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.verification import Verification
from playground.language.completion_tree import CompletionTree, place_of
from playground.language.generation import describe_difference, generate
from playground.language.model_menu import model_facts
from playground.language.text_request import TextRequest, request_from
from playground.language.tree_storage import recalled_tree
from playground.panels.text.controls import restore_settings
from playground.panels.text.generate.updates import show, stream, tree_update
from playground.panels.text.token_data import tree_chips
from playground.ui import messages
from playground.ui.events import Update
from playground.ui.notice import notice


def restore(recipe: Recipe, linked: Mapping[str, Any]) -> Update:
    """Restores the settings of a link; `on_replay` then generates its text."""
    empty = {"chips": tree_chips(CompletionTree()), "carried": ""}
    return {**restore_settings(recipe, linked), **empty, "notice": _announcement(recipe)}


def _announcement(recipe: Recipe) -> dict[str, str]:
    if recipe.is_run:
        return notice(say("text.generate.replaying"))
    return notice(say("text.generate.settings_only"))


def on_replay(recipe: Recipe, kept: str) -> Iterator[Update]:
    """Generates the text of a recipe, if it has one or a run that has not finished, and compares it with its result.

    kept: a tree from before a reload; the text takes its place there.
    """
    request, tree = replay_request(recipe), recalled_tree(kept)
    if not recipe.is_run:
        yield from _text_before(request, tree)
        return
    add_to_tree = place_of(tree, request)
    last: dict[str, Any] = {}
    for update in stream(generate(request), add_to_tree):
        last = dict(update)
        yield update
    result: CompletionTree | None = last.get("tree")
    if result is None or result.selected is None:
        return
    yield tree_update(result)
    if not recipe.result:
        return
    difference = describe_difference(recipe, result.selected.generation)
    verification = Verification(not difference, difference)
    yield {"notice": messages.verification_notice(verification, say("text.generate.compared"))}


def _text_before(request: TextRequest, tree: CompletionTree) -> Iterator[Update]:
    """The text that was on the page when a setting was changed, if it is of the same prompt and model."""
    before = tree.selected.generation.request if tree.selected else None
    if before is not None and (before.prompt, before.model) == (request.prompt, request.model):
        update = {**show(tree), "branches": tree.to_json()}
        yield {name: value for name, value in update.items() if name != "notice"}


def replay_request(recipe: Recipe) -> TextRequest:
    """The request of a recipe, with decoder "auto" if this machine lacks the recipe's decoder."""
    request = request_from(recipe)
    if request.decoder not in ("auto", *model_facts(request.model).decoders):
        return replace(request, decoder="auto")
    return request
