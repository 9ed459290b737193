"""Arithmetic with pictures: A - B + C of averaged latent points.

Source: Radford et al. 2015, arXiv:1511.06434, section 6.3.2, who averaged three pictures per slot. A strength s scales
the difference: A + s (C - B), so 1 is A - B + C and 0 is A. For a GAN with a condition, the shares of its values are
added like z, so that each seed is the picture that Draw gives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_number, quoted
from playground.images.image_request import ANY, format_condition, parse_condition
from playground.images.inversion import row_condition
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.latent import interpolation
from playground.latent.code_lengths import describe_training_lengths
from playground.latent.endpoints import Endpoint
from playground.latent.gan_inputs import GanInputs, latent_part, seed_space
from playground.latent.latent_space import STEPS, LatentSpace, condition_row
from playground.latent.picture_refs import PictureRef, format_picture_refs, pictures_of, points_of, read_picture_refs
from playground.latent.pointer_decode import draw_lock, parse_short_texts
from playground.latent.vae_encoder import classify_pictures
from playground.latent.walk_request import MAX_STEPS, SETTLED

SLOTS = ("A", "B", "C")
MAX_ITEMS = 8
MIN_STRENGTH, MAX_STRENGTH = -2.0, 3.0


@dataclass(frozen=True)
class ArithmeticRequest:
    """The settings of a sum.

    slots: the picture references of A, B and C, up to 8 each; their points are averaged.  strength: -2 to 3.
    condition: attribute -> word, the same for encoder and decoder.  steps: of diffusion.
    """

    model: str
    slots: tuple[tuple[PictureRef, ...], tuple[PictureRef, ...], tuple[PictureRef, ...]]
    strength: float = 1.0
    condition: Mapping[str, str] = field(default_factory=dict)
    steps: int = STEPS

    def recipe(self) -> Recipe:
        """Its recipe, for a link."""
        return self.recipe_of(self.slots)

    def recipe_of(self, slots: Sequence[Sequence[PictureRef]]) -> Recipe:
        """The recipe with other slots."""
        settings: dict[str, Setting] = {"panel": "arithmetic"}
        settings |= {name.lower(): format_picture_refs(items) for name, items in zip(SLOTS, slots, strict=True)}
        settings |= {"strength": round(self.strength, 2), "condition": format_condition(self.condition)}
        settings |= {"steps": self.steps} if image_model_facts(self.model).kind == "diffusion" else {}
        settings |= {"settled": SETTLED[0]} if image_model_facts(self.model).kind == "gan" else {}
        return Recipe("latent", self.model, image_model_facts(self.model).weights_sha256, 0, settings)


@dataclass(frozen=True, eq=False)
class ArithmeticResult:
    """The result of a sum.

    points: (5, D) float32: the means A, B and C, the answer, and the answer scaled to the usual length.
    latent: how many numbers of a point are z.  pictures: (5, H, W, C) uint8.
    norms: (5,), of z.  norm_range: of 99.7 % of random points.
    classes: (5, A) int64, the classifier's word for each attribute; None without a classifier.
    """

    request: ArithmeticRequest
    points: NDArray[np.float32]
    latent: int
    pictures: NDArray[np.uint8]
    norms: NDArray[np.float64]
    norm_range: tuple[float, float]
    classes: NDArray[np.int64] | None

    def words(self, index: int) -> dict[str, str]:
        """Attribute -> the classifier's word for a picture; {} without a classifier."""
        if self.classes is None:
            return {}
        attributes = image_model_facts(self.request.model).attributes
        return {
            name: words[int(one)] for (name, words), one in zip(attributes.items(), self.classes[index], strict=True)
        }


def read_arithmetic(model: object, values: Mapping[str, object]) -> ArithmeticRequest:
    """A checked request from raw settings: a, b, c, strength, condition, steps; slots may be empty.

    Raises PlaygroundError for the first value that is not valid.
    """
    facts = image_model_facts(str(model or ""))
    slots = [
        read_picture_refs(values.get(name.lower()), facts, MAX_ITEMS, say("latent.arithmetic.slot", slot=name))
        for name in SLOTS
    ]
    steps_range = say("latent.settings.steps_range", highest=MAX_STEPS)
    return ArithmeticRequest(
        facts.name,
        (slots[0], slots[1], slots[2]),
        read_strength(values.get("strength", 1.0)),
        parse_condition(facts, values.get("condition", ANY) or ANY),
        parse_int(values.get("steps", STEPS), 1, MAX_STEPS, steps_range),
    )


