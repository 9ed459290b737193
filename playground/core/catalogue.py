"""The sentences of the page: one catalogue a language, read through in one sitting, translated in one place.

`say("images.draw.seed_info")` is the sentence `seed_info` in the table `[draw]` of `catalogue/en/images.toml`. Values
replace {names} by the rules of str.format; `{ one = "…", other = "…" }` are the two forms of a sentence with a count.
Scripts say the same with `playground.say(key, {name: value})`; templates of views contain `[[key]]`.

`python -m playground.core.catalogue` prints all of them, in the order of the files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

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
    """Key -> sentence, in the order of the files. Raises ValueError for what is neither a table nor a sentence."""
    found: dict[str, Sentence] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        found |= dict(_flat(path.stem, tomllib.loads(path.read_text("utf-8"))))
    return found


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
            raise ValueError(f"{key} is {value!r}, which is no sentence")


def say(key: str, **values: object) -> str:
    """The sentence of a key, with its {names} replaced; `count` chooses between the forms of one that has two.

    Raises ValueError for an unknown key, KeyError for a name without a value.
    """
    sentence = sentences().get(key)
    if sentence is None:
        raise ValueError(f"the catalogue has no sentence {key!r}")
    if not isinstance(sentence, str):
        sentence = sentence["one" if values["count"] == 1 else "other"]
    return sentence.format(**values)


def fill_template(template: str) -> str:
    """A view's template with a sentence for each [[key]]. Sentences are ours, and contain no HTML."""
    return _IN_TEMPLATE.sub(lambda match: say(match[1]), template)


def sentences_named_in(source: str) -> dict[str, Sentence]:
    """Those sentences whose key a script contains as a string, for the page that loads it."""
    return {
        key: sentences()[key]
        for key in re.findall(r"[\"'`]([a-z0-9_]+(?:\.[a-z0-9_]+)+)", source)
        if key in sentences()
    }


def main() -> None:
    """Prints all sentences, a paragraph a panel."""
    table = ""
    for key, sentence in sentences().items():
        if key.rpartition(".")[0] != table:
            table = key.rpartition(".")[0]
            print(f"\n{table}")
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
            print(f"  {form}")


if __name__ == "__main__":
    main()
