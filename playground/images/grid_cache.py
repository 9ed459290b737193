"""Least-recently-used cache of grid cells: a grid with one changed value draws only the new cells.

All visitors share it, as they share loaded models, because a cell depends only on its key (weights, family settings,
condition, seed). It is read-only, serves reloads and links too, and stores nothing about visitors: the only thing that
one can learn of another is that somebody has drawn the same cell before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from playground.images.image_request import ImageRequest
from playground.images.model_menu import ImageModelFacts
from playground.images.sampling import ImageBatch
from playground.images.settings import FAMILY_SETTINGS

CellKey = tuple[object, ...]

#: Pixels plus a fixed overhead per cell: about 10,000 avatars, or 600 of the largest pictures.
MAX_BYTES = 32 << 20
_OVERHEAD_BYTES = 2_000

_lock = threading.Lock()
_cells: OrderedDict[CellKey, ImageBatch] = OrderedDict()
_size = 0


def cell_key(request: ImageRequest, facts: ImageModelFacts) -> CellKey:
    """Everything that a picture depends on: weights, seed, condition, and the settings of the model's family."""
    settings = tuple(getattr(request, name) for name in FAMILY_SETTINGS[facts.kind])
    return request.model, facts.weights_sha256, request.seed, tuple(sorted(request.condition.items())), settings


def get(key: CellKey, request: ImageRequest) -> ImageBatch | None:
    """The cached batch of the key, with this request; None if the cell is not cached."""
    with _lock:
        cell = _cells.get(key)
        if cell is None:
            return None
        _cells.move_to_end(key)
    return replace(cell, request=request)


def put(key: CellKey, cell: ImageBatch) -> ImageBatch:
    """Adds a finished batch of one picture, makes it read-only, and evicts the least recently used cells."""
    global _size
    cell.pictures.flags.writeable = False
    with _lock:
        if key not in _cells:
            _size += _size_of(cell)
        _cells[key] = cell
        _cells.move_to_end(key)
        while _size > MAX_BYTES and len(_cells) > 1:
            _size -= _size_of(_cells.popitem(last=False)[1])
    return cell


def clear() -> None:
    """Removes all cells, for tests."""
    global _size
    with _lock:
        _cells.clear()
        _size = 0


def _size_of(cell: ImageBatch) -> int:
    return cell.pictures.nbytes + _OVERHEAD_BYTES
