"""What all views share: where their scripts lie, and how one is mounted.

A view's template is static: data never becomes HTML. Its script draws with textContent and tells Python of events.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from playground.core.paths import PACKAGE

#: Name of a script -> its file below playground/, without the suffix.
SCRIPTS = {
    "page": "ui/page",
    "picture": "ui/chip_picture",
    "run": "ui/run",
    "notice": "ui/notice",
    "curves": "ui/training_curves",
    "fineprint": "ui/fine_print",
    "intervals": "ui/interval_chart",
    "pictures": "ui/picture_card",
    "sheet": "ui/picture_sheet",
    "paint": "ui/canvas",
    "nearest": "ui/nearest",
    "marks": "ui/marks",
    "token": "ui/token_chip",
    "tokens": "ui/token_chips",
    "beam": "panels/text/beam_search/view",
    "branches": "panels/text/generate/tree_view",
    "sampler": "panels/text/generate/sampler_view",
    "better": "panels/images/comparison/view",
    "matrix": "panels/images/grid/view",
    "painting": "panels/images/text_to_image/view",
    "frames": "panels/images/denoising/view",
    "walk": "panels/latent/walk/view",
    "plane": "panels/latent/seed_plane/view",
    "map": "panels/latent/map/view",
    "directions": "panels/latent/directions/view",
    "arithmetic": "panels/latent/arithmetic/view",
    "reading": "panels/latent/traversal/view",
    "words": "panels/latent/words/view",
    "wordmap": "panels/latent/words/map_view",
    "contrast": "panels/bias/sentence_pair/view",
    "guess": "panels/bias/sentence_pair/guess_view",
    "texts": "panels/bias/group_generation/view",
    "tally": "panels/bias/image_bias/labelling_view",
    "translation": "panels/bias/translation/view",
    "genders": "panels/bias/translation/gender_table_view",
    "arena": "panels/train/toy_2d/view",
    "arenalayers": "panels/train/toy_2d/layers",
    "brush": "panels/train/toy_2d/brush",
    "training_pictures": "panels/train/image_model/view",
    "findings": "panels/train/findings_view",
    "language": "panels/train/language_model/view",
    "merges": "panels/train/language_model/merges_view",
    "tuning": "panels/train/fine_tuning/view",
    "runs": "panels/train/runs/view",
    "cost": "panels/train/cost_view",
}
#: JavaScript for a link that has changed: the address bar follows, if it is in front; gives the whole link back.
SHOW_QUERY = "query => window.playground?.showQuery ? window.playground.showQuery(query) : ''"


def web_files() -> list[Path]:
    """Every script and style of the page: all of playground/ that is served."""
    return sorted(path for suffix in ("js", "css") for path in PACKAGE.rglob(f"*.{suffix}"))


def new_run() -> str:
    """A name that tells one drawing from the next."""
    return secrets.token_hex(6)


def script(name: str) -> str:
    """The tag that loads the script of that name in SCRIPTS."""
    return f'<script src="/gradio_api/file={(PACKAGE / SCRIPTS[name]).as_posix()}.js"></script>'


def style(name: str) -> str:
    """The tag that loads assets/web/NAME.css, as it is: Gradio's own css option rewrites it and loses container

    queries.
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
    file: str = "",
    needs: Sequence[str] = (),
    **options: Any,
) -> gr.HTML:
    """A gr.HTML whose value is one JSON object, drawn by window.playground.NAME of its script.

    A function and no subclass: Gradio writes a stub file beside the source of every subclass, at import.
    name: of the script's function; file: the script that has it (name, if not given); needs: further scripts, each of
    which defines a part of window.playground by its own name; options: those of gr.HTML.
    """
    component = gr.HTML(
        value=packed(value),
        html_template=template,
        js_on_load=on_load(name, events, needs),
        head="".join(script(part) for part in ("page", *needs, file or name)),
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
