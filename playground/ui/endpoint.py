"""An endpoint of the API as one declaration: its registration, its sentences for errors and its documentation follow.

The function's parameters, with their defaults, are the endpoint's, and its docstring describes it. It is listed in the
APIS of its tab, by its module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import ModuleType, NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.ui.api_errors import with_api_errors
from playground.ui.events import MODEL_QUEUE

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


#: A Python type -> the kind of JSON value that it is declared for.
_KINDS: Mapping[Any, str] = {
    str: "text", int: "number", float: "number", bool: "bool", list: "list", dict: "object", NoneType: "none",
}  # fmt: skip


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
        guarded = with_api_errors(with_kinds(function))
        guarded.endpoint = Endpoint(name, guarded, queue or MODEL_QUEUE)  # type: ignore[attr-defined]
        return guarded

    return declare


def with_kinds(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The function or generator, which first checks that each value is of the kind that its parameter is declared as.

    Text in place of a number is left to the function. Raises PlaygroundError that names the parameter.
    """
    signature, hints = inspect.signature(function), get_type_hints(function)
    kinds = {name: _kinds_of(hints.get(name)) for name in signature.parameters}

    def check(values: Any, named: Mapping[str, Any]) -> None:
        for name, value in signature.bind(*values, **named).arguments.items():
            kind = kinds[name]
            if kind and not any(_is(value, one) for one in kind):
                expected = " / ".join(say(f"shared.invalid.kinds.{one}") for one in kind if one != "none")
                raise PlaygroundError(say("shared.invalid.kind", name=name, kind=expected, value=quoted(value)))

    @wraps(function)
    def call(*values: Parameters.args, **named: Parameters.kwargs) -> Result:
        check(values, named)
        return function(*values, **named)

    @wraps(function)
    def stream(*values: Any, **named: Any) -> Iterator[Any]:
        check(values, named)
        yield from cast("Iterator[Any]", function(*values, **named))

    return cast("Callable[Parameters, Result]", stream) if inspect.isgeneratorfunction(function) else call


def _kinds_of(annotation: Any) -> tuple[str, ...]:
    """The kinds of JSON values that a parameter takes: values of _KINDS; () if it takes any."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    kinds = tuple(_KINDS.get(get_origin(part) or part, "") for part in parts)
    return kinds if all(kinds) else ()


def _is(value: Any, kind: str) -> bool:
    if kind == "number":  # as text as well: a number in quotes is an easy slip, and "abc" gets the function's sentence
        return isinstance(value, (int, float, str)) and not isinstance(value, bool)
    return isinstance(value, {"text": str, "bool": bool, "list": list, "object": dict, "none": NoneType}[kind])


def endpoints_in(module: ModuleType) -> Iterator[Endpoint]:
    """The endpoints that a module declares, in its order."""
    for function in vars(module).values():
        one = getattr(function, "endpoint", None)
        if isinstance(one, Endpoint) and function.__module__ == module.__name__:
            yield one
