"""An endpoint of the API as one declaration: its registration, its sentences for errors and its documentation follow.

The function's parameters, with their defaults, are the endpoint's, and its docstring describes it. It is listed in the
APIS of its tab, by its module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from playground.ui.api_errors import with_api_errors
from playground.ui.events import MODEL_QUEUE

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Endpoint:
    """An endpoint. name: in its address, /NAME.  queue: keywords of Gradio's event."""

    name: str
    function: Callable[..., Any]
    queue: Mapping[str, Any] = field(default_factory=lambda: MODEL_QUEUE)

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """Name -> parameter, in the order of calls by position."""
        return inspect.signature(self.function).parameters

    @property
    def description(self) -> str:
        """What it does, takes and returns."""
        return inspect.getdoc(self.function) or ""

    def add(self) -> None:
        """Registers it in the surrounding Blocks."""
        from gradio.events import api

        api(self.function, api_name=self.name, **self.queue)


def endpoint(name: str, **queue: Any) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Declares a function, or a generator that streams, as an endpoint; its errors become gr.Error.

    queue: keywords of Gradio's event; by default the endpoint waits for its turn to run a model.
    """

    def declare(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        guarded = with_api_errors(function)
        guarded.endpoint = Endpoint(name, guarded, queue or MODEL_QUEUE)  # type: ignore[attr-defined]
        return guarded

    return declare


def endpoints_in(module: ModuleType) -> Iterator[Endpoint]:
    """The endpoints that a module declares, in its order."""
    for function in vars(module).values():
        one = getattr(function, "endpoint", None)
        if isinstance(one, Endpoint) and function.__module__ == module.__name__:
            yield one
