"""A link of the panel: its settings, its text once more, and the tree of endings that the browser has kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.language.completion_tree import CompletionTree, place_of
from playground.language.generation import Generation, generate
from playground.language.text_request import TextRequest
from playground.language.tree_storage import recalled_tree
from playground.panels.text.controls import restore_settings
from playground.panels.text.generate.updates import show, stream, tree_update
from playground.panels.text.result_links import replay_request, replayed_text
from playground.panels.text.token_data import tree_chips
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
    updates = stream(generate(request), add_to_tree)
    yield from replayed_text(recipe, updates, lambda last: _ended(last.get("tree")))


def _ended(tree: CompletionTree | None) -> tuple[Update, Generation] | None:
    return None if tree is None or tree.selected is None else (tree_update(tree), tree.selected.generation)


def _text_before(request: TextRequest, tree: CompletionTree) -> Iterator[Update]:
    """The text that was on the page when a setting was changed, if it is of the same prompt and model."""
    before = tree.selected.generation.request if tree.selected else None
    if before is not None and (before.prompt, before.model) == (request.prompt, request.model):
        update = {**show(tree), "branches": tree.to_json()}
        yield {name: value for name, value in update.items() if name != "notice"}
