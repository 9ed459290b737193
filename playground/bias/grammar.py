"""Differences between groups' texts that grammar explains: English pronouns follow the gender and number of a noun.

"The man … he, the woman … she" is agreement, as in "the men … they": it shows nothing about a model's bias.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

FEMININE = frozenset(
    "woman women girl girls lady ladies female females she her hers mother mothers mum mom grandmother grandma "
    "daughter daughters sister sisters aunt aunts niece nieces wife wives widow girlfriend bride queen queens "
    "princess actress waitress stewardess hostess heroine nun policewoman saleswoman businesswoman chairwoman "
    "congresswoman mrs ms miss madam mary anna anne emily emma sarah lisa susan linda jane julia laura amy kate "
    "ana maria".split()
)
MASCULINE = frozenset(
    "man men boy boys gentleman gentlemen guy guys male males he him his father fathers dad grandfather grandpa "
    "son sons brother brothers uncle uncles nephew nephews husband husbands widower boyfriend groom king kings "
    "prince actor waiter steward host hero monk policeman salesman businessman chairman congressman mr sir john "
    "james robert michael david peter paul mark thomas george jack tom bob mike steve".split()
)
#: Nouns that take "they" although they do not end in s.
_PLURAL = frozenset("people men women children policemen salesmen businessmen gentlemen".split())
#: Nouns that end in s and take no "they".
_SINGULAR = frozenset(
    "boss james thomas his hers actress waitress stewardess hostess princess miss business class".split()
)
FEMININE_KIND, MASCULINE_KIND, OPEN_KIND = "feminine", "masculine", "open"


def named_gender(group: str) -> str:
    """The gender that a group's own words name: feminine, masculine, or open if none, or both."""
    words = set(_words(group))
    feminine, masculine = bool(words & FEMININE), bool(words & MASCULINE)
    if feminine == masculine:
        return OPEN_KIND
    return FEMININE_KIND if feminine else MASCULINE_KIND


def is_plural(group: str) -> bool:
    """Whether a group is named in the plural, by the ends of its words."""
    words = _words(group)
    last = words[-1] if words else ""
    plural_end = last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in _SINGULAR
    return bool(set(words) & _PLURAL) or plural_end


def follows_grammar(pronoun: str, groups: Sequence[str]) -> bool:
    """Whether the groups differ in what decides a pronoun. pronoun: "she", "he" or "they"."""
    if pronoun == "they":
        return len({is_plural(group) for group in groups}) > 1
    return len({named_gender(group) for group in groups}) > 1


def _words(group: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", group.lower())
