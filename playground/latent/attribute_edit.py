"""Edits: a picture moved along directions, and what a classifier reads before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, quoted, seed_of
from playground.images.model_menu import picture_facts
from playground.images.picture_request import ANY, read_condition, written_condition
from playground.latent.directions import Directions, vae_directions
from playground.latent.endpoints import packed_point, unpacked
from playground.latent.gan_directions import gan_directions
from playground.latent.gan_inputs import Inputs, kept_room
from playground.latent.latent_space import Pictures, Points, encoded
from playground.latent.pointer_decode import short_texts, turn

FARTHEST, MOST_MOVES, LONGEST_NAME = 5.0, 20, 60

Moves = Mapping[str, float]
#: Model -> (sha256 of its weights, its directions), once they are worked out.
_found: dict[str, tuple[str, Directions]] = {}


@dataclass(frozen=True)
class Base:
    """What an edit starts from.

    kind: "seed", "row" (a picture of the data set) or "z", a point.  number: of a seed or row.
    """

    kind: str = "row"
    number: int = 0
    point: tuple[float, ...] = ()

    def __str__(self) -> str:
        """As it stands in a link."""
        return packed_point(self.point) if self.kind == "z" else f"{self.kind}:{self.number}"


@dataclass(frozen=True, eq=False)
class Edit:
    """before, after: (H, W, C) uint8.  point: (D,) of the second.  read: attribute -> what is read before and after."""

    before: Pictures
    after: Pictures
    point: Points
    read: Mapping[str, tuple[str, str]]


def read_base(value: object, model: str) -> Base:
    """A checked start, from "seed:3", "row:12", "z:…" or {"kind", "number"}. Raises PlaygroundError otherwise."""
    from playground.data import registry

    if isinstance(value, Mapping):
        value = f"{value.get('kind')}:{value.get('number')}"
    kind, _, rest = str(value).partition(":")
    if kind == "z":
        return Base("z", 0, unpacked(str(value)))
    if kind == "seed":
        return Base("seed", seed_of(rest))
    if kind != "row":
        raise PlaygroundError(
            f"An edit starts from seed:NUMBER or row:NUMBER, a picture of the data; not {quoted(value)}."
        )
    facts = picture_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(f"{facts.title} cannot find the point of a picture: start from a seed, such as seed:3.")
    last = len(registry.load(facts.dataset).images) - 1
    return Base("row", parse_int(rest, 0, last, f"The number of a picture must be from 0 to {last:,}"))


def read_moves(value: object) -> dict[str, float]:
    """Moves, from "pc1:1.5; glasses:1" or key -> strength; those of strength 0 are left out.

    Raises PlaygroundError for a strength out of range; whether there is such a direction is for `moved` to say.
    """
    if isinstance(value, str):
        pairs = [part.rpartition(":")[::2] for part in value.split(";") if part.strip()]
    elif isinstance(value, Mapping):
        pairs = [(str(key), strength) for key, strength in value.items()]
    else:
        raise PlaygroundError("Moves must be a text such as pc1:1.5; glasses:1.")
    if len(pairs) > MOST_MOVES:
        raise PlaygroundError(f"An edit has at most {MOST_MOVES} moves; this has {len(pairs)}.")
    sentence = f"A strength must be a number from {-FARTHEST:g} to {FARTHEST:g}"
    moves = {}
    for key, strength in pairs:
        number = parse_number(strength, sentence)
        if abs(number) > FARTHEST:
            raise PlaygroundError(f"{sentence}; it was {quoted(strength)}.")
        if number:
            moves[key.strip()] = round(number, 3)
    return moves


def written_moves(moves: Moves) -> str:
    """As they stand in a link."""
    return ";".join(f"{key}:{strength:g}" for key, strength in moves.items())


def finding(model: str) -> Iterator[float | Directions]:
    """How far it is, 0 to 1, while the directions are found; then, or at once, the directions. Close it to stop.

    Raises PlaygroundError for a diffusion model.
    """
    facts = picture_facts(model)
    if facts.kind == "diffusion":
        raise PlaygroundError(
            f"{facts.title} starts from noise as large as its picture, which has no such directions: choose a VAE or a "
            "GAN."
        )
    for got in gan_directions(model) if facts.kind == "gan" else vae_directions(model):
        if isinstance(got, Directions):
            _found[model] = facts.weights_sha256, got
        yield got


def first_base(model: str) -> str:
    """What is moved at first: a picture of the data where there is an encoder, a seed elsewhere."""
    facts = picture_facts(model)
    return "row:12" if facts.kind == "vae" and facts.dataset else "seed:3"


def known(model: str) -> Directions:
    """The directions, worked out now if they have not been. Raises PlaygroundError as `finding` does."""
    last = list(finding(model))[-1]
    assert isinstance(last, Directions)
    return last


def edit(model: object, condition: object, base: object, moves: object) -> Edit:
    """An edit as the pointer asks for it: one at a time is drawn, whoever asks.

    Raises PlaygroundError for a bad start or move, if others keep the machine busy, or for directions that nobody has
    had worked out: that takes too long for a pointer.
    """
    name, words = short_texts("The model and the condition", model, condition)
    with turn():
        found = _worked_out(name)
        first = _point(name, words, str(read_base(base, name)))
        last = found.moved(first.astype(np.float64), read_moves(moves)).astype(np.float32)
        pictures = kept_room(name, words).decode(np.stack([first, last]))
        return Edit(pictures[0], pictures[1], last, _readings(pictures, found))


def z_of(made: Edit, model: str) -> Points:
    """(D,) of an edit's point: its z alone, without what a GAN is told."""
    room = kept_room(model, ANY)
    return made.point[: room.latent] if isinstance(room, Inputs) else made.point


def _worked_out(model: str) -> Directions:
    sha256, found = _found.get(model, ("", None))
    if found is None or sha256 != picture_facts(model).weights_sha256:
        raise PlaygroundError("The directions are not worked out: choose the model once more, and they will be.")
    return found


@lru_cache(maxsize=16)
def _point(model: str, condition: str, base: str) -> Points:
    """(D,) float32, where the edit starts."""
    from playground.data import registry

    start, room = read_base(base, model), kept_room(model, condition)
    if start.kind == "seed":
        return room.draw(start.number)
    if start.kind == "row":
        data = registry.load(picture_facts(model).dataset)
        return encoded(data.images[start.number], model, read_condition(picture_facts(model), condition))
    if len(start.point) != room.dimensions:
        raise PlaygroundError(f"Points of {model} have {room.dimensions} numbers; this has {len(start.point)}.")
    return np.array(start.point, np.float32)


def _readings(pictures: Pictures, found: Directions) -> dict[str, tuple[str, str]]:
    from playground.images.evaluation import read_labels

    read = read_labels(pictures, found.dataset)
    if read is None:
        return {}
    return {name: (words[read[0, a]], words[read[1, a]]) for a, (name, words) in enumerate(found.values.items())}


def recipe_of(model: str, condition: str, base: Base, moves: Moves, name: str = "") -> Recipe:
    """An edit as a recipe, for a link. Raises PlaygroundError for a name that is too long."""
    facts = picture_facts(model)
    if len(name) > LONGEST_NAME:
        raise PlaygroundError(f"A name has at most {LONGEST_NAME} characters; this has {len(name)}.")
    words = written_condition(read_condition(facts, condition))
    settings: dict[str, Setting] = {
        "panel": "directions", "start": str(base), "moves": written_moves(moves), "condition": words,
    }  # fmt: skip
    if name:
        settings["name"] = name
    return Recipe("latent", model, facts.weights_sha256, base.number if base.kind == "seed" else 0, settings)
