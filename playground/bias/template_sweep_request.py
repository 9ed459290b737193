"""What a template sweep measures: templates with a slot and a blank, two sides, two groups of words, control pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.bias.cloze import BLANK, LONGEST_SENTENCE, capitalize_first, fill_blank, read_sentence, read_words
from playground.bias.control_pairs import Pairs, read_controls
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text, quoted
from playground.language.text_request import DEFAULT_MODEL

SLOT = "{}"
FEWEST_TEMPLATES, MOST_TEMPLATES = 3, 40
MOST_TARGETS = 6
MOST_SENTENCES = 12_000


@dataclass(frozen=True)
class TemplateSweepRequest:
    """What to measure. templates: each with one SLOT, for A or B, and one blank, for the words.

    prefix: text before every sentence, "" for none.
    """

    templates: tuple[str, ...]
    a: str
    b: str
    words_1: tuple[str, ...]
    words_2: tuple[str, ...]
    controls: Pairs
    model: str = DEFAULT_MODEL
    prefix: str = ""


def read_template_sweep(values: Mapping[str, Any]) -> TemplateSweepRequest:
    """The request of {"templates", "a", "b", "words_1", "words_2", "controls", "model"}.

    Raises PlaygroundError for values that cannot be measured.
    """
    a, b = _read_side(values.get("a"), "A"), _read_side(values.get("b"), "B")
    if a == b:
        raise PlaygroundError(say("bias.template_sweep.errors.same_sides"))
    first = read_words(values.get("words_1"), say("bias.cloze.first_words"), most=MOST_TARGETS)
    second = read_words(values.get("words_2"), say("bias.cloze.second_words"), most=MOST_TARGETS)
    both = sorted({*first} & {*second})
    if both:
        raise PlaygroundError(say("bias.template_sweep.errors.in_both", word=quoted(both[0])))
    templates = read_templates(values.get("templates"))
    controls = read_controls(values.get("controls"))
    count = len(templates) * 2 * (1 + len(controls)) * (len(first) + len(second))
    if count > MOST_SENTENCES:
        raise PlaygroundError(say("bias.template_sweep.errors.many_sentences", count=count, most=MOST_SENTENCES))
    return TemplateSweepRequest(templates, a, b, first, second, controls, str(values.get("model") or DEFAULT_MODEL))


def _read_side(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PlaygroundError(say("bias.template_sweep.errors.not_a_word", name=name, value=quoted(value)))
    return read_words([value], name)[0]


def read_templates(value: object) -> tuple[str, ...]:
    """The templates of a text, one per line, or of a list. Raises PlaygroundError naming the line that is wrong."""
    if isinstance(value, str):
        text = parse_text(value, say("bias.cloze.text_of", name=say("bias.cloze.wordings")), may_be_empty=True)
        lines: Sequence[object] = [line for line in text.split("\n") if line.strip()]
    elif isinstance(value, (list, tuple)):
        lines = value
    else:
        raise PlaygroundError(say("bias.template_sweep.errors.not_text", value=quoted(value)))
    if not FEWEST_TEMPLATES <= len(lines) <= MOST_TEMPLATES:
        raise PlaygroundError(
            say("bias.template_sweep.errors.count", count=len(lines), fewest=FEWEST_TEMPLATES, most=MOST_TEMPLATES)
        )
    templates = tuple(_template(line, number) for number, line in enumerate(lines, 1))
    for number, template in enumerate(templates, 1):
        if template in templates[: number - 1]:
            raise PlaygroundError(say("bias.template_sweep.errors.repeated", number=number))
    return templates


def _template(line: object, number: int) -> str:
    if not isinstance(line, str) or line.count(SLOT) != 1 or len(line) > LONGEST_SENTENCE:
        raise PlaygroundError(
            say(
                "bias.template_sweep.errors.template",
                number=number,
                slot=SLOT,
                blank=BLANK,
                most=LONGEST_SENTENCE,
                value=quoted(line),
            )  # fmt: skip
        )
    return read_sentence(line, say("bias.cloze.wording", number=number))


def fill_template(template: str, side: str, word: str) -> str:
    """The template with A or B in its slot and a word in its blank; its first letter in upper case."""
    sentence = template.replace(SLOT, side)
    return fill_blank(capitalize_first(sentence) if template.startswith(SLOT) else sentence, word)
