"""Texts that a language model writes about several groups, with their length, sentiment, pronouns and words.

Only the group differs between them: templates, seeds and sampler are the same for all. Design after Sheng, Chang,
Natarajan and Peng 2019, arXiv:1909.01326.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.bias.continuations import continuations
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_int, parse_seed, parse_text, quoted
from playground.language.generation import load, tokenize
from playground.language.sampling import SamplerSettings
from playground.language.text_request import DEFAULT_MODEL, TextRequest, recipe_of

#: The panel, in links.
NAME = "group_generation"
SLOT = "{group}"
MOST_TEMPLATES, FEWEST_GROUPS, MOST_GROUPS, MOST_TEXTS = 12, 2, 6, 2000
_LONGEST = 200
#: Samples from the model's own distribution.
SAMPLER = SamplerSettings(temperature=1.0, top_k=0, top_p=1.0)
PRONOUNS: Mapping[str, frozenset[str]] = {
    "she": frozenset({"she", "her", "hers", "herself"}),
    "he": frozenset({"he", "him", "his", "himself"}),
    "they": frozenset({"they", "them", "their", "theirs", "themselves", "themself"}),
}


@dataclass(frozen=True)
class GroupGenerationRequest:
    """A checked request.

    templates: each contains {group} once.  groups: 2 to 6.  each: texts per template and group, 2 to 100.
    tokens: maximum per text, 5 to 60.  seed: of the first text per template and group; each next one adds 1.
    prefix: text before every template, or "".
    """

    templates: tuple[str, ...]
    groups: tuple[str, ...]
    each: int = 8
    tokens: int = 20
    seed: int = 0
    model: str = DEFAULT_MODEL
    prefix: str = ""

    @property
    def count(self) -> int:
        """Number of texts in all."""
        return len(self.templates) * len(self.groups) * self.each

    def prompt(self, template: int, group: int) -> str:
        """The prompt of one template and group; a group at its start is capitalised."""
        before, after = self.templates[template].split(SLOT)
        word = self.groups[group]
        if not before.strip():
            word = word[:1].upper() + word[1:]
        prefix = f"{self.prefix.strip()} " if self.prefix.strip() else ""
        return f"{prefix}{before}{word}{after}".rstrip()


@dataclass(frozen=True)
class GroupText:
    """One generated text.

    template, group: indices into the request's.  number: which of the texts per template and group, from 0.
    ids: tokens of the text, the end token included.  sentiment: VADER's compound score, −1 (negative) to 1 (positive).
    words: lower-case words of the text.
    """

    template: int
    group: int
    number: int
    seed: int
    prompt: str
    text: str
    ids: tuple[int, ...]
    sentiment: float
    words: tuple[str, ...]

    def has(self, pronoun: str) -> bool:
        """Whether the text contains any form of a pronoun. pronoun: a key of PRONOUNS."""
        return not PRONOUNS[pronoun].isdisjoint(self.words)


@dataclass(frozen=True, eq=False)
class GroupTexts:
    """The texts of a request so far."""

    request: GroupGenerationRequest
    texts: tuple[GroupText, ...]
    decoder: str
    weights_sha256: str

    @property
    def done(self) -> bool:
        """Whether all texts are there."""
        return len(self.texts) == self.request.count

    def recipe(self) -> Recipe:
        """The recipe of all texts; its result is the CRC-32 of their tokens, "" until all are there."""
        request = self.request
        settings: dict[str, str | int | float | bool | None | list[int | None]] = {
            "panel": NAME,
            "templates": "\n".join(request.templates),
            "groups": "\n".join(request.groups),
            "each": request.each,
            "tokens": request.tokens,
            "prefix": request.prefix or None,
        }
        ids = ";".join(",".join(map(str, text.ids)) for text in self.texts)
        result = f"{zlib.crc32(ids.encode()):08x}" if self.done else ""
        return Recipe("bias", request.model, self.weights_sha256, request.seed, settings, result)

    def text_recipe(self, text: GroupText) -> Recipe:
        """The recipe of one text, for the Text tab."""
        request = TextRequest(
            text.prompt, model=self.request.model, decoder=self.decoder, sampler=SAMPLER,
            max_new_tokens=self.request.tokens, seed=text.seed,
        )  # fmt: skip
        return recipe_of(request, self.decoder, self.weights_sha256, text.ids)


def read_group_generation(values: Mapping[str, object]) -> GroupGenerationRequest:
    """A checked request from a page, a link or a program.

    values: templates and groups as lists or as lines of text; each, tokens, seed, model, prefix.
    Raises PlaygroundError for a value that is missing or out of range.
    """
    templates = _lines(values.get("templates"), say("bias_texts.group_generation.templates_name"), 1, MOST_TEMPLATES)
    for template in templates:
        if template.count(SLOT) != 1:
            count = template.count(SLOT)
            raise PlaygroundError(
                say("bias_texts.group_generation.needs_group", template=quoted(template), count=count)
            )
    groups = _lines(values.get("groups"), say("bias_texts.group_generation.groups_name"), FEWEST_GROUPS, MOST_GROUPS)
    if len(set(groups)) < len(groups):
        raise PlaygroundError(say("bias_texts.group_generation.same_group"))
    request = GroupGenerationRequest(
        templates=templates,
        groups=groups,
        each=parse_int(values.get("each", 8), 2, 100, say("bias_texts.group_generation.each_range")),
        tokens=parse_int(values.get("tokens", 20), 5, 60, say("bias_texts.group_generation.tokens_range")),
        seed=parse_seed(values.get("seed", 0)),
        model=str(values.get("model") or DEFAULT_MODEL),
        prefix=parse_text(
            values.get("prefix") or "", say("bias_texts.group_generation.prefix_name"), may_be_empty=True
        ),
    )
    if len(request.prefix) > 5 * _LONGEST:
        raise PlaygroundError(
            say("bias_texts.group_generation.prefix_long", count=len(request.prefix), most=5 * _LONGEST)
        )
    if request.count > MOST_TEXTS:
        raise PlaygroundError(say("bias_texts.group_generation.too_many", count=request.count, most=MOST_TEXTS))
    return request


def _lines(value: object, name: str, fewest: int, most: int) -> tuple[str, ...]:
    items = list(value) if isinstance(value, (list, tuple)) else parse_text(value or "", name, True).split("\n")
    if len(items) > 10 * most:
        raise PlaygroundError(say("bias_texts.group_generation.list_long", count=len(items), name=name, most=most))
    lines = [parse_text(item, name, True).strip() for item in items]
    lines = [line for line in lines if line]
    if not fewest <= len(lines) <= most:
        limits = {"fewest": fewest, "most": most, "name": name}
        raise PlaygroundError(say("bias_texts.group_generation.list_count", count=len(lines), **limits))
    for line in lines:
        if len(line) > _LONGEST:
            values = {"line": quoted(line), "count": len(line), "most": _LONGEST}
            raise PlaygroundError(say("bias_texts.group_generation.line_long", **values))
    return tuple(lines)


def generate_group_texts(request: GroupGenerationRequest) -> Iterator[GroupTexts]:
    """Yields the texts so far after each batch, and the same texts again in between, so that a run can be stopped.

    Writes all groups of a template before the next template: a stopped run can compare the templates it finished.
    Raises PlaygroundError if the model cannot be loaded.
    """
    loaded = load(request.model)
    analyser = _analyser()
    now = GroupTexts(request, (), loaded.decoder.name, loaded.weights_sha256)
    seeds = [(request.seed + number) % 2**63 for number in range(request.each)]
    for template in range(len(request.templates)):
        for group in range(len(request.groups)):
            prompt = request.prompt(template, group)
            number = 0
            for batch in continuations(loaded, tokenize(loaded, prompt), list(seeds), request.tokens, SAMPLER):
                texts = []
                for one in batch:
                    sentiment = float(analyser.polarity_scores(one.text)["compound"])
                    words = words_of(one.text)
                    texts.append(
                        GroupText(template, group, number, one.seed, prompt, one.text, one.ids, sentiment, words)
                    )
                    number += 1
                now = replace(now, texts=(*now.texts, *texts))
                yield now


def _analyser() -> Any:
    """VADER, a lexicon of valences with rules for negation and emphasis. Source: Hutto and Gilbert 2014."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def words_of(text: str) -> tuple[str, ...]:
    """The lower-case words of a text; apostrophes inside a word stay."""
    return tuple(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower()))


def texts_of_group(texts: Sequence[GroupText], group: int) -> list[GroupText]:
    """The texts about one group, in order. group: its index."""
    return [text for text in texts if text.group == group]
