"""The pictures of grids: kept a while, so that a grid in which one value is changed draws only what is new.

Shared by everyone, as loaded models are, and not in a page's gr.State: a cell is what a model gives for some settings,
found by those alone (weights, family's settings, condition, seed), the same for whoever asks. It holds nothing of who
asked, is never written to, outlives a reload, and is there when a link is opened. All that another visitor can learn
is that somebody has drawn the same cell before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from playground.images.image_request import FAMILY_SETTINGS, ImageRequest
from playground.images.model_menu import ImageModelFacts
from playground.images.sampling import ImageBatch

CellKey = tuple[object, ...]

#: Of pixels, and of what surrounds a picture in memory: some 10,000 avatars, or 600 of the largest pictures.
MAX_BYTES = 32 << 20
_OVERHEAD_BYTES = 2_000

_lock = threading.Lock()
_cells: OrderedDict[CellKey, ImageBatch] = OrderedDict()
_size = 0


def cell_key(request: ImageRequest, facts: ImageModelFacts) -> CellKey:
    """What a picture depends on: its weights, its seed, its condition, and the settings of its family alone."""
    settings = tuple(getattr(request, name) for name in FAMILY_SETTINGS[facts.kind])
    return request.model, facts.weights_sha256, request.seed, tuple(sorted(request.condition.items())), settings


def get(key: CellKey, request: ImageRequest) -> ImageBatch | None:
    """The picture of this key if it is still here, as drawn for this request."""
    with _lock:
        found = _cells.get(key)
        if found is None:
            return None
        _cells.move_to_end(key)
    return replace(found, request=request)


def put(key: CellKey, sheet: ImageBatch) -> ImageBatch:
    """Keeps a finished sheet of one picture, read-only from now on, and lets go of what was longest not asked for."""
    global _size
    sheet.pictures.flags.writeable = False
    with _lock:
        if key not in _cells:
            _size += _size_of(sheet)
        _cells[key] = sheet
        _cells.move_to_end(key)
        while _size > MAX_BYTES and len(_cells) > 1:
            _size -= _size_of(_cells.popitem(last=False)[1])
    return sheet


def clear() -> None:
    """Lets all of them go."""
    global _size
    with _lock:
        _cells.clear()
        _size = 0


def _size_of(sheet: ImageBatch) -> int:
    return sheet.pictures.nbytes + _OVERHEAD_BYTES
