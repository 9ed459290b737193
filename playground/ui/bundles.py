"""A page's styles, joined into one file that is named by its content. Scripts are served one by one: script_modules.py.

Nothing else of the package is served: no sources, weights or data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playground.core.paths import PACKAGE

MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
#: Below the root of the site.
FOLDER = "web"


@dataclass(frozen=True)
class Bundle:
    """One served file. name: includes a hash of its content, so browsers may cache it forever."""

    name: str
    content: bytes


def style_files(tab: str | None = None) -> list[Path]:
    """The files of a page's styles, in order: page.css, the rest of ui, then the panels'. tab: None for all panels."""
    base = PACKAGE / "ui" / "page.css"
    shared = sorted(path for path in (PACKAGE / "ui").rglob("*.css") if path != base)
    panels = PACKAGE / "panels" / tab if tab else PACKAGE / "panels"
    return [base, *shared, *sorted(panels.rglob("*.css"))]


@cache
def styles(tab: str | None = None) -> Bundle:
    """The styles of a tab's page (None: of all tabs). Read once."""
    content = "\n".join(path.read_text("utf-8") for path in style_files(tab)).encode()
    return Bundle(f"{tab or 'all'}.{hashlib.sha256(content).hexdigest()[:12]}.css", content)


def style_tag(tab: str | None = None) -> str:
    """The tag that loads a page's styles. It must come after Gradio's own."""
    return f'<link rel="stylesheet" href="./{FOLDER}/{styles(tab).name}">'
