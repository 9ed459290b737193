"""The data sets that the playground knows by name, and how they are loaded and shared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.data import avatars, fashion, skewed
from playground.data.dataset import Dataset

_loaded: dict[str, Dataset] = {}
_lock = threading.Lock()


def datasets() -> dict[str, Callable[[Report], Dataset]]:
    """Name -> how it is loaded."""
    return {
        avatars.NAME: avatars.load,
        fashion.NAME: fashion.load,
        fashion.SAMPLE_NAME: fashion.load_sample,
    }


def variants() -> dict[str, Callable[[Report], Dataset]]:
    """Parts of the data sets that models were trained on for a purpose; nobody chooses them on a page."""
    return {"avatars-skewed": skewed.load_skewed, "avatars-reweighed": skewed.load_reweighed}


def attribute_values(name: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its values, of a data set, its sample or a variant. Loads nothing.

    Raises PlaygroundError for an unknown name.
    """
    values = {
        avatars.NAME: avatars.values,
        fashion.NAME: fashion.values,
        fashion.SAMPLE_NAME: fashion.values,
        **dict.fromkeys(variants(), avatars.values),
    }
    if name not in values:
        raise PlaygroundError(f'"{name[:80]}" is no data set here: there are {", ".join(datasets())}.')
    return values[name]()


def load(name: str, report: Report = without_progress) -> Dataset:
    """A data set; loaded once in a process's life, and shared: its arrays are read-only.

    report: called with what is being done and the fraction done, 0 to 1, while it takes long.
    Raises PlaygroundError for an unknown name ("" is a model's that comes without any), or if it cannot be had on this
    machine.
    """
    if not name:
        raise PlaygroundError(
            "This model comes without its data set: the real pictures that it learned from are not here."
        )
    known = datasets() | variants()
    if name not in known:
        raise PlaygroundError(f'"{name[:80]}" is no data set here: there are {", ".join(datasets())}.')
    with _lock:
        if name not in _loaded:
            _loaded[name] = known[name](report)
        return _loaded[name]
