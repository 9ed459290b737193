"""Edits: a picture moved along directions, and what a classifier reads before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, parse_seed, quoted
from playground.images.image_request import ANY, format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.directions import Directions, vae_directions
from playground.latent.endpoints import pack_point, unpack_point
from playground.latent.gan_directions import gan_directions
from playground.latent.gan_inputs import GanInputs, editable_space
from playground.latent.latent_space import Pictures, Points, encode_mean
from playground.latent.pointer_decode import draw_lock, parse_short_texts

MAX_STRENGTH, MAX_MOVES, MAX_NAME_LENGTH = 5.0, 20, 60

Moves = Mapping[str, float]
#: Model -> (sha256 of its weights, its directions), once they are worked out.
_directions: dict[str, tuple[str, Directions]] = {}


@dataclass(frozen=True)
class EditBase:
    """What an edit starts from.

    kind: "seed", "row" (a picture of the data set) or "z", a point.  number: of a seed or row.
    """

    kind: str = "row"
    number: int = 0
    point: tuple[float, ...] = ()

    def __str__(self) -> str:
        """As in a link."""
        return pack_point(self.point) if self.kind == "z" else f"{self.kind}:{self.number}"


@dataclass(frozen=True, eq=False)
class AttributeEdit:
    """before, after: (H, W, C) uint8.  point: (D,) of the second.  labels: attribute -> (value before, value after)."""

    before: Pictures
    after: Pictures
    point: Points
    labels: Mapping[str, tuple[str, str]]


def read_edit_base(value: object, model: str) -> EditBase:
    """A checked start, from "seed:3", "row:12", "z:…" or {"kind", "number"}.

    Raises PlaygroundError for anything else.
    """
    from playground.data import registry

    if isinstance(value, Mapping):
        value = f"{value.get('kind')}:{value.get('number')}"
    kind, _, number_text = str(value).partition(":")
    if kind == "z":
        return EditBase("z", 0, unpack_point(str(value)))
    if kind == "seed":
        return EditBase("seed", parse_seed(number_text))
    if kind != "row":
        raise PlaygroundError(
            f"An edit starts from seed:NUMBER or row:NUMBER, a picture of the data; not {quoted(value)}."
        )
    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(f"{facts.title} cannot find the point of a picture: start from a seed, such as seed:3.")
    last = len(registry.load(facts.dataset).images) - 1
    return EditBase("row", parse_int(number_text, 0, last, f"The number of a picture must be from 0 to {last:,}"))


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
    if len(pairs) > MAX_MOVES:
        raise PlaygroundError(f"An edit has at most {MAX_MOVES} moves; this has {len(pairs)}.")
    sentence = f"A strength must be a number from {-MAX_STRENGTH:g} to {MAX_STRENGTH:g}"
    moves = {}
    for key, strength in pairs:
        number = parse_number(strength, sentence)
        if abs(number) > MAX_STRENGTH:
            raise PlaygroundError(f"{sentence}; it was {quoted(strength)}.")
        if number:
            moves[key.strip()] = round(number, 3)
    return moves


def format_moves(moves: Moves) -> str:
    """The moves as in a link."""
    return ";".join(f"{key}:{strength:g}" for key, strength in moves.items())


def find_directions(model: str) -> Iterator[float | Directions]:
    """How far it is, 0 to 1, while the directions are found; then, or at once, the directions. Close it to stop.

    Raises PlaygroundError for a diffusion model.
    """
    facts = image_model_facts(model)
    if facts.kind == "diffusion":
        raise PlaygroundError(
            f"{facts.title} starts from noise as large as its picture, which has no such directions: choose a VAE or a "
            "GAN."
        )
    for progress in gan_directions(model) if facts.kind == "gan" else vae_directions(model):
        if isinstance(progress, Directions):
            _directions[model] = facts.weights_sha256, progress
        yield progress


def default_base(model: str) -> str:
    """What is moved at first: a picture of the data where there is an encoder, a seed elsewhere."""
    facts = image_model_facts(model)
    return "row:12" if facts.kind == "vae" and facts.dataset else "seed:3"


def known_directions(model: str) -> Directions:
    """The directions, worked out now if they have not been. Raises PlaygroundError as `finding` does."""
    last = list(find_directions(model))[-1]
    assert isinstance(last, Directions)
    return last


def apply_edit(model: object, condition: object, base: object, moves: object) -> AttributeEdit:
    """An edit as the pointer asks for it: one at a time is drawn, whoever asks.

    Raises PlaygroundError for a bad start or move, if others keep the machine busy, or for directions that nobody has
    had worked out: that takes too long for a pointer.
    """
    name, words = parse_short_texts("The model and the condition", model, condition)
    with draw_lock():
        directions = _cached_directions(name)
        first = _base_point(name, words, str(read_edit_base(base, name)))
        last = directions.move(first.astype(np.float64), read_moves(moves)).astype(np.float32)
        pictures = editable_space(name, words).decode(np.stack([first, last]))
        return AttributeEdit(pictures[0], pictures[1], last, _classified(pictures, directions))


def latent_of(edited: AttributeEdit, model: str) -> Points:
    """(D,) of an edit's point: its z alone, without a GAN's condition."""
    space = editable_space(model, ANY)
    return edited.point[: space.latent] if isinstance(space, GanInputs) else edited.point


def _cached_directions(model: str) -> Directions:
    sha256, directions = _directions.get(model, ("", None))
    if directions is None or sha256 != image_model_facts(model).weights_sha256:
        raise PlaygroundError("The directions are not worked out: choose the model once more, and they will be.")
    return directions


@lru_cache(maxsize=16)
def _base_point(model: str, condition: str, base: str) -> Points:
    """(D,) float32, where the edit starts."""
    from playground.data import registry

    start, space = read_edit_base(base, model), editable_space(model, condition)
    if start.kind == "seed":
        return space.draw(start.number)
    if start.kind == "row":
        data = registry.load(image_model_facts(model).dataset)
        return encode_mean(data.images[start.number], model, parse_condition(image_model_facts(model), condition))
    if len(start.point) != space.dimensions:
        raise PlaygroundError(f"Points of {model} have {space.dimensions} numbers; this has {len(start.point)}.")
    return np.array(start.point, np.float32)


def _classified(pictures: Pictures, directions: Directions) -> dict[str, tuple[str, str]]:
    from playground.images.evaluation import classify_images

    labels = classify_images(pictures, directions.dataset)
    if labels is None:
        return {}
    return {
        name: (words[labels[0, a]], words[labels[1, a]]) for a, (name, words) in enumerate(directions.values.items())
    }


def edit_recipe(model: str, condition: str, base: EditBase, moves: Moves, name: str = "") -> Recipe:
    """An edit as a recipe, for a link. Raises PlaygroundError for a name that is too long."""
    facts = image_model_facts(model)
    if len(name) > MAX_NAME_LENGTH:
        raise PlaygroundError(f"A name has at most {MAX_NAME_LENGTH} characters; this has {len(name)}.")
    words = format_condition(parse_condition(facts, condition))
    settings: dict[str, Setting] = {
        "panel": "directions", "start": str(base), "moves": format_moves(moves), "condition": words,
    }  # fmt: skip
    if name:
        settings["name"] = name
    return Recipe("latent", model, facts.weights_sha256, base.number if base.kind == "seed" else 0, settings)
