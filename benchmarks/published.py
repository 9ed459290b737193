"""Published tables that a right implementation must give again, where the weights are at hand; said aloud where not.

WEAT 1 to 10 of Caliskan et al. 2017 on GloVe 840B: set PLAYGROUND_GLOVE_840B to glove.840B.300d.txt (5.6 GB, as its
authors give it out). Without it the same tests run on the GloVe that comes along, which is another table.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import show
from playground.bias.weat import Association, association_test
from playground.bias.weat_sets import weat_tests
from playground.core.numbers import number

Vectors = dict[str, NDArray[np.float32]]


def main() -> None:
    """Prints each table, or why it cannot be made again."""
    file = os.environ.get("PLAYGROUND_GLOVE_840B", "")
    if file and Path(file).is_file():
        _weat("GloVe 840B 300d, the published one", read_vectors(Path(file), _words()))
    else:
        print("\nSKIPPED: WEAT on GloVe 840B: set PLAYGROUND_GLOVE_840B to glove.840B.300d.txt.")
        _weat("GloVe 6B 50d, another embedding than the published one: figures need not agree", _own())
    print(
        "\nSKIPPED: CrowS-Pairs and StereoSet of masked models (BERT 60.5 %, Nangia et al. 2020): they fill in words "
        "in the middle, and no such model is here; causal models are scored by `python -m benchmarks crows_pairs`."
    )


def _words() -> set[str]:
    return {word for test in weat_tests().values() for words in test.lists() for word in words}


def read_vectors(file: Path, words: Collection[str]) -> Vectors:
    """The vectors of some words out of a text of "word number number ...", a line each; the first of each word."""
    vectors: Vectors = {}
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            word, _, numbers = line.rstrip("\n").partition(" ")
            if word in words and word not in vectors:
                vectors[word] = np.array(numbers.split(), np.float32)
                if len(vectors) == len(words):
                    break
    return vectors


def _own() -> Vectors:
    from playground.language.word_embeddings import GLOVE, word_space

    space = word_space(GLOVE)
    return {word: space.unit[space.index[word.lower()]] for word in _words() if word.lower() in space.index}


def _weat(title: str, vectors: Vectors) -> None:
    rows = []
    for place, test in weat_tests().items():
        lists = [[word for word in words if word in vectors] for words in test.lists()]
        missing = sum(len(words) for words in test.lists()) - sum(map(len, lists))
        x, y, a, b = (np.stack([vectors[word] for word in words]) for words in lists)
        association: Association = association_test(x, y, a, b)
        p = association.p["greater"]
        rows.append(
            [
                f"{place}. {test.title}",
                f"{test.published_d:.2f}",
                f"{association.d:.2f}",
                test.published_p,
                number(p, 2),
                str(missing),
            ]
        )
    show(
        f"WEAT 1 to 10: {title}",
        "One-sided p by permutation. Published: Caliskan, Bryson and Narayanan 2017, doi:10.1126/science.aal4230.",
        ["test", "published d", "d here", "published p", "p here", "words missing"],
        rows,
    )
