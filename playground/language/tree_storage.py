"""A tree of endings as text, for the visitor's browser: each token once, however many branches share it.

Reading checks the text, which may have been edited or come from another version. It runs no model.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_json
from playground.language.completion_tree import MAX_BRANCHES, Branch, CompletionTree
from playground.language.generation import Generation
from playground.language.text_request import MAX_NEW_TOKENS, recipe_of, request_from
from playground.language.token_display import Alternative, Token

VERSION = 1
#: Characters of a stored tree: browsers keep about five million for a whole site.
MOST_CHARACTERS = 1_500_000
_MOST_BYTES = 32 << 20
_FACTS = (
    "decoder", "precision", "device", "weights_sha256", "finish_reason", "prompt_read", "prompt_count",
    "seconds_to_first_token", "tokens_per_second",
)  # fmt: skip


def encode_tree(tree: CompletionTree) -> str:
    """The tree as text, base64 of deflated JSON. One that is too long keeps only its selected branch."""
    text = _encode(tree)
    if len(text) > MOST_CHARACTERS and tree.selected is not None:
        text = _encode(CompletionTree().replant(tree.selected.generation))
    return text if len(text) <= MOST_CHARACTERS else ""


def _encode(tree: CompletionTree) -> str:
    places: dict[Token, int] = {}
    branches = [_branch_json(branch, places) for branch in tree.branches.values()]
    data: dict[str, Any] = {"version": VERSION, "current": tree.current, "branches": branches}
    data["tokens"] = [astuple(token) for token in places]
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(raw, 6)).decode()


def _branch_json(branch: Branch, places: dict[Token, int]) -> dict[str, Any]:
    text = branch.generation
    indices = [[places.setdefault(token, len(places)) for token in part] for part in (text.prompt, text.tokens)]
    return {
        "id": branch.id, "parent": branch.parent, "part": branch.part, "fork": branch.fork,
        "recipe": recipe_of(text.request, text.request.decoder, text.weights_sha256).to_json(),
        "prompt": indices[0], "tokens": indices[1], "states": [dict(one) for one in text.sampler_states],
        **{name: getattr(text, name) for name in _FACTS},
    }  # fmt: skip


def decode_tree(text: str) -> CompletionTree:
    """The tree in such a text. Raises ValueError for any other text."""
    try:
        data = json.loads(_inflate(text))
        if data["version"] != VERSION or len(data["branches"]) > MAX_BRANCHES:
            raise ValueError("another version, or too many branches")
        tokens = [_token(item) for item in data["tokens"]]
        branches = [_branch(item, tokens) for item in data["branches"]]
        tree = CompletionTree({branch.id: branch for branch in branches}, _whole(data["current"]))
    except (KeyError, TypeError, IndexError, RecursionError, PlaygroundError, binascii.Error, zlib.error) as error:
        raise ValueError(f"no tree: {error}") from None
    if branches and tree.selected is None:
        raise ValueError("no branch is selected")
    return tree


def _inflate(text: str) -> bytes:
    if len(text) > MOST_CHARACTERS:
        raise ValueError("too long")
    stream = zlib.decompressobj()
    raw = stream.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)  # bounded: it may not unfold further
    if not stream.eof:
        raise ValueError("damaged")
    return raw


def _token(item: list[Any]) -> Token:
    *values, alternatives = item
    others = tuple(Alternative(_whole(id), _text(text), float(share)) for id, text, share in alternatives)
    id, text, hexadecimal, special, forced, probability, sampled, rank, surprisal = values
    bytes.fromhex(_text(hexadecimal))
    return Token(
        _whole(id), _text(text), hexadecimal, bool(special), bool(forced), _number(probability), _number(sampled),
        None if rank is None else _whole(rank), _number(surprisal), others,
    )  # fmt: skip


def _branch(item: Mapping[str, Any], tokens: list[Token]) -> Branch:
    prompt, written = ([tokens[_whole(place)] for place in item[part]] for part in ("prompt", "tokens"))
    if len(written) > MAX_NEW_TOKENS or item["part"] not in ("prompt", "output"):
        raise ValueError("no branch")
    recipe = from_json(item["recipe"])
    text = Generation(
        request=request_from(recipe), prompt=tuple(prompt), tokens=tuple(written),
        decoder=_text(item["decoder"]), precision=_text(item["precision"]), device=_text(item["device"]),
        weights_sha256=_text(item["weights_sha256"]), finish_reason=_text(item["finish_reason"]),
        prompt_read=_whole(item["prompt_read"]), prompt_count=_whole(item["prompt_count"]),
        seconds_to_first_token=_number(item["seconds_to_first_token"]),
        tokens_per_second=_number(item["tokens_per_second"]),
        sampler_states=tuple({str(name): float(value) for name, value in state.items()} for state in item["states"]),
    )  # fmt: skip
    parent, fork = (None if item[name] is None else _whole(item[name]) for name in ("parent", "fork"))
    return Branch(_whole(item["id"]), parent, item["part"], fork, text)


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > 10**9:
        raise ValueError(f"a whole number expected, not {str(value)[:40]!r}")
    return value


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text expected")
    return value


def recalled_tree(text: str) -> CompletionTree:
    """The tree in a stored text; an empty one for "" or a text that cannot be read."""
    try:
        return decode_tree(text) if text else CompletionTree()
    except ValueError:
        return CompletionTree()
