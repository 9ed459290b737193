"""The catalogue: every sentence of the page, one folder per language, to be read in one sitting and translated.

`say("images.draw.seed_info")` returns the sentence `seed_info` of the table `[draw]` in `catalogue/en/images.toml`.
Values replace {names} as in str.format, with the formats of core/numbers.py; `{ one = "…", other = "…" }` are the two
forms of a sentence with a count.
Scripts call `say(key, {name: value})`; templates of views contain `[[key]]`.

`python -m playground.core.catalogue` prints all sentences in the order of the files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from playground.core.numbers import fill
from playground.core.paths import PACKAGE

LANGUAGE = "en"
FOLDER = PACKAGE / "catalogue"
#: A sentence, or its two forms: "one", for a count of 1, and "other".
Sentence = str | Mapping[str, str]
_FORMS = {"one", "other"}
#: A key in a view's template.
_IN_TEMPLATE = re.compile(r"\[\[([a-z0-9_]+\.[a-z0-9_.]+)\]\]")


@cache
def sentences(language: str = LANGUAGE) -> Mapping[str, Sentence]:
    """Key -> sentence, in the order of the files. Raises ValueError for a value that is neither table nor sentence."""
    catalogue: dict[str, Sentence] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        catalogue |= dict(_flat(path.stem, tomllib.loads(path.read_text("utf-8"))))
    return catalogue


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, Sentence]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict) and value.keys() == _FORMS:
            yield key, value
        elif isinstance(value, dict):
            yield from _flat(key, value)
        else:
            raise ValueError(f"{key} is {value!r}, which is not a sentence")


def say(key: str, **values: object) -> str:
    """The sentence of a key with its {names} replaced; `count` chooses between two forms.

    Raises ValueError for an unknown key, KeyError for a name without a value.
    """
    sentence = sentences().get(key)
    if sentence is None:
        raise ValueError(f"the catalogue has no sentence {key!r}")
    if not isinstance(sentence, str):
        sentence = sentence["one" if values["count"] == 1 else "other"]
    return fill(sentence, values)


def fill_template(template: str) -> str:
    """A view's template with each [[key]] replaced by its sentence, which contains no HTML."""
    return _IN_TEMPLATE.sub(lambda match: say(match[1]), template)


def sentences_named_in(source: str) -> dict[str, Sentence]:
    """The sentences whose keys a script contains as strings, for the page that loads it."""
    return {
        key: sentences()[key]
        for key in re.findall(r"[\"'`]([a-z0-9_]+(?:\.[a-z0-9_]+)+)", source)
        if key in sentences()
    }


def main() -> None:
    """Prints all sentences, with a paragraph for each table."""
    table = ""
    for key, sentence in sentences().items():
        if key.rpartition(".")[0] != table:
            table = key.rpartition(".")[0]
            print(f"\n{table}")
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
            print(f"  {form}")


if __name__ == "__main__":
    main()
