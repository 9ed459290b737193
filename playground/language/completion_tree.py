"""Completions of one prompt as a tree: rewinding and forcing another token adds a branch. Plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.generation import Generation
from playground.language.text_request import TextRequest

#: Past this number the oldest leaves are removed.
MAX_BRANCHES = 40


@dataclass(frozen=True)
class Branch:
    """One text. parent: the branch it left.  part, fork: "output" or "prompt", and the position there where it left."""

    id: int
    parent: int | None
    part: str
    fork: int | None
    generation: Generation


@dataclass(frozen=True)
class CompletionTree:
    """All texts since the last new prompt, and the one that is selected."""

    branches: Mapping[int, Branch] = field(default_factory=dict)
    current: int = -1

    @property
    def selected(self) -> Branch | None:
        """The branch on the page; None in an empty tree."""
        return self.branches.get(self.current)

    def replant(self, generation: Generation) -> CompletionTree:
        """A new tree of one text."""
        return CompletionTree({0: Branch(0, None, "output", None, generation)}, 0)

    def fork(self, generation: Generation, part: str, position: int) -> CompletionTree:
        """The tree with a new, selected branch that leaves the former one at a position."""
        new = max(self.branches, default=-1) + 1
        branches = {
            **self.branches,
            new: Branch(new, self.current if self.branches else None, part, position, generation),
        }
        return CompletionTree(branches, new)._prune()

    def extend(self, generation: Generation) -> CompletionTree:
        """The tree with a longer text in the selected branch."""
        branch = self.branches[self.current]
        return CompletionTree({**self.branches, branch.id: replace(branch, generation=generation)}, self.current)

    def select(self, branch: int) -> CompletionTree:
        """The tree with another branch selected; the same tree if there is no such branch."""
        return replace(self, current=branch) if branch in self.branches else self

    def forks(self) -> dict[int, int]:
        """Output position -> how many other branches leave the selected text there."""
        if self.selected is None:
            return {}
        own = self.selected.generation
        ids = [token.id for token in own.tokens]
        counts: dict[int, int] = {}
        for branch in self.branches.values():
            if branch.id == self.current or branch.generation.request.prompt_tokens != own.request.prompt_tokens:
                continue
            other = [token.id for token in branch.generation.tokens]
            position = next((i for i, (a, b) in enumerate(zip(ids, other, strict=False)) if a != b), None)
            if position is not None:
                counts[position] = counts.get(position, 0) + 1
        return counts

    def to_json(self) -> dict[str, object]:
        """The value of panels.text.generate.completion_tree_view."""
        return {"branches": [self._branch_json(branch) for branch in self.branches.values()]}

    def _branch_json(self, branch: Branch) -> dict[str, object]:
        generation, fork = branch.generation, branch.fork
        start = 0 if fork is None or branch.part == "prompt" else fork
        word = generation.tokens[start].text if fork is not None and len(generation.tokens) > start else ""
        return {
            "id": branch.id,
            "parent": branch.parent,
            "part": branch.part,
            "fork": fork,
            "word": word,
            "text": "".join(token.text for token in generation.tokens[start:]),
            "count": len(generation.tokens),
            "current": branch.id == self.current,
            "finish_reason": generation.finish_reason,
        }

    def _prune(self) -> CompletionTree:
        branches = dict(self.branches)
        while len(branches) > MAX_BRANCHES:
            parents = {branch.parent for branch in branches.values()}
            leaves = [key for key in sorted(branches) if key not in parents and key != self.current]
            if not leaves:
                break
            del branches[leaves[0]]
        return CompletionTree(branches, self.current)


def place_of(tree: CompletionTree, request: TextRequest) -> Callable[[Generation], CompletionTree]:
    """Where a text of this request belongs in the tree of an earlier page: a function that puts it there.

    It replaces the branch of the same request, or leaves the selected one if its first tokens were forced. A text of
    another prompt, or model, begins a new tree.
    """
    selected = tree.selected
    same = [branch for branch in tree.branches.values() if _key(branch.generation.request) == _key(request)]
    if selected is None or not (same or _is_fork(selected.generation.request, request)):
        return tree.replant
    if same:
        branch = selected if selected in same else same[0]
        return tree.select(branch.id).extend
    own = selected.generation.request
    if request.prompt_tokens is not None and request.prompt_tokens != own.prompt_tokens:
        return lambda text: tree.fork(text, "prompt", request.prompt_tokens or 0)
    return lambda text: tree.fork(text, "output", len(request.forced) - 1)


def _key(request: TextRequest) -> TextRequest:
    """A request without what a link may change: its length, and the decoder's name."""
    return replace(request, max_new_tokens=1, decoder="auto")


def _is_fork(own: TextRequest, request: TextRequest) -> bool:
    given = [(one.prompt, one.mode, one.model, one.system, one.history, one.stop) for one in (own, request)]
    return given[0] == given[1] and bool(request.forced)


def forked_request(
    base: Generation, now: TextRequest, part: str, position: int, token: int
) -> tuple[TextRequest, Generation]:
    """(the request of a new branch with this token at a position, the text up to there).

    base: the text that the branch leaves.  now: the request in the page's present settings.  part: "prompt" or
    "output". Raises PlaygroundError if there is no such position.
    """
    own = base.request
    if part == "prompt":
        if not 1 <= position < len(base.prompt):
            raise PlaygroundError(say("text.generate.first_token"))
        request = replace(own, sampler=now.sampler, seed=now.seed, prompt_tokens=position, forced=(token,))
        known = replace(base, prompt=base.prompt[:position], tokens=(), finish_reason="")
    else:
        if not 0 <= position < len(base.tokens):
            raise PlaygroundError(say("text.generate.token_gone"))
        earlier: list[int | None] = [item.id for item in base.tokens[:position]]
        if (own.sampler, own.seed) == (now.sampler, now.seed):
            # The same seed draws the same tokens again, so the request needs only the forced ones.
            earlier = list(own.forced[:position]) + [None] * (position - len(own.forced))
        request = replace(own, sampler=now.sampler, seed=now.seed, forced=(*earlier, token))
        known = replace(base, tokens=base.tokens[:position], finish_reason="")
    longest = max(own.max_new_tokens, len(request.forced), now.max_new_tokens)
    return replace(request, max_new_tokens=longest), replace(known, request=request)
