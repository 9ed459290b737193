"""The site: a page for each tab, the header they share, and how they are served."""

from __future__ import annotations

import inspect
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.panels.bias import tab as bias
from playground.panels.images import tab as images
from playground.panels.latent import tab as latent
from playground.panels.text import tab as text
from playground.panels.train import tab as train
from playground.ui import gradio_patches
from playground.ui.api_errors import to_gradio_error, with_api_errors
from playground.ui.middleware import compress_ahead, middleware
from playground.ui.panel_links import script_data
from playground.ui.visitor_store import carry

TABS = (text, images, latent, bias, train)
#: These ask the language model: it is fetched and warmed up for them.
ASKING = (text, bias)
#: What is kept in one of these can be used in the other.
SHARING = (images, latent)
TITLE = "Generative Playground"
SUBTITLE = "Real generative models, in your browser, on this machine."
WAITING = 24


def chosen_tabs(names: str | None) -> list[Any]:
    """The tabs of "text,images", in the page's order; all of them for None. Raises PlaygroundError for a wrong name."""
    known = {tab.NAME: tab for tab in TABS}
    asked = list(known) if names is None else [name.strip().lower() for name in names.split(",") if name.strip()]
    wrong = [name for name in asked if name not in known]
    if wrong or not asked:
        said = f"{wrong[0][:40]!r} is no tab" if wrong else "--tabs names no tab"
        raise PlaygroundError(f"{said}: there are {', '.join(known)}; take some, with commas between.")
    return [tab for name, tab in known.items() if name in asked]


def build_page(chosen: Sequence[Any] = TABS) -> gr.Blocks:
    """A page for each tab in one Blocks, the first at the root; nothing is loaded yet. chosen: some of TABS."""
    site = gr.Blocks(title=TITLE, analytics_enabled=False)
    headers: dict[str, gr.HTML] = {}
    for tab, path in zip(chosen, page_paths(chosen).values(), strict=True):
        with site.route(tab.TITLE, path, show_in_navbar=False) if path else site:
            headers[path] = gr.HTML(
                header(tab, chosen), elem_classes="pg-header", padding=False, apply_default_css=False
            )
            # One gr.Tab, whose row of tabs is hidden: panels connect to its `select` what happens first.
            with gr.Tabs(elem_id="page-tabs"), gr.Tab(tab.TITLE, id=tab.NAME) as item:
                _build_tab(tab, item)
            title = json.dumps(f"{tab.TITLE} – {TITLE}")
            site.load(None, None, None, js=f"() => {{ document.title = {title}; }}", api_visibility="private")
    _show_no_progress(headers, site)
    for event in site.fns.values():
        if inspect.isgeneratorfunction(event.fn):
            event.fn = skip_if_silent(event.fn)
        elif event.fn is not None and not inspect.iscoroutinefunction(event.fn):
            event.fn = with_api_errors(event.fn)
    site.queue(max_size=WAITING, default_concurrency_limit=4)
    return site


def page_paths(chosen: Sequence[Any]) -> dict[str, str]:
    """Tab -> path of its page below the root: its name, and "" for the first."""
    return {tab.NAME: tab.NAME if index else "" for index, tab in enumerate(chosen)}


def header(current: Any, chosen: Sequence[Any]) -> str:
    """The head of each page as HTML: links that look like tabs, relative to the root, as the base of each page is."""
    links = "".join(
        f'<a href="./{path}" data-tab="{name}"{" aria-current=page" if name == current.NAME else ""}>{tab.TITLE}</a>'
        for tab, (name, path) in zip(chosen, page_paths(chosen).items(), strict=True)
    )
    return (
        f'<div class="pg-title"><h1>{TITLE}</h1><p>{SUBTITLE}</p></div>'
        f'<nav class="pg-pages" aria-label="Tabs">{links}</nav>'
    )


