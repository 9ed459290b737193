"""Modules that replace themselves in sys.modules while they are imported, as those of Hugging Face do, for threads.

A thread that imports such a module while another is importing it waits, and then gets the module that was replaced,
which has none of its names: "module 'diffusers' has no attribute 'DDIMScheduler'". Two visitors who are first at the
same time are enough. Here a module that was replaced passes on to its replacement.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

NAMES = ("diffusers", "transformers")


class ReplacedModules(MetaPathFinder):
    """Finds modules by these names as Python does; once they are executed, they pass on to what has replaced them."""

    def __init__(self, names: Sequence[str]) -> None:
        """names: of packages."""
        self.names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module's spec; None for all other names."""
        spec = PathFinder.find_spec(name, path, target) if name in self.names else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            if sys.modules.get(name) is not module:
                setattr(module, "__getattr__", lambda attribute: _of_replacement(name, attribute))  # noqa: B010

        setattr(spec.loader, "exec_module", exec_module)  # noqa: B010 - mypy: a method
        return spec


def _of_replacement(name: str, attribute: str) -> Any:
    return getattr(sys.modules[name], attribute)


def pass_on_replaced_modules() -> None:
    """Makes the modules of NAMES safe to import in several threads at once. Call it before any of them is imported."""
    if not any(isinstance(finder, ReplacedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, ReplacedModules(NAMES))
