"""Least-recently-used cache of grid cells, so that a grid with one changed value draws only the new cells.

All visitors share it, like loaded models, and it is not in a page's gr.State: a cell depends only on its key (weights,
family settings, condition, seed). It holds nothing about who asked, is read-only, and serves reloads and links. All
that another visitor can learn is that somebody has drawn the same cell before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from playground.images.image_request import FAMILY_SETTINGS, ImageRequest
from playground.images.model_menu import ImageModelFacts
from playground.images.sampling import ImageBatch

CellKey = tuple[object, ...]

#: Pixels plus a fixed overhead for each cell: about 10,000 avatars, or 600 of the largest pictures.
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
    """The cached picture of the key, with this request in it; None if there is none."""
    with _lock:
        cell = _cells.get(key)
        if cell is None:
            return None
        _cells.move_to_end(key)
    return replace(cell, request=request)


def put(key: CellKey, cell: ImageBatch) -> ImageBatch:
    """Adds a finished batch of one picture, makes it read-only, and evicts the least recently used."""
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
    """Empties the cache."""
    global _size
    with _lock:
        _cells.clear()
        _size = 0


def _size_of(cell: ImageBatch) -> int:
    return cell.pictures.nbytes + _OVERHEAD_BYTES
