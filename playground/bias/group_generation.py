"""Groups in the same sentences, continued many times: length, sentiment, pronouns and words of each group's texts.

Which group a text is of is all that differs: templates, seeds and sampler are the same for all. Design after Sheng,
Chang, Natarajan and Peng 2019, arXiv:1909.01326.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.bias.continuations import continuations
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_int, parse_seed, parse_text, quoted
from playground.language.generation import load, tokenize
from playground.language.sampling import SamplerSettings
from playground.language.text_request import DEFAULT_MODEL, TextRequest, recipe_of

#: In links.
NAME = "group_generation"
SLOT = "{group}"
MOST_TEMPLATES, FEWEST_GROUPS, MOST_GROUPS, MOST_TEXTS = 12, 2, 6, 2000
_LONGEST = 200
#: The model's own distribution: nothing cut, nothing sharpened.
SAMPLER = SamplerSettings(temperature=1.0, top_k=0, top_p=1.0)
PRONOUNS: Mapping[str, frozenset[str]] = {
    "she": frozenset({"she", "her", "hers", "herself"}),
    "he": frozenset({"he", "him", "his", "himself"}),
    "they": frozenset({"they", "them", "their", "theirs", "themselves", "themself"}),
}


@dataclass(frozen=True)
class GroupGenerationRequest:
    """templates: each with {group} once.  groups: 2 to 6.  each: texts for every template and group, 2 to 100.

    tokens: of a text, 5 to 60.  seed: of the first text of each; the next have the next.
    prefix: a text before every template, "" for none.
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
        """How many texts are written."""
        return len(self.templates) * len(self.groups) * self.each

    def prompt(self, template: int, group: int) -> str:
        """The beginning of the texts of one template and group: a group that begins it gets a capital."""
        before, after = self.templates[template].split(SLOT)
        word = self.groups[group]
        if not before.strip():
            word = word[:1].upper() + word[1:]
        prefix = f"{self.prefix.strip()} " if self.prefix.strip() else ""
        return f"{prefix}{before}{word}{after}".rstrip()


@dataclass(frozen=True)
class GroupText:
    """One text. template, group: which.  number: of its seed among the template's.  prompt, text: as read and written.

    sentiment: VADER's compound, −1 (negative) to 1 (positive).  words: those of the text, in lower case.
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
        """Whether the text holds the pronoun in any of its forms. pronoun: a key of PRONOUNS."""
        return not PRONOUNS[pronoun].isdisjoint(self.words)


@dataclass(frozen=True, eq=False)
class GroupTexts:
    """The texts of a request that are generated so far."""

    request: GroupGenerationRequest
    texts: tuple[GroupText, ...]
    decoder: str
    weights_sha256: str

    @property
    def done(self) -> bool:
        """Whether none is missing."""
        return len(self.texts) == self.request.count

    def recipe(self) -> Recipe:
        """The recipe of all texts; its result is a fingerprint of their tokens."""
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
        asked = TextRequest(
            text.prompt, model=self.request.model, decoder=self.decoder, sampler=SAMPLER,
            max_new_tokens=self.request.tokens, seed=text.seed,
        )  # fmt: skip
        return recipe_of(asked, self.decoder, self.weights_sha256, text.ids)


def read_group_generation(values: Mapping[str, object]) -> GroupGenerationRequest:
    """A checked request from whatever came in: templates and groups as lists or as lines, each, tokens, seed, model.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    templates = _lines(values.get("templates"), "templates", 1, MOST_TEMPLATES)
    for template in templates:
        if template.count(SLOT) != 1:
            raise PlaygroundError(
                f"Every template needs {SLOT} once, where the group is put in; {quoted(template)} has it "
                f"{template.count(SLOT)} times."
            )
    groups = _lines(values.get("groups"), "groups", FEWEST_GROUPS, MOST_GROUPS)
    if len(set(groups)) < len(groups):
        raise PlaygroundError("A group stands there twice: give each once, so that there is something to compare.")
    request = GroupGenerationRequest(
        templates=templates,
        groups=groups,
        each=parse_int(values.get("each", 8), 2, 100, "Texts for each must be a whole number from 2 to 100"),
        tokens=parse_int(values.get("tokens", 20), 5, 60, "Tokens must be a whole number from 5 to 60"),
        seed=parse_seed(values.get("seed", 0)),
        model=str(values.get("model") or DEFAULT_MODEL),
        prefix=parse_text(values.get("prefix") or "", "text before", may_be_empty=True),
    )
    if len(request.prefix) > 5 * _LONGEST:
        raise PlaygroundError(f"The text before has {len(request.prefix):,} characters; at most {5 * _LONGEST:,}.")
    if request.count > MOST_TEXTS:
        raise PlaygroundError(
            f"That would be {request.count:,} texts; at most {MOST_TEXTS:,} are written: take fewer templates, groups "
            "or texts for each."
        )
    return request


def _lines(value: object, name: str, fewest: int, most: int) -> tuple[str, ...]:
    items = list(value) if isinstance(value, (list, tuple)) else parse_text(value or "", name, True).split("\n")
    if len(items) > 10 * most:
        raise PlaygroundError(f"There are {len(items):,} {name}; at most {most} can be compared: shorten the list.")
    lines = [parse_text(item, name, True).strip() for item in items]
    lines = [line for line in lines if line]
    if not fewest <= len(lines) <= most:
        raise PlaygroundError(f"There must be {fewest} to {most} {name}, each on a line; there are {len(lines)}.")
    for line in lines:
        if len(line) > _LONGEST:
            raise PlaygroundError(f"{quoted(line)} has {len(line):,} characters; at most {_LONGEST}: shorten it.")
    return tuple(lines)


def generate_group_texts(request: GroupGenerationRequest) -> Iterator[GroupTexts]:
    """Writes all texts; yields what is there after every few, and an empty beat in between so that Stop is heard.

    The groups of a template come one after another, so that a stopped run compares what it has.
    Raises PlaygroundError if the model cannot be had.
    """
    loaded = load(request.model)
    analyser = _analyser()
    now = GroupTexts(request, (), loaded.decoder.name, loaded.weights_sha256)
    seeds = range(request.seed, request.seed + request.each)
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
    """Hutto and Gilbert 2014, VADER: a dictionary of words with valences, and rules for negation and emphasis."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case; apostrophes stay inside."""
    return tuple(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower()))


def texts_of_group(texts: Sequence[GroupText], group: int) -> list[GroupText]:
    """Those of the texts that are about a group, in their order."""
    return [text for text in texts if text.group == group]
