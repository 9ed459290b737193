"""What the panel Words shows, as values of its views, and the sums that it offers to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.language.word_embeddings import GLOVE, MINILM, space_facts
from playground.latent.word_analogy import Analogy, WordNeighbour
from playground.latent.word_interpolation import WordWalk
from playground.latent.word_map import WordMap


@dataclass(frozen=True)
class WordsExample:
    """A sum to try. caution: what to bear in mind when it is shown."""

    title: str
    plus: str
    minus: str
    caution: str = ""


_BIAS = (
    "This is what the texts said, not what is so: GloVe was never told what a woman or a man can be. It counted, in "
    "news and encyclopedia, which words stand together, and prejudice is among what it found. The usual form makes it "
    "look worse than it is, for it forbids the answer to be the word itself."
)
_KITTEN = "Many expect kitten here. Sums of words often miss: look at which place it comes."
EXAMPLES = {
    GLOVE: (
        WordsExample("king − man + woman", "king, woman", "man"),
        WordsExample("paris − france + italy", "paris, italy", "france"),
        WordsExample("tokyo − japan + france", "tokyo, france", "japan"),
        WordsExample("a miss: puppy − dog + cat", "puppy, cat", "dog", _KITTEN),
        WordsExample("a prejudice: doctor − man + woman", "doctor, woman", "man", _BIAS),
    ),
    MINILM: (
        WordsExample("from man to woman", "The king spoke to his people.\nThe woman walks her dog in the park.",
                "The man walks his dog in the park."),
        WordsExample("from Paris to Rome", "The train to Rome is late.\nThe weather in Paris is lovely.",
                "The train to Paris is late."),
        WordsExample("from love to hate", "I hate this film.\nI love this restaurant.", "I love this film."),
        WordsExample("from now to yesterday", "It was raining yesterday.\nShe is reading a book.", "It is raining."),
        WordsExample("a word of two meanings", "The bank lends money to students.", "We sat on the bank of the river.",
                "No answer is expected here: see that both sentences say bank, and yet stand far from each other."),
    ),
}  # fmt: skip
STOPS = {GLOVE: "peace, war", MINILM: "I love this film.\nI hate this restaurant."}


def caution_of(kind: str, plus: Sequence[str], minus: Sequence[str]) -> str:
    """The word of caution of the example that this sum is, or ""."""
    mark = "\n" if kind == MINILM else ", "
    asked = mark.join(plus), mark.join(minus)
    return next((one.caution for one in EXAMPLES[kind] if (one.plus, one.minus) == asked), "")


def space_card(kind: str) -> dict[str, Any]:
    """A value for the facts view."""
    return {"rows": [{"name": name, "text": text} for name, text in space_facts(kind)]}


def _list(found: Sequence[WordNeighbour]) -> list[dict[str, Any]]:
    return [{"label": near.label, "cosine": round(near.cosine, 4), "own": near.is_input} for near in found]


def sum_value(made: Analogy) -> dict[str, Any]:
    """A value for the sum view."""
    return {
        "title": made.request.written(),
        "why": made.words(),
        "size": made.size,
        "usual": _list(made.usual),
        "honest": _list(made.honest),
        "inputs": [
            {"label": one.label, "sign": one.sign, "cosine": round(one.cosine, 4), "rank": one.rank}
            for one in made.inputs
        ],
    }


def walk_value(made: WordWalk, run: str) -> dict[str, Any]:
    """A value for the walk view. run: an id that distinguishes one walk from the next."""
    steps = [
        {"stop": step.stop, "length": step.length, "honest": _list(step.honest), "dropped": _list(step.dropped)}
        for step in made.steps
    ]
    return {"run": run, "why": made.words(), "steps": steps}


def map_value(made: WordMap) -> dict[str, Any]:
    """A value for the map view."""
    words = made.analogy.request.kind == GLOVE
    points = [
        {
            "label": point.label,
            "place": [round(number, 4) for number in point.place],
            "role": point.role,
            "cosine": round(point.cosine, 4),
            "near": None if words else [[label, round(cosine, 4)] for label, cosine in point.neighbours],
        }
        for point in made.points
    ]
    return {
        "title": made.analogy.request.written(),
        "why": made.words(),
        "long": not words,
        "points": points,
        "target": list(made.target),
        "arrows": [{"start": list(one.start), "end": list(one.end), "kind": one.kind} for one in made.arrows],
    }
