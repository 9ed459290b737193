"""Arithmetic with pictures: A - B + C of averaged latent points, and what came of it.

Source: Radford et al. 2015, arXiv:1511.06434, section 6.3.2, who averaged three pictures a slot. A strength s scales
the difference: A + s (C - B), so that 1 is A - B + C and 0 is A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, quoted
from playground.images.image_request import ANY, format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent import interpolation
from playground.latent.latent_space import STEPS, LatentSpace, load_space
from playground.latent.picture_refs import PictureRef, format_picture_refs, pictures_of, points_of, read_picture_refs
from playground.latent.pointer_decode import draw_lock, parse_short_texts
from playground.latent.vae_encoder import classify_pictures
from playground.latent.walk_request import MAX_STEPS

SLOTS = ("A", "B", "C")
MAX_ITEMS = 8
MIN_STRENGTH, MAX_STRENGTH = -2.0, 3.0


@dataclass(frozen=True)
class ArithmeticRequest:
    """What is to be added.

    slots: the items of A, B and C, up to 8 each; their points are averaged.  strength: -2 to 3.
    condition: attribute -> word, the same for encoder and decoder.  steps: of diffusion.
    """

    model: str
    slots: tuple[tuple[PictureRef, ...], tuple[PictureRef, ...], tuple[PictureRef, ...]]
    strength: float = 1.0
    condition: Mapping[str, str] = field(default_factory=dict)
    steps: int = STEPS

    def recipe(self) -> Recipe:
        """For a link."""
        return self.recipe_of(self.slots)

    def recipe_of(self, slots: Sequence[Sequence[PictureRef]]) -> Recipe:
        """The same with other items."""
        settings: dict[str, Setting] = {"panel": "arithmetic"}
        settings |= {name.lower(): format_picture_refs(items) for name, items in zip(SLOTS, slots, strict=True)}
        settings |= {"strength": round(self.strength, 2), "condition": format_condition(self.condition)}
        settings |= {"steps": self.steps} if image_model_facts(self.model).kind == "diffusion" else {}
        return Recipe("latent", self.model, image_model_facts(self.model).weights_sha256, 0, settings)


@dataclass(frozen=True, eq=False)
class ArithmeticResult:
    """A sum that was worked out.

    points: (5, D) float32, the averages A, B and C, the answer, and the answer brought to the usual length.
    pictures: (5, H, W, C) uint8.  norms: (5,) lengths.  norm_range: of 99.7 % of random points.
    classes: (5, A) int64, the word of each attribute by the classifier; None without a classifier.
    """

    request: ArithmeticRequest
    points: NDArray[np.float32]
    pictures: NDArray[np.uint8]
    norms: NDArray[np.float64]
    norm_range: tuple[float, float]
    classes: NDArray[np.int64] | None

    def words(self, index: int) -> dict[str, str]:
        """Attribute -> the word that is read off a picture; empty without a classifier."""
        if self.classes is None:
            return {}
        attributes = image_model_facts(self.request.model).attributes
        return {
            name: words[int(one)] for (name, words), one in zip(attributes.items(), self.classes[index], strict=True)
        }


def read_arithmetic(model: object, values: Mapping[str, object]) -> ArithmeticRequest:
    """A checked request from whatever came in: a, b, c, strength, condition, steps; slots may be empty.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    facts = image_model_facts(str(model or ""))
    slots = [read_picture_refs(values.get(name.lower()), facts, MAX_ITEMS, f"Slot {name}") for name in SLOTS]
    sentence = f"Steps must be a whole number from 1 to {MAX_STEPS}"
    return ArithmeticRequest(
        facts.name,
        (slots[0], slots[1], slots[2]),
        read_strength(values.get("strength", 1.0)),
        parse_condition(facts, values.get("condition", ANY) or ANY),
        parse_int(values.get("steps", STEPS), 1, MAX_STEPS, sentence),
    )


def read_strength(value: object) -> float:
    """A checked strength."""
    sentence = f"The strength must be a number from {MIN_STRENGTH:g} to {MAX_STRENGTH:g}"
    strength = parse_number(value, sentence)
    if not MIN_STRENGTH <= strength <= MAX_STRENGTH:
        raise PlaygroundError(f"{sentence}; it was {quoted(strength)}.")
    return strength


def slot_means(request: ArithmeticRequest, space: LatentSpace) -> NDArray[np.float64]:
    """(3, D): the mean point of each slot. Raises PlaygroundError if a slot is empty."""
    empty = [name for name, items in zip(SLOTS, request.slots, strict=True) if not items]
    if empty:
        raise PlaygroundError(
            f"Slot {empty[0]} is empty: put at least one picture into each of A, B and C. "
            "Choose a picture below and press the key A, B or C."
        )
    return np.stack([points_of(items, space, request.condition).astype(float).mean(0) for items in request.slots])


