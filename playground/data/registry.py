"""The picture data sets by name, loaded once and shared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.data import avatars, fashion, skewed
from playground.data.dataset import Dataset

_loaded: dict[str, Dataset] = {}
_lock = threading.Lock()


def datasets() -> dict[str, Callable[[Report], Dataset]]:
    """Name -> the function that loads it."""
    return {
        avatars.NAME: avatars.load,
        fashion.NAME: fashion.load,
        fashion.SAMPLE_NAME: fashion.load_sample,
    }


def variants() -> dict[str, Callable[[Report], Dataset]]:
    """Variants that some bundled models were trained on; they are not in any menu."""
    return {"avatars-skewed": skewed.load_skewed, "avatars-reweighed": skewed.load_reweighed}


def attribute_values(name: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its values, for a data set, sample or variant. Loads nothing.

    Raises PlaygroundError for an unknown name.
    """
    values = {
        avatars.NAME: avatars.values,
        fashion.NAME: fashion.values,
        fashion.SAMPLE_NAME: fashion.values,
        **dict.fromkeys(variants(), avatars.values),
    }
    if name not in values:
        raise PlaygroundError(say("data.pictures.unknown", name=name[:80], names=", ".join(datasets())))
    return values[name]()


def attribute_colours(name: str) -> Mapping[str, Mapping[str, str]]:
    """Attribute -> value -> its own colour, "#rrggbb", for attributes of a data set that are colours. Loads nothing."""
    return avatars.colours() if name == avatars.NAME or name in variants() else {}


def size(name: str) -> int:
    """Number of pictures of a data set that `datasets` names. Loads nothing."""
    avatar_count = avatars.TRAIN_COUNT + avatars.HELD_OUT_COUNT
    return {avatars.NAME: avatar_count, fashion.NAME: fashion.COUNT, fashion.SAMPLE_NAME: fashion.SAMPLE_COUNT}[name]


def missing(name: str) -> str:
    """Why a data set cannot be loaded here without fetching it, in a sentence; "" if it can."""
    is_missing = name == fashion.NAME and not fashion.is_here()
    return say("data.fashion.missing", advice=say("data.fashion.advice")) if is_missing else ""


def fetch(name: str) -> Iterator[float]:
    """Fetches a data set that `missing` names; yields the fraction done. Raises PlaygroundError if that fails."""
    if name == fashion.NAME:
        yield from fashion.fetch()


def load(name: str, report: Report = without_progress) -> Dataset:
    """A data set, loaded once per process and shared: its arrays are read-only.

    Raises PlaygroundError for an unknown name ("" for a model without a data set), or if it is not available on this
    machine.
    """
    if not name:
        raise PlaygroundError(say("data.pictures.none"))
    known = datasets() | variants()
    if name not in known:
        raise PlaygroundError(say("data.pictures.unknown", name=name[:80], names=", ".join(datasets())))
    with _lock:
        if name not in _loaded:
            _loaded[name] = known[name](report)
        return _loaded[name]
