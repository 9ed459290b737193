"""Many endings of one prompt, each drawn with its own seed, and the tree of the tokens that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.core.catalogue import say
from playground.core.validation import parse_int
from playground.language.generation import Generation, generate
from playground.language.text_request import TextRequest

LEAST, MOST = 2, 16


@dataclass(frozen=True)
class Endings:
    """The texts so far, in the order of their seeds; the last one may be growing. count: how many there will be."""

    count: int
    texts: tuple[Generation, ...]
    done: bool = False

    def to_json(self) -> dict[str, object]:
        """As JSON values: the result of /endings."""
        texts = [
            {"seed": text.request.seed, "text": text.text, "finish_reason": text.finish_reason} for text in self.texts
        ]
        return {
            "count": self.count,
            "texts": texts,
            "first_tokens": first_tokens(self.texts),
            "tree": fan_tree(self.texts),
        }


def parse_count(value: object) -> int:
    """The number of texts. Raises PlaygroundError if it is not allowed."""
    return parse_int(value, LEAST, MOST, say("text.endings.count_range", least=LEAST, most=MOST))


def write_endings(request: TextRequest, count: int) -> Iterator[Endings]:
    """Writes `count` texts one after another, and yields them as they grow. The first has the request's seed.

    The prompt is read once: each later text begins with what the model knows after it.
    """
    count = parse_count(count)
    done: list[Generation] = []
    for place in range(count):
        own = replace(request, seed=(request.seed + place) % 2**63)
        known = replace(done[0], request=own, tokens=(), finish_reason="", sampler_states=()) if done else None
        text = None
        for text in generate(own, known):
            yield Endings(count, (*done, text))
        assert text is not None
        done.append(text)
    yield Endings(count, tuple(done), done=True)


def first_tokens(texts: Sequence[Generation]) -> list[dict[str, Any]]:
    """The tokens that came first: {"id", "text", "count", "probability", "sampled_probability"}, most frequent first.

    Then, with a count of 0, those among the model's likeliest that came in no text. sampled_probability: after the
    sampler; None for a token that did not come.
    """
    started = [text.tokens[0] for text in texts if text.tokens]
    rows: dict[int, dict[str, Any]] = {}
    for token in started:
        row = rows.setdefault(
            token.id,
            {
                "id": token.id, "text": token.text, "count": 0, "probability": token.probability,
                "sampled_probability": token.sampled_probability,
            },
        )  # fmt: skip
        row["count"] += 1
    for other in started[0].alternatives if started else ():
        missing = {"count": 0, "probability": other.probability, "sampled_probability": None}
        rows.setdefault(other.id, {"id": other.id, "text": other.text, **missing})
    return sorted(rows.values(), key=lambda row: (-row["count"], -row["probability"]))


def fan_tree(texts: Sequence[Generation]) -> list[dict[str, Any]]:
    """The texts as a tree that branches where they differ: a list of nodes, the one of most texts first.

    Each has text (of all tokens that its texts share from there on), count (how many texts), probability and
    sampled_probability (of its first token, by the model and after the sampler), seeds, and children.
    """
    return _branches([text for text in texts if text.tokens], 0)


def _branches(texts: Sequence[Generation], start: int) -> list[dict[str, Any]]:
    groups: dict[int, list[Generation]] = {}
    for text in texts:
        if len(text.tokens) > start:
            groups.setdefault(text.tokens[start].id, []).append(text)
    nodes = [_node(group, start) for group in groups.values()]
    return sorted(nodes, key=lambda node: (-node["count"], -(node["probability"] or 0.0)))


def _node(texts: Sequence[Generation], start: int) -> dict[str, Any]:
    end, shortest = start + 1, min(len(text.tokens) for text in texts)
    while len(texts) > 1 and end < shortest and len({text.tokens[end].id for text in texts}) == 1:
        end += 1
    end = len(texts[0].tokens) if len(texts) == 1 else end
    first = texts[0].tokens[start]
    return {
        "text": "".join(token.text for token in texts[0].tokens[start:end]),
        "count": len(texts),
        "probability": first.probability,
        "sampled_probability": first.sampled_probability,
        "seeds": [text.request.seed for text in texts],
        "children": _branches(texts, end),
    }