def combine(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    """A + strength (C - B), (D,)."""
    return a + strength * (c - b)


def answer_point(request: ArithmeticRequest) -> NDArray[np.float64]:
    """(D,): the answer, without a picture. Raises PlaygroundError if a slot is empty."""
    a, b, c = slot_means(request, load_space(request.model, request.condition, request.steps))
    return combine(a, b, c, request.strength)


def slot_pictures(request: ArithmeticRequest) -> list[NDArray[np.uint8] | None]:
    """For each slot (N, H, W, C) uint8, its items to look at; None for an empty one."""
    condition = format_condition(request.condition)
    return [
        _cached_pictures(request.model, condition, request.steps, items) if items else None for items in request.slots
    ]


def seed_pictures(model: str, condition: str, steps: int, seeds: Sequence[int]) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8: the pictures of seeds, in the space that the sums are made in."""
    return _cached_pictures(model, condition, steps, tuple(seeds))


@lru_cache(maxsize=64)
def _cached_pictures(model: str, condition: str, steps: int, items: tuple[PictureRef, ...]) -> NDArray[np.uint8]:
    checked = parse_condition(image_model_facts(model), condition)
    space = load_space(model, checked, steps)
    pictures = pictures_of(items, points_of(items, space, checked), space)
    pictures.setflags(write=False)
    return pictures


def to_median_norm(point: NDArray[np.float64]) -> NDArray[np.float64]:
    """The point in its direction, as long as half of all random points are at most; 0 has no direction and stays."""
    from scipy.stats import chi

    length = float(np.linalg.norm(point))
    return point if length == 0 else point * (float(chi.median(len(point))) / length)


def solve(request: ArithmeticRequest) -> ArithmeticResult:
    """The sum. Raises PlaygroundError if a slot is empty or something does not fit the model."""
    space = load_space(request.model, request.condition, request.steps)
    means = slot_means(request, space)
    result = combine(means[0], means[1], means[2], request.strength)
    points = np.stack([*means, result, to_median_norm(result)]).astype(np.float32)
    pictures = np.concatenate(list(space.pictures(points)))
    return ArithmeticResult(
        request,
        points,
        pictures,
        interpolation.norms(points.astype(float)),
        interpolation.chi_norm_range(space.dimensions),
        classify_pictures(pictures, request.model),
    )


def label_changes(solved: ArithmeticResult, start: int, end: int) -> list[str]:
    """The attributes whose class differs between the pictures `start` and `end`, as "name: a → b"."""
    before, after = solved.words(start), solved.words(end)
    return [f"{name}: {before[name]} → {after[name]}" for name in before if before[name] != after[name]]


def describe_label_changes(solved: ArithmeticResult) -> str:
    """What the classifier finds changed, in a sentence or two; empty without a classifier."""
    if solved.classes is None:
        return ""
    texts_in, done, total = label_changes(solved, 1, 2), label_changes(solved, 0, 3), len(solved.words(0))
    between = "in nothing" if not texts_in else "in " + "; ".join(texts_in)
    found = "nothing" if not done else "; ".join(done)
    unchanged = (
        f"The other {total - len(done)} of {total} attributes stay. " if 0 < len(done) < total and total > 1 else ""
    )
    return (
        f"From B to C the classifier sees a difference {between}. From A to the answer it sees changed: {found}. "
        f"{unchanged}It reads the pictures by itself, and errs at times."
    )


def describe_norm(solved: ArithmeticResult) -> str:
    """What the lengths say."""
    low, high = solved.norm_range
    length = solved.norms[3]
    sentence = f"The answer is {length:.1f} long; nearly all random points are {low:.1f} to {high:.1f}. "
    if length < low:
        return sentence + "It is too short, as averages are: what differs cancels out. Such pictures are often pale."
    if length > high:
        return sentence + "It is too long: training hardly ever showed the model such points."
    return sentence + "So the model knows such points."


def solve_live(model: object, values: Mapping[str, object]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """((2, H, W, C) uint8, (2,) lengths): the answer as it is and at the usual length, for a moving pointer.

    One at a time is drawn, whoever asks. values: a, b, c, condition as in a link, and strength.
    Raises PlaygroundError for a model too slow to follow, an empty slot, or if others keep the machine busy.
    """
    strength = read_strength(values.get("strength"))
    texts_in = model, *(values.get(name) for name in ("condition", "a", "b", "c"))
    texts = parse_short_texts(
        "The model, the condition and the slots", *texts_in, longest=8_000
    )  # slots hold packed points
    with draw_lock():
        space, means = _cached_slot_means(*texts)
        result = combine(means[0], means[1], means[2], strength)
        points = np.stack([result, to_median_norm(result)])
        return space.decode(points.astype(np.float32)), interpolation.norms(points)


@lru_cache(maxsize=8)
def _cached_slot_means(model: str, condition: str, a: str, b: str, c: str) -> tuple[LatentSpace, NDArray[np.float64]]:
    """The space and the averages, kept: finding them takes longer than drawing."""
    if image_model_facts(model).kind == "diffusion":
        raise PlaygroundError("Diffusion is too slow to follow the pointer: let go, and the answer is drawn.")
    request = read_arithmetic(model, {"condition": condition, "a": a, "b": b, "c": c})
    space = load_space(request.model, request.condition)
    return space, slot_means(request, space)


def arithmetic_from(recipe: Recipe) -> ArithmeticRequest:
    """The sum in a recipe, checked."""
    known = ("a", "b", "c", "strength", "condition", "steps")
    return read_arithmetic(recipe.model, {name: value for name, value in recipe.settings.items() if name in known})
