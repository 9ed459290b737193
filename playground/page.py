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
from starlette.middleware import Middleware

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.panels.bias import tab as bias
from playground.panels.endpoints import endpoints
from playground.panels.images import tab as images
from playground.panels.kept_pictures import keep_pictures
from playground.panels.latent import tab as latent
from playground.panels.text import tab as text
from playground.panels.train import tab as train
from playground.ui import gradio_patches
from playground.ui.api_errors import to_gradio_error, with_api_errors
from playground.ui.compression import compress_ahead
from playground.ui.event_errors import answer_in_sentences
from playground.ui.guard import LARGEST_FILE, RequestGuard
from playground.ui.hosts import Hosts, hosts_of
from playground.ui.line_places import LinePlaces
from playground.ui.lines import limit_lines
from playground.ui.logins import check_password
from playground.ui.middleware import cacheable_files, middleware
from playground.ui.panel_links import PAGE_TABS, script_data, tab_names
from playground.ui.running_events import RunningEvents
from playground.ui.sessions import CAPACITY, use_light_sessions
from playground.ui.unread import end_unread_events
from playground.ui.uploads import bound_uploads
from playground.ui.view import module_of

TABS = (text, images, latent, bias, train)
#: Tabs that use the language model: it is fetched and warmed up for them.
LANGUAGE_TABS = (text, bias)
#: Tabs that share the pictures that a visitor keeps.
SHARING = (images, latent)
#: Seconds between two looks at the files that pages have sent or offered, and the age at which one is deleted.
DELETE_UPLOADS = (3600, 86400)


