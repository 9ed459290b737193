"""Scripts and styles of a page, each kind joined into one file that is named by its content.

They are all of the package that is ever served: sources, weights and data are not.
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
    """One file as it is served. name: with a hash of its content, so that browsers may keep it for good."""

    name: str
    content: bytes
    media_type: str


def web_files(suffix: str, tab: str | None = None) -> list[Path]:
    """The scripts or styles of a page, in the order in which they take effect: the page's own, ui's, then the panels'.

    suffix: ".js" or ".css".  tab: whose panels; None for all of them.
    """
    base = PACKAGE / "ui" / f"page{suffix}"
    shared = sorted(path for path in (PACKAGE / "ui").rglob(f"*{suffix}") if path != base)
    panels = PACKAGE / "panels" / tab if tab else PACKAGE / "panels"
    return [base, *shared, *sorted(panels.rglob(f"*{suffix}"))]


@cache
def bundle(suffix: str, tab: str | None = None) -> Bundle:
    """The scripts or styles of a tab's page (of all tabs for None), joined. Read once a process."""
    text = "\n".join(path.read_text("utf-8") for path in web_files(suffix, tab))
    if suffix == ".js":
        said = json.dumps(sentences_named_in(text), ensure_ascii=False, separators=(",", ":"))
        text = f"window.playgroundSentences = {said};\n{text}"
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
    """Part of window.playground -> the script that defines it: the scripts themselves are the one list of their names.

    Raises ValueError if two scripts define the same part: the one that comes last would win.
    """
    found: dict[str, Path] = {}
    for path in web_files(".js"):
        for part in _PART.findall(path.read_text("utf-8")):
            if found.setdefault(part, path) != path:
                raise ValueError(f"window.playground.{part} is defined in {found[part].name} and in {path}")
    return found
