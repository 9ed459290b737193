"""A cache that drops the least recently used items. It knows sizes and keys, and nothing of models."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class LruCache(Generic[Key, Item]):
    """Items by key, with their bytes. Safe to use from several threads."""

    def __init__(self) -> None:
        """Starts empty."""
        self._lock = threading.Lock()
        self._held: OrderedDict[Key, tuple[Item, int]] = OrderedDict()

    def get(self, key: Key) -> Item | None:
        """The item, now the most recently used, or None."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def put(self, key: Key, item: Item, size_bytes: int) -> None:
        """Store the item as the most recently used; size_bytes counts against the budget of make_room."""
        with self._lock:
            self._held[key] = (item, size_bytes)

    def make_room(self, size_bytes: int, budget_bytes: int) -> None:
        """Drop items until these bytes fit the budget too. Who is using one keeps it until they are done."""
        with self._lock:
            while self._held and sum(size for _, size in self._held.values()) + size_bytes > budget_bytes:
                self._held.popitem(last=False)

    def keys(self) -> tuple[Key, ...]:
        """What is held, least recently used first."""
        with self._lock:
            return tuple(self._held)

    def clear(self, which: Callable[[Key], bool] = lambda key: True) -> None:
        """Drop everything, or what has such a key."""
        with self._lock:
            for key in [key for key in self._held if which(key)]:
                del self._held[key]
