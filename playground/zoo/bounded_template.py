"""Chat templates of strangers, rendered within limits: of time, of the length of a text, of the size of a number.

A template is a Jinja program. Jinja's sandbox keeps it from files and from Python's inside, and a single range from
being too long, but loops in loops, macros that call themselves, and texts that double would hold up the whole server.
It does not know how much memory a template's text of allowed length takes in many variables.
"""

from __future__ import annotations

import operator
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from jinja2 import Template, filters
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from playground.core.catalogue import say

#: Processor seconds of one rendering; an ordinary one takes milliseconds, a long chat a tenth of a second.
SECONDS = 3.0
#: Characters of a text, items of a list, and the largest number that is given to a function.
LARGEST = 4_000_000
_LONG_NUMBER = re.compile(r"\d{7}")
_LIMITS: Mapping[str, Callable[[Any, Any], Any]] = {
    "*": operator.mul, "**": operator.pow, "%": operator.mod, "+": operator.add,
}  # fmt: skip


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, without results that are too large."""

    intercepted_binops = frozenset(_LIMITS)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """An operation whose result may be large. Raises SecurityError if it would be."""
        if operator == "**" or (operator == "%" and isinstance(left, str) and _LONG_NUMBER.search(left)):
            _refuse()
        if operator == "*":
            sizes = [_size(one) for one in (left, right)]
            if sizes[0] * sizes[1] > LARGEST:
                _refuse()
        if operator == "+" and _size(left) + _size(right) > 2 * LARGEST:
            _refuse()
        return _LIMITS[operator](left, right)

    def call(self, context: Any, function: Any, *arguments: Any, **keywords: Any) -> Any:
        """A call of a function or a method. Raises SecurityError for arguments that make it large."""
        # The sandbox wraps a text's format.
        text = getattr(getattr(function, "__wrapped__", function), "__self__", None)
        if any(map(_is_large, (*arguments, *keywords.values()))) or (
            isinstance(text, str) and getattr(function, "__name__", "") == "format" and _LONG_NUMBER.search(text)
        ):
            _refuse()
        return super().call(context, function, *arguments, **keywords)


def render_template(tokenizer: Any, messages: Sequence[Mapping[str, str]]) -> str:
    """A chat as the model reads it, up to where it answers.

    messages: {"role", "content"}, plain texts.
    Raises SecurityError for a template that exceeds the limits, and whatever a template raises.
    """
    source = tokenizer.get_chat_template()
    with _limits():
        template = _compile(source)
    with _limits():
        text: str = template.render(
            messages=[dict(one) for one in messages], tools=None, documents=None, add_generation_prompt=True,
            **{name: str(token) for name, token in tokenizer.special_tokens_map.items()},
        )  # fmt: skip
    return text


@lru_cache(maxsize=32)
def _compile(text: str) -> Template:
    """The template, with the filters, functions and tags that templates of transformers know."""
    from transformers.utils.chat_template_utils import _compile_jinja_template

    known = _compile_jinja_template("").environment
    tags = [type(extension) for extension in known.extensions.values()]
    # Nothing is computed ahead: Jinja would go on after a refusal, and Python traces nothing any more after the first.
    environment = BoundedEnvironment(
        trim_blocks=known.trim_blocks, lstrip_blocks=known.lstrip_blocks, extensions=tags, optimized=False
    )
    environment.filters.update(known.filters)
    environment.globals.update(known.globals)
    return environment.from_string(text)


@contextmanager
def _limits() -> Iterator[None]:
    """Ends what this thread runs when its time is over, or when a function returns too long a text."""
    deadline = time.thread_time() + SECONDS
    before, filter_file = sys.gettrace(), filters.__file__

    def check(frame: FrameType, event: str, value: Any) -> Any:
        code: CodeType = frame.f_code
        is_filter = event == "call" and code.co_filename == filter_file
        if (
            time.thread_time() > deadline
            or (event == "return" and _size(value) > 2 * LARGEST)
            or (is_filter and any(map(_is_large, frame.f_locals.values())))
        ):
            _refuse()
        return check

    sys.settrace(check)
    try:
        yield
    finally:
        sys.settrace(before)


def _size(value: Any) -> int:
    if isinstance(value, (int, float)):
        return max(1, int(min(abs(value), LARGEST + 1)))
    return len(value) if isinstance(value, (str, list, tuple)) else 1


def _is_large(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not abs(value) <= LARGEST


def _refuse() -> None:
    raise SecurityError(say("text.request.template_too_long"))
