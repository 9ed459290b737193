"""What the page shows of a tree of texts: a growing text, a finished one, and the link to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from playground.core.throttle import throttle
from playground.language.completion_tree import CompletionTree
from playground.language.generation import Generation
from playground.language.tree_storage import encode_tree
from playground.panels.text.controls import came_from, query_of, running_query
from playground.panels.text.history_view import history_entry
from playground.panels.text.token_data import caption_notice, chips, remark, tree_chips
from playground.ui.events import Update
from playground.ui.view import new_run

#: Outputs of a growing text: few, because each costs time at every update.
STREAM_OUTPUTS = ("tree", "chips", "caption", "notice", "carried", "query")
#: Outputs of a finished text. kept: the tree, for the visitor's browser.
TREE_OUTPUTS = ("branches", "query", "history", "kept")
#: Between two updates of a text: with shorter intervals a slow page is too busy to react to Stop.
_UPDATE_SECONDS = 0.15


def show(tree: CompletionTree, run: str | None = None, note: Mapping[str, str] | None = None) -> Update:
    """The selected branch of a tree. run: of the view's drawing that this ends."""
    generation = tree.selected.generation if tree.selected else None
    return {
        "tree": tree,
        "chips": tree_chips(tree, run),
        "caption": caption_notice(generation) if generation else None,
        "notice": note,
        "carried": came_from(generation.request) if generation else "",
    }


def tree_update(tree: CompletionTree) -> Update:
    """TREE_OUTPUTS after a text has ended or another is selected: the tree, and the link to the selected text."""
    if tree.selected is None:
        return {"branches": tree.to_json()}
    generation = tree.selected.generation
    query = query_of(generation.recipe())
    entry = history_entry(query, generation.request.prompt, generation.text)
    return {"branches": tree.to_json(), "query": query, "history": entry, "kept": encode_tree(tree)}


def stream(texts: Iterator[Generation], add_to_tree: Callable[[Generation], CompletionTree]) -> Iterator[Update]:
    """STREAM_OUTPUTS as a text grows, about six times a second. add_to_tree: returns the tree with that text."""
    run, sent, generation = new_run(), 0, None
    linked = ""
    for generation in throttle(texts, _UPDATE_SECONDS):
        tree = add_to_tree(generation.stopped())
        update = {"tree": tree, "caption": caption_notice(generation), "notice": None}
        if not linked:
            linked = update["query"] = running_query(generation.request)
        prompt_is_read = len(generation.prompt) == generation.prompt_count
        if prompt_is_read and (generation.tokens or generation.finish_reason):
            if not sent:
                update["carried"] = came_from(generation.request)
            update["chips"] = chips(generation.prompt, generation.tokens, done=False, run=run, start=sent)
            sent = len(generation.tokens)
        yield update
    if generation is not None:
        yield show(add_to_tree(generation), run, remark(generation))
