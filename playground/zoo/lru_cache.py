"""A cache that drops the least recently used items. It knows keys and sizes, not models."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class LruCache(Generic[Key, Item]):
    """Items by key, with their bytes. Thread-safe."""

    def __init__(self) -> None:
        """An empty cache."""
        self._lock = threading.Lock()
        self._items: OrderedDict[Key, tuple[Item, int]] = OrderedDict()

    def get(self, key: Key) -> Item | None:
        """The item, now the most recently used, or None."""
        with self._lock:
            if key not in self._items:
                return None
            self._items.move_to_end(key)
            return self._items[key][0]

    def put(self, key: Key, item: Item, size_bytes: int) -> None:
        """Stores the item as the most recently used; size_bytes counts against the budget of make_room."""
        with self._lock:
            self._items[key] = (item, size_bytes)

    def make_room(self, size_bytes: int, budget_bytes: int) -> None:
        """Drops items until size_bytes more fit the budget. An item in use stays alive until its user is done."""
        with self._lock:
            while self._items and sum(size for _, size in self._items.values()) + size_bytes > budget_bytes:
                self._items.popitem(last=False)

    def keys(self) -> tuple[Key, ...]:
        """The keys of all items, least recently used first."""
        with self._lock:
            return tuple(self._items)

    def clear(self, which: Callable[[Key], bool] = lambda key: True) -> None:
        """Drops all items, or those whose key satisfies `which`."""
        with self._lock:
            for key in [key for key in self._items if which(key)]:
                del self._items[key]
