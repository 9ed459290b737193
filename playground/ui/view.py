"""What all views share: where their scripts are, and how one is mounted.

A view's template is static: data never becomes HTML. Its script draws with textContent and triggers events.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from playground.core.paths import PACKAGE

#: How a script defines a part of window.playground, at the beginning of a line.
_PART = re.compile(r"^ *(?:const \w+ = \()?(?:window\.)?playground\.(\w+) = ", re.MULTILINE)
#: JavaScript for a link that has changed: the address bar follows, if it is in front; gives the whole link back.
SHOW_QUERY = "query => window.playground?.showQuery ? window.playground.showQuery(query) : ''"


def web_files() -> list[Path]:
    """Every script and style of the page: all of playground/ that is served."""
    return sorted(path for suffix in ("js", "css") for path in PACKAGE.rglob(f"*.{suffix}"))


def new_run() -> str:
    """An id that distinguishes one drawing from the next."""
    return secrets.token_hex(6)


@cache
def script_files() -> Mapping[str, Path]:
    """Part of window.playground -> the script that defines it: the scripts themselves are the one list of their names.

    Raises ValueError if two scripts define the same part: the one that comes last would win.
    """
    found: dict[str, Path] = {}
    for path in web_files():
        for part in _PART.findall(path.read_text("utf-8")) if path.suffix == ".js" else ():
            if found.setdefault(part, path) != path:
                raise ValueError(f"window.playground.{part} is defined in {found[part].name} and in {path}")
    return found


def script(part: str) -> str:
    """The tag that loads the script which defines this part of window.playground."""
    return f'<script src="/gradio_api/file={script_files()[part].as_posix()}"></script>'


def style(name: str) -> str:
    """The tag that loads a style sheet. name: its path below playground/, without the suffix.

    Gradio's own css option would rewrite it, and lose container queries.
    """
    return f'<link rel="stylesheet" href="/gradio_api/file={(PACKAGE / name).as_posix()}.css">'


def on_load(name: str, events: Sequence[str] = (), needs: Sequence[str] = ()) -> str:
    """The script that mounts a view, once its files have come. events: custom events that the view may trigger.

    needs: further parts of window.playground to wait for. Gradio finds an event's listener by its quoted name in this
    text.
    """
    names = ", ".join(f"'{event}'" for event in events)
    ready = " && ".join(f"window.playground.{part}" for part in ("make", *needs, name))
    return (
        f"const start = () => window.playground && {ready}"
        f" ? window.playground.{name}(element, props, trigger, watch, typeof server === 'undefined' ? null : server)"
        f" : setTimeout(start, 30); start(); const events = [{names}];"
    )


def to_front(tab: str) -> str:
    """JavaScript for the choice of a tab: the address bar becomes its own. It takes the queries of its links."""
    return f"(...queries) => {{ window.playground?.toFront?.('{tab}', ...queries); }}"


def to_panel(tab: str, panel: str) -> str:
    """The same for the choice of a panel that has links of its own. It takes the query of its link, if there is one."""
    return f"query => {{ window.playground?.toPanel?.('{tab}', '{panel}', query); }}"


def to_linked_panel(tab: str, panel: str) -> str:
    """The same, for a tab with one box for the links of all panels: it gives this panel's link back, or ""."""
    return f"query => window.playground?.toPanel?.('{tab}', '{panel}', query) ?? ''"


def view(
    name: str,
    template: str,
    value: Any = None,
    *,
    events: Sequence[str] = (),
    needs: Sequence[str] = (),
    **options: Any,
) -> gr.HTML:
    """A gr.HTML whose value is one JSON object, drawn by window.playground.NAME of its script.

    A function and no subclass: Gradio writes a stub file beside the source of every subclass, at import.
    name: of the function; needs: further parts of window.playground that it uses. The scripts that define them are
    found by these names.  options: those of gr.HTML.
    """
    component = gr.HTML(
        value=packed(value),
        html_template=template,
        js_on_load=on_load(name, events, needs),
        head="".join(dict.fromkeys(script(part) for part in ("make", *needs, name))),
        apply_default_css=False,
        **options,
    )
    component.postprocess = packed  # type: ignore[method-assign]
    return component


def packed(value: Any) -> str | None:
    """A view's value as it travels: JSON in text, see given() in assets/web/page.js. No tag can be read out of it."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