def _build_tab(tab: Any, item: gr.Tab) -> None:
    """Builds a tab in its page. What it shares with other tabs is carried from page to page."""
    if tab not in SHARING:
        tab.build(item)
        return
    kept = gr.State([])
    tab.build(item, kept)
    carry(kept, "kept")


def _show_no_progress(headers: Mapping[str, gr.HTML], site: gr.Blocks) -> None:
    """Lets every event that shows no progress show none on one small component of its page.

    Gradio otherwise notes it on all that an event fills, and at every later event goes through everything that was ever
    noted and, where that is a row of tabs, through all inside of it: most of the time of opening a page.
    """
    for event in site.fns.values():
        if event.show_progress == "hidden":
            event.show_progress_on = [headers[event.page]]


def skip_if_silent(handler: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """The generator, which skips all outputs if it yields nothing: Gradio would empty them.

    A PlaygroundError that it raises becomes its sentence, as in `with_api_errors`.
    """

    @wraps(handler)
    def stream_or_skip(*values: Any, **named: Any) -> Iterator[Any]:
        silent = True
        try:
            for value in handler(*values, **named):
                silent = False
                yield value
        except PlaygroundError as error:
            raise to_gradio_error(error) from None
        if silent:
            yield gr.skip()

    return stream_or_skip


def script_constants(tab: str) -> dict[str, object]:
    """What a page's scripts have to know: which tab it is, and what links call the panels of each tab."""
    known: dict[str, Any] = {}
    for one in TABS:
        known |= script_data(one.NAME, one.PANELS, getattr(one, "FORMER_KEYS", ()))
    return {"playgroundTab": tab, "playgroundTabs": known}


def _tabs_of(site: gr.Blocks) -> list[Any]:
    """The tabs that have a page, in their order."""
    built = [block.id for block in site.blocks.values() if isinstance(block, gr.Tab)]
    return [tab for tab in TABS if tab.NAME in built]


def launch(page: gr.Blocks, host: str, port: int, share: bool = False, auth: str | None = None) -> int:
    """Serves the page until it is interrupted. Returns the exit code; a port in use is told in a sentence.

    auth: "user:password", or None for everybody.
    """
    # A decoder's thread waits for the interpreter after each step: the default lets others keep it for 5 ms.
    sys.setswitchinterval(0.0005)
    for script in gradio_patches.unpatched():
        print(
            f"Warning: {script}*.js of Gradio {gr.__version__} is not the version that this playground patches: "
            "pages open slowly, and quick changes may get lost. Install the version that requirements.txt names.",
            file=sys.stderr,
        )
    pages = page_paths(_tabs_of(page))
    threading.Thread(target=compress_ahead, args=[list(pages)], name="compress", daemon=True).start()
    try:
        _, local, public = page.launch(
            server_name=host,
            server_port=port,
            share=share,
            auth=tuple(auth.split(":", 1)) if auth else None,  # type: ignore[arg-type]
            run_history=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            app_kwargs={"middleware": middleware(pages, {tab: script_constants(tab) for tab in pages})},
            footer_links=["api", "settings"],
            theme=gr.themes.Default(
                primary_hue="blue",
                neutral_hue="slate",
                radius_size="lg",
                font=["system-ui", "sans-serif"],
                font_mono=["ui-monospace", "monospace"],
            ),
        )
    except OSError as error:
        print(f"Cannot serve on {host}:{port}: {error} Choose another with --port.", file=sys.stderr)
        return 1
    except ValueError as error:  # Gradio tries its own address first, and gives up after a while
        print(
            f"The page did not answer on {host}:{port}. Is the machine very busy? Try again. ({error})", file=sys.stderr
        )
        return 1
    print(f"The playground is open on {local}", flush=True)
    if share and not public:
        print("No public link: the tunnel could not be had (no network, or its server is down). The page works here.")
    elif public:
        print(f"Public link, for anyone who has it: {public}", flush=True)
    try:
        page.block_thread()
    except KeyboardInterrupt:
        page.close()
    return 0
