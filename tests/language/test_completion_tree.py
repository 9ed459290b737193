"""The tree of completions: forks, selection, rewound prompts, pruning."""

from __future__ import annotations

import pytest

from playground.core.errors import PlaygroundError
from playground.language.completion_tree import MAX_BRANCHES, CompletionTree, forked_request
from playground.language.generation import Generation, generate
from playground.language.sampling import SamplerSettings
from playground.language.text_request import TextRequest


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
