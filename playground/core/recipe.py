"""A recipe: everything needed to compute a result again. Read from and written to links, JSON and PNG metadata.

It does not know what the settings mean: each tab validates its own.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

Setting = str | int | float | bool | None | list[int | None]

#: Browsers and servers take links of this many characters; longer recipes go by file.
LONGEST_LINK = 8000
#: The keyword of a PNG's text chunk that holds a recipe (PNG specification, 3rd edition, 11.3.3.4).
PNG_KEYWORD = "playground-recipe"
_OWN_KEYS = ("tab", "model", "weights", "seed", "result", "running")


@dataclass(frozen=True)
class Recipe:
    """Everything needed to compute a result again.

    tab: where it was computed.  model: its name in the zoo.  weights_sha256: "" if unknown.
    seed: of the local generator.  settings: everything else, by the tab's own names.
    result: the result's fingerprint, in a form that the tab defines ("" before a run).
    runs: whether it is of a run that has not finished: opening it runs it, though there is no result to compare with.
    """

    tab: str
    model: str
    weights_sha256: str
    seed: int
    settings: Mapping[str, Setting] = field(default_factory=dict)
    result: str = ""
    runs: bool = False

    @property
    def is_run(self) -> bool:
        """Whether opening the recipe computes something: its result, or the run that has not finished."""
        return bool(self.result) or self.runs

    def to_query(self) -> str:
        """The recipe as a link's query, without the question mark.

        Raises PlaygroundError if it is too long for a link.
        """
        pairs = [("tab", self.tab), ("model", self.model), ("seed", str(self.seed))]
        pairs += [(name, setting_text(value)) for name, value in self.settings.items() if value is not None]
        pairs += [("weights", self.weights_sha256), ("result", self.result)]
        pairs += [("running", "1")] if self.runs and not self.result else []
        query = urlencode([(name, value) for name, value in pairs if value != ""])
        if len(query) > LONGEST_LINK:
            raise PlaygroundError(say("shared.recipe.too_long", characters=len(query), most=LONGEST_LINK))
        return query

    def to_json(self) -> dict[str, object]:
        """The recipe as values that json.dumps takes."""
        return {
            "tab": self.tab,
            "model": self.model,
            "weights_sha256": self.weights_sha256,
            "seed": self.seed,
            "settings": dict(self.settings),
            "result": self.result,
        }


def setting_text(value: Setting) -> str:
    """One setting as text in a link: the items of a list are joined by commas, and None is an empty item."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join("" if item is None else str(item) for item in value)
    return str(value)


def from_query(query: str | Mapping[str, str]) -> Recipe:
    """The recipe in a link's query; settings stay text, for the tab to validate. Unknown keys are settings.

    Raises PlaygroundError if the query is too long or the seed is not a whole number.
    """
    if isinstance(query, str):
        if len(query) > 4 * LONGEST_LINK:
            raise PlaygroundError(say("shared.recipe.link_too_long"))
        query = dict(parse_qsl(query.lstrip("?"), keep_blank_values=True))
    settings = {name: value for name, value in query.items() if name not in _OWN_KEYS}
    return Recipe(
        tab=query.get("tab", ""),
        model=query.get("model", ""),
        weights_sha256=query.get("weights", ""),
        seed=_seed(query.get("seed") or "0"),
        settings=settings,
        result=query.get("result", ""),
        runs=query.get("running", "") not in ("", "0"),
    )


def from_json(data: object) -> Recipe:
    """The recipe in JSON values: those of to_json, or a download that has them under "recipe".

    Raises PlaygroundError if there is no recipe.
    """
    if isinstance(data, Mapping) and isinstance(data.get("recipe"), Mapping):
        data = data["recipe"]
    if not isinstance(data, Mapping) or not isinstance(data.get("settings"), Mapping):
        raise PlaygroundError(say("shared.recipe.missing"))
    return Recipe(
        tab=str(data.get("tab", "")),
        model=str(data.get("model", "")),
        weights_sha256=str(data.get("weights_sha256", "")),
        seed=_seed(data.get("seed", 0)),
        settings={str(name): value for name, value in data["settings"].items()},
        result=str(data.get("result", "")),
    )


def from_file(content: bytes) -> Recipe:
    """The recipe in a downloaded file: JSON, or a PNG with a recipe in a text chunk.

    Reads nothing else of the file. Raises PlaygroundError if there is no recipe.
    """
    try:
        is_png = content.startswith(b"\x89PNG\r\n\x1a\n")
        return from_json(json.loads(_png_text(content) if is_png else _plain_text(content)))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, EOFError, IndexError):
        raise PlaygroundError(say("shared.recipe.missing")) from None


def _plain_text(content: bytes) -> str:
    """A text file in UTF-8 or, with the mark that editors on Windows put first, in UTF-16."""
    has_wide_mark = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if has_wide_mark else "utf-8-sig")


def _png_text(content: bytes) -> str:
    """Text of the recipe's uncompressed iTXt chunk. Source: PNG specification, 3rd edition, 5.3 and 11.3.3.4."""
    position = 8
    while position + 12 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        kind, body = content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        if kind == b"iTXt" and body.startswith(PNG_KEYWORD.encode() + b"\0\0\0"):
            # keyword, compression flag and method, then language tag and translated keyword, each ended by NUL
            return body.split(b"\0", 5)[5].decode("utf-8")
        position += 12 + length
    raise EOFError


def _seed(value: object) -> int:
    try:
        seed = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else -1
    except ValueError:
        seed = -1
    if not 0 <= seed < 2**63:
        raise PlaygroundError(say("shared.invalid.seed") + ".")
    return seed


def pack_ids(ids: Sequence[int]) -> str:
    """Token ids as link-safe text: two or four bytes each, deflated, base64url."""
    wide = any(item > 0xFFFF for item in ids)
    raw = b"".join(item.to_bytes(4 if wide else 2, "little") for item in ids)
    packed = zlib.compress(bytes([4 if wide else 2]) + raw, 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack_ids(text: str) -> tuple[int, ...]:
    """The token ids that pack_ids packed. Raises PlaygroundError if the text is damaged."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        stream = zlib.decompressobj()
        raw = stream.decompress(packed, 1 << 20)  # bounded: a small text may not unfold into gigabytes
        if not stream.eof or not raw:
            raise ValueError
    except (ValueError, binascii.Error, zlib.error):
        raise PlaygroundError(say("shared.recipe.result_damaged")) from None
    width = raw[0]
    if width not in (2, 4) or (len(raw) - 1) % width:
        raise PlaygroundError(say("shared.recipe.result_damaged"))
    return tuple(int.from_bytes(raw[i : i + width], "little") for i in range(1, len(raw), width))
