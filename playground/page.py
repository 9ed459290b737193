"""The page: its frame, its tabs, and how it is served."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from playground.core.errors import PlaygroundError
from playground.panels.bias import tab as bias
from playground.panels.images import tab as images
from playground.panels.latent import tab as latent
from playground.panels.text import tab as text
from playground.panels.train import tab as train
from playground.ui.api_errors import telling, told
from playground.ui.gradio_patches import MendedFrame
from playground.ui.panel_protocol import script_data
from playground.ui.view import script, style, web_files

TABS = (text, images, latent, bias, train)
#: These ask the language model: it is fetched and warmed up for them.
ASKING = (text, bias)
#: What is kept in one of these can be used in the other.
SHARING = (images, latent)
TITLE = "Generative Playground"
WAITING = 24
STYLES = (
    "ui/page",
    "ui/pictures",
    "panels/text/beam_search/view",
    "panels/text/generate/sampler_view",
    "panels/bias/translation/view",
    "panels/bias/bias",
    "panels/bias/image_bias/labelling_view",
    "panels/latent/parts",
    "panels/latent/map/view",
    "panels/latent/latent",
    "panels/latent/words/view",
    "panels/latent/directions/view",
    "panels/train/image_model/view",
    "panels/train/train",
    "panels/train/fine_tuning/view",
    "panels/train/toy_2d/view",
    "panels/train/language_model/view",
)


def chosen_tabs(names: str | None) -> list[Any]:
    """The tabs of "text,images", in the page's order; all of them for None. Raises PlaygroundError for a wrong name."""
    known = {tab.TITLE.lower(): tab for tab in TABS}
    asked = list(known) if names is None else [name.strip().lower() for name in names.split(",") if name.strip()]
    wrong = [name for name in asked if name not in known]
    if wrong or not asked:
        said = f"{wrong[0][:40]!r} is no tab" if wrong else "--tabs names no tab"
        raise PlaygroundError(f"{said}: there are {', '.join(known)}; take some, with commas between.")
    return [tab for name, tab in known.items() if name in asked]


def build_page(chosen: Sequence[Any] = TABS) -> gr.Blocks:
    """The tabs in one page; nothing is loaded yet. chosen: some of TABS."""
    gr.set_static_paths(web_files())
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        words = f"# {TITLE}\nReal generative models, in your browser, on this machine."
        heading = gr.Markdown(words, elem_classes="pg-title")
        kept = gr.State([])
        with gr.Tabs(elem_id="page-tabs") as tabs:
            for tab in chosen:
                with gr.Tab(tab.TITLE, id=tab.TITLE.lower()) as room:
                    tab.build(room, kept) if tab in SHARING else tab.build(room)
        names = [tab.TITLE.lower() for tab in chosen]
        page.load(opener(names), None, tabs, queue=False, show_progress="hidden", api_visibility="private")
    _tell_progress_on(heading, page)
    for event in page.fns.values():
        if inspect.isgeneratorfunction(event.fn):
            event.fn = leaves_alone(event.fn)
        elif event.fn is not None and not inspect.iscoroutinefunction(event.fn):
            event.fn = telling(event.fn)
    page.queue(max_size=WAITING, default_concurrency_limit=4)
    return page


def _tell_progress_on(small: gr.Markdown, page: gr.Blocks) -> None:
    """Lets every event that shows no progress show none on one small thing.

    The frame otherwise notes it on all that an event fills, and at every later event goes through everything that ever
    was noted, and, where that is a row of tabs, through all inside of it: most of the time of opening the page.
    """
    for event in page.fns.values():
        if event.show_progress == "hidden":
            event.show_progress_on = [small]


def leaves_alone(handler: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """The handler, which changes nothing when it tells nothing: the frame would empty all that the event fills.

    A PlaygroundError that it lets through becomes its sentence, as with `telling`.
    """

    @wraps(handler)
    def steady(*values: Any, **named: Any) -> Iterator[Any]:
        silent = True
        try:
            for value in handler(*values, **named):
                silent = False
                yield value
        except PlaygroundError as error:
            raise told(error) from None
        if silent:
            yield gr.skip()

    return steady


def opener(names: Sequence[str]) -> Any:
    """A handler that puts the tab in front that the link names, if it is one of these."""

    def on_open(request: gr.Request) -> Any:
        asked = dict(request.query_params).get("tab", "")
        return gr.Tabs(selected=asked) if asked in names else gr.skip()

    return on_open


#: Tab -> its first panel, of the tabs that have no PANELS yet.
_FIRST_PANELS = {"images": "draw", "latent": "walk", "bias": "sentences", "train": "arena"}


def script_constants(page: gr.Blocks) -> str:
    """A script tag: the tab in front when a link names none, and what links call the panels of each tab."""
    tabs = next(block for block in page.blocks.values() if getattr(block, "elem_id", None) == "page-tabs")
    assert isinstance(tabs, gr.Tabs) and isinstance(tabs.children[0], gr.Tab)
    known = {name: {"first": first, "names": {}, "keys": ["panel"]} for name, first in _FIRST_PANELS.items()}
    for tab in TABS:
        if hasattr(tab, "PANELS"):
            known |= script_data(tab.NAME, tab.PANELS, getattr(tab, "FORMER_KEYS", ()))
    constants = {"playgroundFirstTab": tabs.children[0].id, "playgroundTabs": known}
    lines = "".join(f"window.{name} = {json.dumps(value)};" for name, value in constants.items())
    return f"<script>{lines}</script>"


def launch(page: gr.Blocks, host: str, port: int, share: bool = False, auth: str | None = None) -> int:
    """Serves the page until it is interrupted. Returns the exit code; a port in use is told in a sentence.

    auth: "user:password", or None for everybody.
    """
    # A decoder's thread waits for the interpreter after each step: the default lets others keep it for 5 ms.
    sys.setswitchinterval(0.0005)
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
            app_kwargs={"middleware": [Middleware(MendedFrame)]},
            footer_links=["api", "settings"],
            theme=gr.themes.Default(
                primary_hue="blue",
                neutral_hue="slate",
                radius_size="lg",
                font=["system-ui", "sans-serif"],
                font_mono=["ui-monospace", "monospace"],
            ),
            head="".join([script_constants(page), *map(style, STYLES), *map(script, ("make", "picture", "run"))]),
        )
    except OSError as error:
        print(f"Cannot serve on {host}:{port}: {error} Choose another with --port.", file=sys.stderr)
        return 1
    except ValueError as error:  # the frame tries its own address first, and gives up after a while
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
