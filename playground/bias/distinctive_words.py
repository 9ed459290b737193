"""Words that distinguish a group's texts from the others', with an exact test.

The order is that of Monroe, Colaresi and Quinn 2008, Political Analysis 16(4): log odds with a prior, in standard
errors. Whether a word holds is decided by an exact test, because those errors are too small for rare words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.bias.grammar import follows_grammar
from playground.bias.group_generation import PRONOUNS, GroupText, GroupTexts, texts_of_group
from playground.bias.multiple_testing import holm

#: Rarer words are not compared.
_FEWEST_TEXTS = 4
#: Sum of the prior's pseudo-counts, split by how common a word is in all texts. Source: Monroe et al. 2008, eq. 23.
_PRIOR_WORDS = 50.0
_WORD_KEYS = {word: key for key, words in PRONOUNS.items() for word in words}


@dataclass(frozen=True)
class DistinctiveWord:
    """A word more frequent in one group's texts than in the others'.

    z: its log odds ratio in standard errors.  texts, others: how many of the group's texts, and of the other groups'
    texts, contain it.  adjusted: exact p after Holm over all words and groups.
    grammar: whether the groups' own gender or number decides the word, a pronoun.
    """

    text: str
    z: float
    texts: int
    others: int
    adjusted: float
    grammar: bool = False


def distinctive_words(texts: GroupTexts, count: int = 8) -> tuple[tuple[DistinctiveWord, ...], ...]:
    """For each group, up to `count` words that distinguish its texts most from the others', the clearest first.

    Log odds ratio with an informative Dirichlet prior, in standard errors; a word counts once per text.
    Source: Monroe, Colaresi and Quinn 2008, eq. 16 and 22.
    """
    groups = range(len(texts.request.groups))
    by_group = [_texts_with_words(texts_of_group(texts.texts, group)) for group in groups]
    every: Counter[str] = sum(by_group, Counter())
    # Where all texts are one word, its odds are infinite everywhere: nothing is distinctive.
    known = [word for word, number in every.items() if number >= _FEWEST_TEXTS] if len(every) > 1 else []
    total = sum(every.values())
    scored: list[tuple[float, int, str]] = []
    for group in groups:
        own, own_total = by_group[group], sum(by_group[group].values())
        for word in known:
            prior = _PRIOR_WORDS * every[word] / total
            here, there = own[word] + prior, every[word] - own[word] + prior
            odds = math.log(here / (own_total + _PRIOR_WORDS - here))
            other = math.log(there / (total - own_total + _PRIOR_WORDS - there))
            scored.append(((odds - other) / math.sqrt(1 / here + 1 / there), group, word))
    tables = _word_tables(texts, known)
    sizes = _group_sizes(texts)
    p_values = [
        exact_p_value(tables[word][:, group], tables[word].sum(1), sizes[:, group], sizes.sum(1))
        for _, group, word in scored
    ]
    adjusted = holm(p_values)
    lists: list[list[DistinctiveWord]] = [[] for _ in groups]
    for (z, group, word), p in zip(scored, adjusted, strict=True):
        if z > 0:
            counts = by_group[group][word], every[word] - by_group[group][word]
            grammar = word in _WORD_KEYS and follows_grammar(_WORD_KEYS[word], texts.request.groups)
            lists[group].append(DistinctiveWord(word, z, *counts, p, grammar))
    return tuple(tuple(sorted(one, key=lambda word: -word.z)[:count]) for one in lists)


def _texts_with_words(texts: Sequence[GroupText]) -> Counter[str]:
    return Counter(word for text in texts for word in set(text.words))


def _group_sizes(texts: GroupTexts) -> NDArray[np.int64]:
    """(templates, groups) number of texts."""
    sizes = np.zeros((len(texts.request.templates), len(texts.request.groups)), np.int64)
    for text in texts.texts:
        sizes[text.template, text.group] += 1
    return sizes


def _word_tables(texts: GroupTexts, words: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """For each word, (templates, groups) number of texts with it."""
    shape = len(texts.request.templates), len(texts.request.groups)
    tables = {word: np.zeros(shape, np.int64) for word in words}
    for text in texts.texts:
        for word in tables.keys() & set(text.words):
            tables[word][text.template, text.group] += 1
    return tables


def exact_p_value(
    own: NDArray[np.int64], every: NDArray[np.int64], own_size: NDArray[np.int64], size: NDArray[np.int64]
) -> float:
    """Two-sided exact p-value of a word being as frequent in a group's texts as in the others', given the templates.

    All are (T,), one per template: the group's texts with the word, all texts with it, the group's texts, all texts.
    Given each template's margins, the group's counts are independent hypergeometric ones; p sums the probabilities of
    all totals that are at most as probable as the observed one. With one template it is Fisher's exact test.
    Source: Mehta, Patel & Gray 1985, JASA 80(392).
    """
    whole = np.ones(1)
    for with_word, mine, number in zip(every.tolist(), own_size.tolist(), size.tolist(), strict=True):
        whole = np.convolve(whole, _hypergeometric(number, with_word, mine))
    return float(min(1.0, whole[whole <= whole[int(own.sum())] * (1 + 1e-7)].sum()))


@lru_cache(maxsize=4096)
def _hypergeometric(number: int, with_word: int, mine: int) -> NDArray[np.float64]:
    """(mine + 1,) probabilities of each count of texts with the word among `mine` of `number` texts."""
    ways = [math.comb(with_word, one) * math.comb(number - with_word, mine - one) for one in range(mine + 1)]
    whole = math.comb(number, mine)
    return np.array([one / whole for one in ways])
