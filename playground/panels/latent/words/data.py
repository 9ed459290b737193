"""The values of the views of Words, and its example sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.core.catalogue import say
from playground.language.word_embeddings import GLOVE, MINILM, space_facts
from playground.latent.word_analogy import Analogy, WordNeighbour, join_labels
from playground.latent.word_interpolation import WordWalk
from playground.latent.word_map import WordMap


@dataclass(frozen=True)
class WordsExample:
    """A sum to try. name: of its title in the catalogue, and of its caution if it has one."""

    name: str
    plus: str
    minus: str
    has_caution: bool = False

    @property
    def title(self) -> str:
        """The text of its button."""
        return say(f"latent.words.examples.{self.name}")

    @property
    def caution(self) -> str:
        """What to bear in mind about its result; "" for most."""
        return say(f"latent.words.examples.{self.name}_caution") if self.has_caution else ""


EXAMPLES = {
    GLOVE: (
        WordsExample("king", "king, woman", "man"),
        WordsExample("paris", "paris, italy", "france"),
        WordsExample("tokyo", "tokyo, france", "japan"),
        WordsExample("puppy", "puppy, cat", "dog", True),
        WordsExample("doctor", "doctor, woman", "man", True),
    ),
    MINILM: (
        WordsExample("gender", "The king spoke to his people.\nThe woman walks her dog in the park.",
                "The man walks his dog in the park."),
        WordsExample("city", "The train to Rome is late.\nThe weather in Paris is lovely.",
                "The train to Paris is late."),
        WordsExample("feeling", "I hate this film.\nI love this restaurant.", "I love this film."),
        WordsExample("time", "It was raining yesterday.\nShe is reading a book.", "It is raining."),
        WordsExample("bank", "The bank lends money to students.", "We sat on the bank of the river.", True),
    ),
}  # fmt: skip
STOPS = {GLOVE: "peace, war", MINILM: "I love this film.\nI hate this restaurant."}


def caution_of(kind: str, plus: Sequence[str], minus: Sequence[str]) -> str:
    """The caution of the example with this sum; "" without one."""
    texts = join_labels(kind, plus), join_labels(kind, minus)
    return next((example.caution for example in EXAMPLES[kind] if (example.plus, example.minus) == texts), "")


def space_card(kind: str) -> dict[str, Any]:
    """A value for the facts view."""
    return {"rows": [{"name": name, "text": text} for name, text in space_facts(kind)]}


def _list(neighbours: Sequence[WordNeighbour]) -> list[dict[str, Any]]:
    return [{"label": near.label, "cosine": round(near.cosine, 4), "own": near.is_input} for near in neighbours]


def sum_value(analogy: Analogy) -> dict[str, Any]:
    """A value for the sum view."""
    return {
        "title": analogy.request.written(),
        "why": analogy.words(),
        "size": analogy.size,
        "usual": _list(analogy.usual),
        "honest": _list(analogy.honest),
        "inputs": [
            {"label": one.label, "sign": one.sign, "cosine": round(one.cosine, 4), "rank": one.rank}
            for one in analogy.inputs
        ],
    }


def walk_value(walk: WordWalk, run: str) -> dict[str, Any]:
    """A value for the walk view. run: an id that distinguishes one walk from the next."""
    steps = [
        {"stop": step.stop, "length": step.length, "honest": _list(step.honest), "dropped": _list(step.dropped)}
        for step in walk.steps
    ]
    return {"run": run, "why": walk.words(), "steps": steps}


def map_value(word_map: WordMap) -> dict[str, Any]:
    """A value for the map view."""
    words = word_map.analogy.request.kind == GLOVE
    points = [
        {
            "label": point.label,
            "place": [round(number, 4) for number in point.place],
            "role": point.role,
            "cosine": round(point.cosine, 4),
            "near": None if words else [[label, round(cosine, 4)] for label, cosine in point.neighbours],
        }
        for point in word_map.points
    ]
    return {
        "title": word_map.analogy.request.written(),
        "why": word_map.words(),
        "long": not words,
        "points": points,
        "target": list(word_map.target),
        "arrows": [{"start": list(one.start), "end": list(one.end), "kind": one.kind} for one in word_map.arrows],
    }
