"""A page's scripts and its styles, each joined into one file that is named by its content.

Nothing else of the package is served: no sources, weights or data.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playground.core.catalogue import sentences_named_in
from playground.core.paths import PACKAGE

MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
#: Below the root of the site.
FOLDER = "web"
#: How a script defines a part of window.playground, at the beginning of a line.
_PART = re.compile(r"^ *(?:const \w+ = \()?(?:window\.)?playground\.(\w+) = ", re.MULTILINE)


@dataclass(frozen=True)
class Bundle:
    """One served file. name: includes a hash of its content, so browsers may cache it forever."""

    name: str
    content: bytes
    media_type: str


def web_files(suffix: str, tab: str | None = None) -> list[Path]:
    """The files of a page's scripts or styles, in order: page.js or page.css, the rest of ui, then the panels'.

    suffix: ".js" or ".css".  tab: whose panels; None for all of them.
    """
    base = PACKAGE / "ui" / f"page{suffix}"
    shared = sorted(path for path in (PACKAGE / "ui").rglob(f"*{suffix}") if path != base)
    panels = PACKAGE / "panels" / tab if tab else PACKAGE / "panels"
    return [base, *shared, *sorted(panels.rglob(f"*{suffix}"))]


@cache
def bundle(suffix: str, tab: str | None = None) -> Bundle:
    """The scripts or styles of a tab's page (None: of all tabs), with the sentences that the scripts use. Read once."""
    text = "\n".join(path.read_text("utf-8") for path in web_files(suffix, tab))
    if suffix == ".js":
        sentences = json.dumps(sentences_named_in(text), ensure_ascii=False, separators=(",", ":"))
        text = f"window.playgroundSentences = {sentences};\n{text}"
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Bundle(f"{tab or 'all'}.{digest}{suffix}", content, MEDIA_TYPES[suffix])


def script_tag(tab: str | None = None) -> str:
    """The tag that loads a page's scripts. Deferred scripts run in their order: it must come before Gradio's own."""
    return f'<script src="./{FOLDER}/{bundle(".js", tab).name}" defer></script>'


def style_tag(tab: str | None = None) -> str:
    """The tag that loads a page's styles. It must come after Gradio's own."""
    return f'<link rel="stylesheet" href="./{FOLDER}/{bundle(".css", tab).name}">'


@cache
def script_files() -> Mapping[str, Path]:
    """Name of each part of window.playground -> the script that defines it.

    Raises ValueError if two scripts define the same part.
    """
    scripts: dict[str, Path] = {}
    for path in web_files(".js"):
        for part in _PART.findall(path.read_text("utf-8")):
            if scripts.setdefault(part, path) != path:
                raise ValueError(f"window.playground.{part} is defined in {scripts[part].name} and in {path}")
    return scripts