def chosen_tabs(names: str | None) -> list[Any]:
    """The tabs named in "text,images", in the page's order; None: all. Raises PlaygroundError for an unknown name."""
    known = {tab.NAME: tab for tab in TABS}
    chosen = list(known) if names is None else [name.strip().lower() for name in names.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise PlaygroundError(say("shared.page.no_such_tab", name=repr(unknown[0][:40]), tabs=", ".join(known)))
    if not chosen:
        raise PlaygroundError(say("shared.page.no_tab_chosen", tabs=", ".join(known)))
    return [tab for name, tab in known.items() if name in chosen]


class _Site(gr.Blocks):
    """Blocks that are described to browsers once, when all pages are there: Gradio does it at the end of each page."""

    is_complete = False

    def get_config_file(self) -> Any:
        """What Gradio sends to browsers; nothing until the site is complete."""
        return super().get_config_file() if self.is_complete else {}


def build_page(chosen: Sequence[Any] = TABS) -> gr.Blocks:
    """One Blocks with a page for each tab, the first at the root. Loads no model. chosen: some of TABS."""
    site = _Site(title=say("shared.page.title"), analytics_enabled=False, delete_cache=DELETE_UPLOADS)
    headers: dict[str, gr.HTML] = {}
    for tab, path in zip(chosen, page_paths(chosen).values(), strict=True):
        with site.route(_title(tab), path, show_in_navbar=False) if path else site:
            headers[path] = gr.HTML(
                header(tab, chosen), elem_classes="pg-header", padding=False, apply_default_css=False
            )
            # A single gr.Tab, whose row of tabs is hidden: its `select` is the first event of the page.
            with gr.Tabs(elem_id=PAGE_TABS), gr.Tab(_title(tab), id=tab.NAME) as item:
                _build_tab(tab, item)
            title = json.dumps(say("shared.page.document_title", tab=_title(tab)))
            site.load(None, None, None, js=f"() => {{ document.title = {title}; }}", api_visibility="private")
    _show_no_progress(headers, site)
    for event in site.fns.values():
        if inspect.isgeneratorfunction(event.fn):
            event.fn = skip_if_silent(event.fn)
        elif event.fn is not None and not inspect.iscoroutinefunction(event.fn):
            event.fn = with_api_errors(event.fn)
    site.is_complete = True
    site.queue(max_size=None, default_concurrency_limit=4)
    limit_lines(site)
    answer_in_sentences(site)
    return site


def page_paths(chosen: Sequence[Any]) -> dict[str, str]:
    """Tab -> path of its page below the root: "" for the first tab, its name for the others."""
    return {tab.NAME: tab.NAME if index else "" for index, tab in enumerate(chosen)}


def header(current: Any, chosen: Sequence[Any]) -> str:
    """The header of each page as HTML: links that look like tabs. They are relative to the root, every page's base."""
    links = "".join(
        f'<a href="./{path}" data-tab="{name}"{" aria-current=page" if name == current.NAME else ""}>{_title(tab)}</a>'
        for tab, (name, path) in zip(chosen, page_paths(chosen).items(), strict=True)
    )
    return (
        f'<button class="pg-skip">{say("shared.page.skip")}</button>'
        f'<div class="pg-title"><h1>{say("shared.page.title")}</h1><p>{say("shared.page.subtitle")}</p>'
        f'<button class="pg-glossary-button pg-button">{say("shared.glossary.title")}</button>'
        f'<details class="pg-menu"><summary class="pg-button">{say("shared.page.menu")}</summary>'
        f'<div><button class="pg-button pg-print">{say("shared.page.print")}</button>'
        f'<button class="pg-button pg-copy-embed">{say("shared.page.copy_embed")}</button>'
        f'<section hidden><h2>{say("shared.copy_image.title")}</h2><ul class="pg-menu-images"></ul></section>'
        f'<button class="pg-button pg-save-visit">{say("shared.visit.save")}</button>'
        f'<button class="pg-button pg-open-visit">{say("shared.visit.open")}</button>'
        f'<button class="pg-button pg-start-again">{say("shared.visit.button")}</button>'
        f'<section hidden><h2>{say("shared.visit.results")}</h2><ul class="pg-menu-links"></ul></section>'
        '<p class="pg-hint" role="status"></p></div></details></div>'
        f'<a class="pg-whole" href="./{current.NAME}" target="_blank">{say("shared.page.whole")}</a>'
        f'<nav class="pg-pages" aria-label="{say("shared.page.tabs")}">{links}</nav>'
        f'<p class="pg-opening-word" aria-hidden="true">{say("shared.opening")}</p>'
    )


def _title(tab: Any) -> str:
    return say(f"shared.tabs.{tab.NAME}")


def _build_tab(tab: Any, item: gr.Tab) -> None:
    """Builds a tab and its endpoints in its page. Pictures kept in one of SHARING are in the others too."""
    if tab in SHARING:
        kept = gr.State([])
        tab.build(item, kept)
        keep_pictures(kept)
    else:
        tab.build(item)
    for one in endpoints(tab.NAME):
        one.add()


def _show_no_progress(headers: Mapping[str, gr.HTML], site: gr.Blocks) -> None:
    """Points every event with show_progress="hidden" at one small component of its page.

    By default Gradio tracks the progress of every output of an event, and at each later event walks through all outputs
    tracked so far, including everything inside a row of tabs: most of the time of opening a page.
    """
    for event in site.fns.values():
        if event.show_progress == "hidden":
            event.show_progress_on = [headers[event.page]]


def skip_if_silent(handler: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """The generator, but it skips all outputs if the handler yields nothing: Gradio would empty them.

    An error becomes a gr.Error, as in `with_api_errors`.
    """

    @wraps(handler)
    def stream_or_skip(*values: Any, **named: Any) -> Iterator[Any]:
        silent = True
        try:
            for value in handler(*values, **named):
                silent = False
                yield value
        except Exception as error:
            raise to_gradio_error(error) from None
        if silent:
            yield gr.skip()

    return stream_or_skip


def page_constants(tab: str) -> dict[str, object]:
    """What a page's scripts know of the site: its tab, and the names in links and the titles of all panels."""
    tabs: dict[str, Any] = {}
    for one in TABS:
        tabs |= script_data(one.NAME, one.PANELS, getattr(one, "FORMER_KEYS", ()))
    titles = {
        one.NAME: {"": _title(one)} | {panel.NAME: say(f"{one.NAME}.{panel.NAME}.title") for panel in one.PANELS}
        for one in TABS
    }
    return {"tab": tab, "tabs": tabs, "titles": titles}


def front_modules(site: gr.Blocks) -> dict[str, dict[str, list[str]]]:
    """Tab -> {panel in front: the modules of the views that its page then shows}, "" for the first panel."""
    names = {tab.NAME: [panel.NAME for panel in tab.PANELS] for tab in _tabs_of(site)}
    found: dict[str, dict[str, list[str]]] = {
        tab: {name: [] for name in ("", *panels)} for tab, panels in names.items()
    }
    for block in site.blocks.values():
        module = module_of(block) if isinstance(block, gr.HTML) else None
        if module is not None:
            tab, panel = _place_of(block)
            for name, modules in found[tab].items():
                if panel in ("", name or names[tab][0]) and module not in modules:
                    modules.append(module)
    return found


def _place_of(block: Any) -> tuple[str, str]:
    """(tab, panel) that a block is in; the panel is "" outside of all panels."""
    items = []
    while block is not None:
        if isinstance(block, gr.Tab):
            items.append(str(block.id))
        block = block.parent
    return items[-1], items[-2] if len(items) > 1 else ""


def _tabs_of(site: gr.Blocks) -> list[Any]:
    """The tabs that have a page, in their order."""
    return [tab for tab in TABS if tab.NAME in tab_names(site)]


def launch(
    page: gr.Blocks, host: str, port: int, share: bool = False, auth: str | None = None, hosts: Hosts | None = None
) -> int:
    """Serves the page until it is interrupted. Returns the exit code; prints a sentence if the port is in use.

    auth: "user:password", or None for everybody.  hosts: that it answers as, beside host.
    """
    # Seconds. A decoder's thread waits for the interpreter lock after each step: by default up to 5 ms.
    sys.setswitchinterval(0.0005)
    for script in gradio_patches.unpatched():
        print(
            f"Warning: this playground patches another version of {script}*.js than that of Gradio {gr.__version__}: "
            "pages open slowly, and quick changes may get lost. Install the version in requirements.txt.",
            file=sys.stderr,
        )
    pages = page_paths(_tabs_of(page))
    constants = {tab: page_constants(tab) for tab in pages}
    served = middleware(pages, constants, front_modules(page), shared=auth is None)
    places = Middleware(LinePlaces, queue=page._queue)
    use_light_sessions()
    end_unread_events(page)
    bound_uploads(page)
    threading.Thread(target=compress_ahead, args=[cacheable_files(list(pages))], name="compress", daemon=True).start()
    try:
        app, local, public = page.launch(
            server_name=host,
            server_port=port,
            share=share,
            auth=check_password(auth) if auth else None,
            run_history=False,
            state_session_capacity=CAPACITY,
            max_file_size=LARGEST_FILE,
            enable_monitoring=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            app_kwargs={
                "middleware": [Middleware(RequestGuard, hosts=hosts or hosts_of([host], share)), *served, places]
            },
            footer_links=["api", "settings"],
            theme=gr.themes.Default(
                primary_hue="blue",
                neutral_hue="slate",
                radius_size="lg",
                font=["system-ui", "sans-serif"],
                font_mono=["ui-monospace", "monospace"],
            ).set(  # Gradio's own greys and blues have a contrast of 2.6 and 3.7 to 1 with what is behind or on them
                body_text_color_subdued="#5b6472",
                button_primary_background_fill="*primary_600",
                button_primary_background_fill_hover="*primary_700",
                button_primary_border_color="*primary_600",
            ),
        )
        app.iterators = RunningEvents(app.iterators)
    except OSError as error:
        print(f"Cannot serve on {host}:{port}: {error} Choose another with --port.", file=sys.stderr)
        return 1
    except ValueError as error:  # Gradio requests its own page first, and gives up after a while
        print(
            f"The page did not answer on {host}:{port}. Is the machine very busy? Try again. ({error})", file=sys.stderr
        )
        return 1
    print(f"The playground is open on {local}", flush=True)
    if share and not public:
        print("No public link: there is no network, or the tunnel's server is down. The page works on this machine.")
    elif public:
        print(f"Public link, for anyone who has it: {public}", flush=True)
    try:
        page.block_thread()
    except KeyboardInterrupt:
        page.close()
    return 0
