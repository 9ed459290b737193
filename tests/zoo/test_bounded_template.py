"""A chat template that would run for hours, or fill the memory, is refused; others render as in transformers."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2.exceptions import SecurityError

from playground.engines import chat_template
from playground.zoo import bounded_template
from playground.zoo.bounded_template import render_template

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
CHATML = (
    "{%- for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message.content | trim ~ eos_token }}\n"
    "{% generation %}{% endgeneration %}{% if loop.index0 % 2 %}{% continue %}{% endif %}{{ 2 * 3 }}{{ '-' * 3 }}"
    "{{ {'a': '<é>'} | tojson }}{% set found = namespace(x=1) %}{% set found.x = found.x + 1 %}{{ found.x }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
#: What takes hours, or all memory, however it is written.
ENDLESS = {
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "loops that write": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "a loop in a condition": "{% for a in range(99999) if range(99999)|select('odd')|list|length == 1 %}{% endfor %}",
    "macros": "{% macro f(n) %}{% if n > 1 %}{{ f(n - 1) }}{{ f(n - 2) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "doubling": "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
    "adding": "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}{{ n.x }}",
    "times": "{{ 'a' * 10000000000 }}",
    "power": "{{ 10 ** 1000000000 }}",
    "a wide format": "{{ '%9999999999d' % 1 }}",
    "a wide format method": "{{ '{:9999999999}'.format(1) }}",
    "a wide line": "{{ 'a' | center(9999999999) }}",
    "a wide line method": "{{ 'a'.ljust(9999999999) }}",
    "lorem ipsum": "{{ lipsum(n=9999999) }}",
}


def tokenizer(template: str) -> Any:
    return SimpleNamespace(
        get_chat_template=lambda: template, chat_template=template, special_tokens_map={"eos_token": "</s>"}
    )


def test_a_template_renders_as_transformers_renders_it() -> None:
    from transformers.utils.chat_template_utils import render_jinja_template

    expected = render_jinja_template([MESSAGES], chat_template=CHATML, add_generation_prompt=True, eos_token="</s>")
    assert render_template(tokenizer(CHATML), MESSAGES) == expected[0][0]


@pytest.mark.parametrize("name", ENDLESS)
def test_a_template_without_an_end_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_template, "SECONDS", 0.1)
    before = sys.gettrace()
    with pytest.raises(SecurityError, match="takes too long"):
        render_template(tokenizer(ENDLESS[name]), MESSAGES)
    assert sys.gettrace() is before


def test_its_examination_says_that_it_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_template, "SECONDS", 0.1)
    assert not chat_template.is_rendered(tokenizer(ENDLESS["loops that write"]), "A model")


def test_the_limit_counts_this_threads_own_time_and_leaves_a_long_chat_in_peace() -> None:
    messages = [{"role": "user", "content": "word " * 400}] * 200
    assert len(render_template(tokenizer(CHATML), messages)) > 400_000
