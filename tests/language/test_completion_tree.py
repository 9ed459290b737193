"""The tree of completions: forks, selection, rewound prompts, pruning."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.language.completion_tree import MAX_BRANCHES, CompletionTree, forked_request, place_of
from playground.language.generation import Generation, generate
from playground.language.sampling import SamplerSettings
from playground.language.text_request import TextRequest, recipe_of, request_from
from playground.language.tree_storage import decode_tree, encode_tree, recalled_tree


def last_report(request: TextRequest, known: Generation | None = None) -> Generation:
    *_, last = generate(request, known)
    return last


@pytest.fixture
def base(llama: str) -> Generation:
    return last_report(TextRequest("Once upon a time", model=llama, max_new_tokens=10, seed=1))


def test_a_fork_is_selected_and_the_former_branch_stays(base: Generation) -> None:
    request, known = forked_request(base, base.request, "output", 4, 99)
    assert request.forced == (None, None, None, None, 99)
    text = last_report(request, known)
    tree = CompletionTree().replant(base).fork(text, "output", 4)
    assert tree.selected is not None and tree.selected.generation.tokens[4].id == 99
    assert text.tokens[:4] == base.tokens[:4]
    assert tree.forks() == {4: 1}
    back = tree.select(0)
    assert back.selected is not None and back.selected.generation == base and back.forks() == {4: 1}
    rows = tree.to_json()["branches"]
    assert [row["current"] for row in rows] == [False, True] and rows[1]["parent"] == 0
    assert tree.select(77) is tree


def test_a_fork_under_other_settings_forces_the_tokens_before_it(base: Generation) -> None:
    now = TextRequest("other", model=base.request.model, sampler=SamplerSettings(temperature=2.0), max_new_tokens=10)
    request, known = forked_request(base, now, "output", 3, 99)
    assert request.prompt == base.request.prompt and request.sampler == now.sampler
    assert request.forced == (*[token.id for token in base.tokens[:3]], 99)
    assert [token.id for token in last_report(request).tokens[:4]] == [
        token.id for token in last_report(request, known).tokens[:4]
    ]


def test_a_fork_within_the_prompt_rewinds_it(base: Generation) -> None:
    request, known = forked_request(base, base.request, "prompt", 2, 99)
    text = last_report(request, known)
    assert text.prompt == base.prompt[:2] and text.tokens[0].id == 99
    assert text.tokens == last_report(request).tokens


@pytest.mark.parametrize(("part", "position"), [("prompt", 0), ("prompt", 99), ("output", -1), ("output", 99)])
def test_a_fork_at_a_missing_position_is_an_error(base: Generation, part: str, position: int) -> None:
    with pytest.raises(PlaygroundError):
        forked_request(base, base.request, part, position, 5)


def test_old_leaves_are_pruned_but_never_the_selected_branch(base: Generation) -> None:
    tree = CompletionTree().replant(base)
    for _ in range(MAX_BRANCHES + 10):
        tree = tree.select(0).fork(base, "output", 1)
    assert len(tree.branches) == MAX_BRANCHES and tree.selected is not None and 0 in tree.branches


@pytest.fixture
def forked(base: Generation) -> CompletionTree:
    """A text, a branch that leaves it, and a branch within the prompt, which is selected."""
    tree = CompletionTree().replant(base)
    for part, position in (("output", 4), ("prompt", 2)):
        root = tree.select(0).selected
        assert root is not None
        request, known = forked_request(root.generation, base.request, part, position, 99)
        tree = tree.select(0).fork(last_report(request, known), part, position)
    return tree


def through_a_link(request: TextRequest) -> TextRequest:
    return request_from(from_query(recipe_of(request, "open", "").to_query()))


def test_a_tree_survives_the_browser(forked: CompletionTree) -> None:
    text = encode_tree(forked)
    assert decode_tree(text) == forked
    assert len(text) < len(encode_tree(CompletionTree().replant(forked.branches[0].generation))) * 3


@pytest.mark.parametrize(
    "change", ["[]", "{}", '{"version": 0}', "no JSON", '{"version": 1, "branches": [{}], "tokens": []}']
)
def test_a_damaged_tree_is_none(change: str) -> None:
    damaged = base64.b64encode(zlib.compress(change.encode())).decode()
    with pytest.raises(ValueError):
        decode_tree(damaged)
    assert recalled_tree(damaged) == recalled_tree(change) == recalled_tree("") == CompletionTree()


def test_an_unfolding_bomb_is_no_tree() -> None:
    bomb = base64.b64encode(zlib.compress(b" " * (64 << 20))).decode()
    with pytest.raises(ValueError, match="damaged"):
        decode_tree(bomb)


def test_a_text_takes_its_place_in_the_tree_of_an_earlier_page(forked: CompletionTree) -> None:
    for branch in forked.branches.values():
        again = place_of(forked, through_a_link(branch.generation.request))(branch.generation)
        assert again == forked.select(branch.id)


def test_a_fork_that_had_not_finished_leaves_the_branch_that_was_selected(base: Generation) -> None:
    tree = CompletionTree().replant(base)
    for part, position in (("output", 4), ("prompt", 2)):
        request, known = forked_request(base, base.request, part, position, 99)
        text = last_report(request, known)
        assert place_of(tree, through_a_link(request))(text) == tree.fork(text, part, position)


def test_a_text_of_another_prompt_begins_a_new_tree(base: Generation, forked: CompletionTree) -> None:
    for request in (replace(base.request, prompt="Two"), replace(base.request, seed=5)):
        assert place_of(forked, request)(base) == CompletionTree().replant(base)
