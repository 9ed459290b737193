"""The settings of the sampler as parameters of an endpoint, built from the table of its stages."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast, get_type_hints

from playground.language.sampling import SETTINGS
from playground.language.sampling.table import FIRST_SETTINGS


def takes_sampler_settings(before: str, last: Sequence[str] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives an endpoint's function a parameter for each setting in SETTINGS; it receives them as keywords.

    before: the parameter that the first version's settings precede. Later settings come last, so that calls by
    position stay valid.  last: parameters of its own that came even later.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(function)
        named = [item for item in inspect.signature(function).parameters.values() if item.kind != item.VAR_KEYWORD]
        own, newest = ([item for item in named if (item.name in last) == is_last] for is_last in (False, True))
        place = [item.name for item in own].index(before)
        first, later = (
            [_parameter(name) for name in SETTINGS if (name in FIRST_SETTINGS) == is_first]
            for is_first in (True, False)
        )
        signature = inspect.Signature([*own[:place], *first, *own[place:], *later, *newest])

        def arguments(values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
            return dict(signature.bind(*values, **named).arguments)

        @wraps(function)
        def call(*values: Any, **named: Any) -> Any:
            return function(**arguments(values, named))

        @wraps(function)
        def stream(*values: Any, **named: Any) -> Any:
            yield from function(**arguments(values, named))

        result: Any = stream if inspect.isgeneratorfunction(function) else call
        result.__signature__ = signature.replace(return_annotation=hints.get("return", inspect.Signature.empty))
        result.__annotations__ = {name: hint for name, hint in hints.items() if name in signature.parameters} | {
            item.name: item.annotation for item in (*first, *later)
        }
        result.__annotations__["return"] = hints.get("return")
        return cast("Callable[..., Any]", result)

    return decorate


def _parameter(name: str) -> inspect.Parameter:
    default = SETTINGS[name].default
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=default, annotation=type(default))
