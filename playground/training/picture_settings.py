"""What can be set for a training on pictures, in which range, and what of it may change while it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.errors import PlaygroundError

#: Pictures shown in all, repeats counted: what nobody waits for to the end.
MOST_SHOWN = 500_000_000
SIDES = {"avatars": 16, "fashion": 28}


@dataclass(frozen=True)
class Number:
    """low..high; a whole one if `whole`.  hot: it may change while the training goes on."""

    low: float
    high: float
    start: float
    whole: bool = False
    hot: bool = False


@dataclass(frozen=True)
class Choice:
    """One of `words`, or True or False if they are (False, True)."""

    words: tuple[Any, ...]
    start: Any
    hot: bool = False


Fields = Mapping[str, Number | Choice]
RATE = (1e-7, 10.0)


def common(steps: int, width: int) -> dict[str, Number | Choice]:
    """Of every family. pictures: how many of the training pictures are used, 0 for all.  labels: the nets are told what

    each picture shows.  wrong_labels, grey_noise, missing: shares of labels that are exchanged, of pictures that are
    replaced by grey noise, of the most frequent class that is left out.
    """
    return {
        "steps": Number(1, 10_000_000, steps, whole=True),
        "batch": Number(4, 256, 24, whole=True),
        "width": Number(16, 128, width, whole=True),
        "side": Number(16, 28, 16, whole=True),
        "pictures": Number(0, 100_000, 0, whole=True),
        "labels": Choice((False, True), False),
        "wrong_labels": Number(0, 1, 0),
        "grey_noise": Number(0, 1, 0),
        "missing": Number(0, 1, 0),
    }


def read(fields: Fields, dataset: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Checked settings with every default filled in. Raises PlaygroundError."""
    settings = {name: field.start for name, field in fields.items()} | checked(fields, asked)
    own_side = SIDES.get(dataset)
    if own_side and "side" in asked and asked["side"] != own_side:
        raise PlaygroundError(f"The pictures of {dataset} are {own_side} × {own_side}: leave “side” out.")
    settings["side"] = own_side or settings["side"]
    if settings["side"] not in SIDES.values():
        raise PlaygroundError("“side” must be 16 or 28 pixels.")
    if settings["width"] % 16:
        raise PlaygroundError("“width” must be a multiple of 16: 16, 32, 48, …")
    if 0 < settings["pictures"] < 8:
        raise PlaygroundError("“pictures” must be 0, for all of them, or 8 at least.")
    if dataset == "folder" and settings["labels"]:
        raise PlaygroundError("Your own pictures have no labels: set “labels” to false.")
    if (settings["wrong_labels"] or settings["missing"]) and not settings["labels"]:
        raise PlaygroundError("Wrong labels and a class that is missing need labels: set “labels” to true.")
    if settings["steps"] * settings["batch"] > MOST_SHOWN:
        raise PlaygroundError(
            f"{settings['steps']:,} steps of {settings['batch']:,} pictures are more than the {MOST_SHOWN:,} that a "
            "run may see: take fewer steps or a smaller batch."
        )
    return settings


def checked(fields: Fields, asked: Mapping[str, Any], only_hot: bool = False) -> dict[str, Any]:
    """What was asked for, each of its kind and range. only_hot: what is fixed at the start is refused."""
    allowed = {name: field for name, field in fields.items() if field.hot or not only_hot}
    found: dict[str, Any] = {}
    for name, value in asked.items():
        field = allowed.get(name)
        if field is None:
            fixed = "is fixed when a run starts" if name in fields else "is no setting of this training"
            raise PlaygroundError(f"“{str(name)[:40]}” {fixed}: choose among {', '.join(allowed)}.")
        found[name] = _number(name, field, value) if isinstance(field, Number) else _choice(name, field, value)
    return found


def _number(name: str, field: Number, value: object) -> float | int:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not field.low <= value <= field.high or (field.whole and value != int(value)):  # type: ignore[operator, call-overload]
        kind = "a whole number" if field.whole else "a number"
        raise PlaygroundError(
            f"“{name}” must be {kind} from {_short(field.low)} to {_short(field.high)}; it was {str(value)[:40]}."
        )
    assert isinstance(value, int | float)
    return int(value) if field.whole else float(value)


def _choice(name: str, field: Choice, value: object) -> Any:
    for word in field.words:
        if type(word) is type(value) and word == value:
            return word
    words = ", ".join(str(word).lower() if isinstance(word, bool) else str(word) for word in field.words)
    raise PlaygroundError(f"“{name}” must be one of {words}; it was {str(value)[:40]}.")


def _short(number: float) -> str:
    return f"{number:,}" if number == int(number) and number < 1e7 + 1 else f"{number:g}"