def read_strength(value: object) -> float:
    """A checked strength. Raises PlaygroundError if it is out of range."""
    sentence = say("latent.arithmetic.strength_range", lowest=MIN_STRENGTH, highest=MAX_STRENGTH)
    strength = parse_number(value, sentence)
    if not MIN_STRENGTH <= strength <= MAX_STRENGTH:
        raise PlaygroundError(say("shared.invalid.value", rule=sentence, value=quoted(strength)))
    return strength


def slot_means(request: ArithmeticRequest, space: LatentSpace | GanInputs) -> NDArray[np.float64]:
    """The mean point of each slot, (3, D). Raises PlaygroundError if a slot is empty."""
    empty = [name for name, items in zip(SLOTS, request.slots, strict=True) if not items]
    if empty:
        raise PlaygroundError(say("latent.arithmetic.slot_empty", slot=empty[0]))
    return np.stack([points_of(items, space, request.condition).astype(float).mean(0) for items in request.slots])


def combine(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    """A + strength (C - B), (D,)."""
    return a + strength * (c - b)


def answer_endpoint(request: ArithmeticRequest) -> Endpoint:
    """The answer as an end point of a walk, with the condition's words of the largest shares, if there are shares.

    Raises PlaygroundError if a slot is empty.
    """
    space = seed_space(request.model, request.condition, request.steps)
    a, b, c = slot_means(request, space)
    answer, latent = combine(a, b, c, request.strength), latent_part(space)
    condition = largest_shares(space.facts, answer[latent:]) if isinstance(space, GanInputs) else None
    return Endpoint(tuple(answer[:latent].tolist()), condition)


def largest_shares(facts: ImageModelFacts, shares: NDArray[np.float64]) -> dict[str, str]:
    """Attribute -> the word with the largest share, without attributes where that is "any". shares: (S,)."""
    ends = np.cumsum([len(words) + 1 for words in facts.attributes.values()])
    row = np.array([[int(part.argmax()) for part in np.split(shares, ends[:-1])]])
    return row_condition(facts, row)


def slot_pictures(request: ArithmeticRequest) -> list[NDArray[np.uint8] | None]:
    """The pictures in each slot, (N, H, W, C) uint8; None for an empty one."""
    condition = format_condition(request.condition)
    return [
        _cached_pictures(request.model, condition, request.steps, items) if items else None for items in request.slots
    ]


def seed_pictures(model: str, condition: str, steps: int, seeds: Sequence[int]) -> NDArray[np.uint8]:
    """The pictures of seeds in the space of the sums, (N, H, W, C) uint8."""
    return _cached_pictures(model, condition, steps, tuple(seeds))


@lru_cache(maxsize=64)
def _cached_pictures(model: str, condition: str, steps: int, items: tuple[PictureRef, ...]) -> NDArray[np.uint8]:
    values = parse_condition(image_model_facts(model), condition)
    space = seed_space(model, values, steps)
    pictures = pictures_of(items, points_of(items, space, values), space)
    pictures.setflags(write=False)
    return pictures


def to_median_norm(point: NDArray[np.float64], latent: int) -> NDArray[np.float64]:
    """The point with its z, the first `latent` numbers, scaled to the median norm of random points; 0 stays."""
    from scipy.stats import chi

    length = float(np.linalg.norm(point[:latent]))
    factor = 1.0 if length == 0 else float(chi.median(latent)) / length
    return np.concatenate([point[:latent] * factor, point[latent:]])


def solve(request: ArithmeticRequest) -> ArithmeticResult:
    """Computes a sum. Raises PlaygroundError if a slot is empty or a reference does not fit the model."""
    space = seed_space(request.model, request.condition, request.steps)
    means, latent = slot_means(request, space), latent_part(space)
    answer = combine(means[0], means[1], means[2], request.strength)
    points = np.stack([*means, answer, to_median_norm(answer, latent)]).astype(np.float32)
    pictures = np.concatenate(list(space.pictures(points)))
    return ArithmeticResult(
        request,
        points,
        latent,
        pictures,
        interpolation.norms(points[:, :latent].astype(float)),
        interpolation.chi_norm_range(latent),
        classify_pictures(pictures, request.model),
    )


def label_changes(solved: ArithmeticResult, start: int, end: int) -> list[str]:
    """The attributes whose class differs between two pictures, given by index, as "name: a → b"."""
    before, after = solved.words(start), solved.words(end)
    return [f"{name}: {before[name]} → {after[name]}" for name in before if before[name] != after[name]]


def describe_label_changes(solved: ArithmeticResult) -> str:
    """What the classifier sees change, in sentences; "" without a classifier."""
    if solved.classes is None:
        return ""
    step, answer, total = label_changes(solved, 1, 2), label_changes(solved, 0, 3), len(solved.words(0))
    sentences = [
        say("latent.arithmetic.change_b_c", changes="; ".join(step))
        if step
        else say("latent.arithmetic.no_change_b_c"),
        say("latent.arithmetic.change_answer", changes="; ".join(answer))
        if answer
        else say("latent.arithmetic.no_change_answer"),
    ]
    if 0 < len(answer) < total:
        sentences.append(say("latent.arithmetic.other_attributes", count=total - len(answer), total=total))
    return " ".join([*sentences, say("latent.arithmetic.classifier_errs")])


def describe_norm(solved: ArithmeticResult) -> str:
    """How the answer's length compares with that of random points, in sentences."""
    low, high = solved.norm_range
    length = solved.norms[3]
    verdict = "too_short" if length < low else "too_long" if length > high else "usual"
    first = say("latent.arithmetic.answer_length", length=length, low=low, high=high)
    sentences = [first, say(f"latent.arithmetic.lengths.{verdict}")]
    training = describe_training_lengths(solved.request.model, solved.latent)
    return " ".join([*sentences, training] if training else sentences)


def solve_live(model: object, values: Mapping[str, object]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The answer and the answer at the usual length, under the lock on drawing: ((2, H, W, C) uint8, (2,) norms).

    values: a, b, c, condition as in a link, and strength.
    Raises PlaygroundError for diffusion, which is too slow to follow a pointer, an empty slot, or if the lock is taken.
    """
    strength = read_strength(values.get("strength"))
    names = ("condition", "a", "b", "c")
    sentence = say("latent.points.errors.model_condition_slots")
    # Slots may hold packed points, which are long.
    texts = parse_short_texts(sentence, model, *(values.get(name) for name in names), longest=8_000)
    with draw_lock():
        space, means = _cached_slot_means(*texts)
        answer = combine(means[0], means[1], means[2], strength)
        latent = latent_part(space)
        points = np.stack([answer, to_median_norm(answer, latent)])
        return space.decode(points.astype(np.float32)), interpolation.norms(points[:, :latent])


@lru_cache(maxsize=8)
def _cached_slot_means(
    model: str, condition: str, a: str, b: str, c: str
) -> tuple[LatentSpace | GanInputs, NDArray[np.float64]]:
    """The space and the mean points, cached: computing them takes longer than drawing."""
    if image_model_facts(model).kind == "diffusion":
        raise PlaygroundError(say("latent.arithmetic.too_slow"))
    request = read_arithmetic(model, {"condition": condition, "a": a, "b": b, "c": c})
    space = seed_space(request.model, request.condition)
    return space, slot_means(request, space)


def arithmetic_from(recipe: Recipe) -> ArithmeticRequest:
    """The checked request of a recipe.

    In older recipes a GAN's condition was the same for all seeds, and what it left open seed 0 drew: that condition is
    named, so that they show the same pictures.
    """
    known = ("a", "b", "c", "strength", "condition", "steps")
    request = read_arithmetic(recipe.model, {name: value for name, value in recipe.settings.items() if name in known})
    facts = image_model_facts(request.model)
    if facts.kind != "gan" or recipe.settings.get("settled") == SETTLED[0]:
        return request
    return replace(request, condition=row_condition(facts, condition_row(facts, request.condition, 0)))
