"""Dataclasses as JSON text and back, for values that a visitor's browser keeps.

Reading checks every type: the text may have been edited, or come from another version.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def encode_all(values: Sequence[Any]) -> str:
    """Several dataclass instances as the text of a JSON list. NaN stays NaN, which only Python reads."""
    return json.dumps([asdict(value) for value in values], ensure_ascii=False, separators=(",", ":"), default=_plain)


def decode_all(kind: type[Value], text: str) -> tuple[Value, ...]:
    """The instances in such a text. Raises ValueError if it holds anything else."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from None
    return cast(tuple[Value, ...], _decode_items(tuple, (kind, Ellipsis), _as_list(data)))


def decode(kind: type[Value], data: object) -> Value:
    """An instance from values that were read as JSON, by field. Raises ValueError if they are of other types."""
    return cast(Value, _decode(kind, data))


def _as_list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise ValueError("a list expected")
    return data


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _decode(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(get_args(kind), data)
    if is_dataclass(kind) and isinstance(data, dict):
        return _decode_dataclass(kind, data)
    if origin is not None and issubclass(origin, Mapping) and isinstance(data, dict):
        return {str(name): _decode(get_args(kind)[1], value) for name, value in data.items()}
    if origin in (tuple, list) and isinstance(data, list):
        return _decode_items(origin, get_args(kind), data)
    if kind is float and isinstance(data, int | float) and not isinstance(data, bool):
        return _to_float(data)
    if kind is Any and _is_writable(data):
        return data
    if kind in (str, int, bool, type(None)) and type(data) is kind and _is_writable(data):
        return data
    raise ValueError(f"{kind} expected, not {str(data)[:40]!r}")


def _is_writable(data: Any) -> bool:
    """Whether an answer of the server can hold it: its whole numbers have 64 bits."""
    if isinstance(data, dict | list):
        return all(_is_writable(part) for part in (data.values() if isinstance(data, dict) else data))
    return not isinstance(data, int) or abs(data) < 1 << 63


def _to_float(data: int | float) -> float:
    try:
        return float(data)
    except OverflowError:
        raise ValueError(f"{str(data)[:40]} is too large") from None


def _decode_dataclass(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind) if field.init}
    try:
        return kind(**{name: _decode(hints[name], value) for name, value in data.items() if name in known})
    except TypeError as error:  # a field is missing
        raise ValueError(str(error)) from None


def _decode_items(origin: Any, kinds: tuple[Any, ...], data: Sequence[Any]) -> Any:
    if origin is list or kinds[-1] is Ellipsis:
        return origin(_decode(kinds[0], item) for item in data)
    if len(kinds) != len(data):
        raise ValueError(f"{len(kinds)} items expected, not {len(data)}")
    return tuple(_decode(kind, item) for kind, item in zip(kinds, data, strict=True))


def _decode_union(kinds: Sequence[Any], data: Any) -> Any:
    for kind in kinds:
        try:
            return _decode(kind, data)
        except ValueError:
            continue
    raise ValueError(f"none of {kinds}: {str(data)[:40]!r}")
