"""Edits: a picture moved along directions, and a classifier's labels before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, parse_seed, quoted
from playground.data.avatar_words import current_word
from playground.images.image_request import ANY, format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.directions import Directions, vae_directions
from playground.latent.endpoints import pack_point, unpack_point
from playground.latent.gan_directions import gan_directions
from playground.latent.gan_inputs import GanInputs, editable_space
from playground.latent.latent_space import Pictures, Points, encode_mean
from playground.latent.pointer_decode import NotReadyError, draw_lock, parse_short_texts

MAX_STRENGTH, MAX_MOVES, MAX_NAME_LENGTH = 5.0, 20, 60

Moves = Mapping[str, float]
#: Model -> (sha256 of its weights, its directions), once computed.
_directions: dict[str, tuple[str, Directions]] = {}


@dataclass(frozen=True)
class EditBase:
    """The point that an edit starts from.

    kind: "seed", "row" (a picture of the data set) or "z", a point.  number: of a seed or row.
    """

    kind: str = "row"
    number: int = 0
    point: tuple[float, ...] = ()

    def __str__(self) -> str:
        """Its text in a link."""
        return pack_point(self.point) if self.kind == "z" else f"{self.kind}:{self.number}"


@dataclass(frozen=True, eq=False)
class AttributeEdit:
    """before, after: (H, W, C) uint8.  point: (D,), of `after`.  labels: attribute -> (word before, word after)."""

    before: Pictures
    after: Pictures
    point: Points
    labels: Mapping[str, tuple[str, str]]


def read_edit_base(value: object, model: str) -> EditBase:
    """A checked base, from "seed:3", "row:12", "z:…" or {"kind", "number"}.

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
        raise PlaygroundError(say("latent.directions.errors.start_form", value=quoted(value)))
    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(say("latent.directions.errors.no_rows", model=facts.title))
    last = len(registry.load(facts.dataset).images) - 1
    return EditBase("row", parse_int(number_text, 0, last, say("latent.directions.errors.row_range", last=last)))


def read_moves(value: object) -> dict[str, float]:
    """Checked moves, from "pc1:1.5; glasses:1" or key -> strength; those of strength 0 are left out.

    Raises PlaygroundError for a strength out of range. Keys are checked where the moves are applied.
    """
    if isinstance(value, str):
        pairs = [part.rpartition(":")[::2] for part in value.split(";") if part.strip()]
    elif isinstance(value, Mapping):
        pairs = [(str(key), strength) for key, strength in value.items()]
    else:
        raise PlaygroundError(say("latent.directions.errors.moves_form"))
    if len(pairs) > MAX_MOVES:
        raise PlaygroundError(say("latent.directions.errors.too_many_moves", most=MAX_MOVES, count=len(pairs)))
    sentence = say("latent.directions.errors.strength_range", lowest=-MAX_STRENGTH, highest=MAX_STRENGTH)
    moves = {}
    for key, strength in pairs:
        number = parse_number(strength, sentence)
        if abs(number) > MAX_STRENGTH:
            raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=quoted(strength)))
        if number:
            attribute, sign, word = key.strip().partition("=")
            moves[f"{attribute}{sign}{current_word(attribute, word)}"] = round(number, 3)
    return moves


def format_moves(moves: Moves) -> str:
    """The moves' text in a link."""
    return ";".join(f"{key}:{strength:g}" for key, strength in moves.items())


def find_directions(model: str) -> Iterator[float | Directions]:
    """Yields the fraction done, 0 to 1; then the directions, at once if they are cached. Close it to stop.

    Raises PlaygroundError for a diffusion model.
    """
    facts = image_model_facts(model)
    if facts.kind == "diffusion":
        raise PlaygroundError(say("latent.directions.errors.diffusion", model=facts.title))
    for progress in gan_directions(model) if facts.kind == "gan" else vae_directions(model):
        if isinstance(progress, Directions):
            _directions[model] = facts.weights_sha256, progress
        yield progress


def default_base(model: str) -> str:
    """The base of the first edit: a picture of the data if there is an encoder, otherwise a seed."""
    facts = image_model_facts(model)
    return "row:12" if facts.kind == "vae" and facts.dataset else "seed:3"


def known_directions(model: str) -> Directions:
    """The directions, computed if necessary. Raises PlaygroundError as `find_directions` does."""
    last = list(find_directions(model))[-1]
    assert isinstance(last, Directions)
    return last


def apply_edit(model: object, condition: object, base: object, moves: object) -> AttributeEdit:
    """Applies an edit, under the lock on drawing: fast enough to follow a pointer.

    Raises PlaygroundError for a base or move that is not valid, if the lock is taken, or if the directions have not
    been computed, which takes too long here.
    """
    name, words = parse_short_texts(say("latent.points.errors.model_and_condition"), model, condition)
    with draw_lock():
        directions = _cached_directions(name)
        first = _base_point(name, words, str(read_edit_base(base, name)))
        last = directions.move(first.astype(np.float64), read_moves(moves)).astype(np.float32)
        pictures = editable_space(name, words).decode(np.stack([first, last]))
        return AttributeEdit(pictures[0], pictures[1], last, _classified(pictures, directions))


def latent_of(edit: AttributeEdit, model: str) -> Points:
    """The z of an edit's point, without a GAN's condition."""
    space = editable_space(model, ANY)
    return edit.point[: space.latent] if isinstance(space, GanInputs) else edit.point


def _cached_directions(model: str) -> Directions:
    sha256, directions = _directions.get(model, ("", None))
    if directions is None or sha256 != image_model_facts(model).weights_sha256:
        raise NotReadyError(say("latent.directions.errors.not_ready"))
    return directions


@lru_cache(maxsize=16)
def _base_point(model: str, condition: str, base: str) -> Points:
    """The point that the edit starts from, (D,) float32."""
    from playground.data import registry

    start, space = read_edit_base(base, model), editable_space(model, condition)
    if start.kind == "seed":
        return space.draw(start.number)
    if start.kind == "row":
        data = registry.load(image_model_facts(model).dataset)
        return encode_mean(data.images[start.number], model, parse_condition(image_model_facts(model), condition))
    if len(start.point) != space.dimensions:
        sizes = {"numbers": len(start.point), "model": model, "dimensions": space.dimensions}
        raise PlaygroundError(say("latent.points.errors.wrong_space", **sizes))
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
    """An edit's recipe, for a link. Raises PlaygroundError for a name that is too long."""
    facts = image_model_facts(model)
    if len(name) > MAX_NAME_LENGTH:
        raise PlaygroundError(say("latent.directions.errors.long_name", most=MAX_NAME_LENGTH, count=len(name)))
    words = format_condition(parse_condition(facts, condition))
    settings: dict[str, Setting] = {
        "panel": "directions", "start": str(base), "moves": format_moves(moves), "condition": words,
    }  # fmt: skip
    if name:
        settings["name"] = name
    return Recipe("latent", model, facts.weights_sha256, base.number if base.kind == "seed" else 0, settings)
