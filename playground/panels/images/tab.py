"""The Images tab: the settings column, the panels, and the link to the panel in front."""

from __future__ import annotations

import gradio as gr

from playground.core.catalogue import say
from playground.images.other_tools import recipe_in_file
from playground.images.settings import SETTINGS as IMAGE_SETTINGS
from playground.panels.images.comparison import panel as comparison
from playground.panels.images.controls import FAMILY_OUTPUTS, ImageControls, build_controls, on_family, on_model
from playground.panels.images.cross_panel import connect_cards
from playground.panels.images.dataset import panel as dataset
from playground.panels.images.denoising import panel as denoising
from playground.panels.images.draw import panel as draw
from playground.panels.images.grid import panel as grid
from playground.panels.images.inversion import panel as inversion
from playground.panels.images.shared import ImagesShared
from playground.panels.images.text_to_image import panel as text_to_image
from playground.ui.events import FOLLOWS, QUIET, call
from playground.ui.link_box import file_button, link_box
from playground.ui.notice import notice_view
from playground.ui.panel_connections import connect
from playground.ui.panel_protocol import PanelTab, build_panels, panel_tabs
from playground.ui.view import drop_script

NAME = "images"
#: In the order of the page. A link that names no panel is the first one's.
PANELS = (draw, denoising, grid, inversion, text_to_image, comparison, dataset)
#: Of links of all panels.
SETTINGS = frozenset({
    "count", "condition", *IMAGE_SETTINGS,
    "rows", "row_values", "columns", "column_values",  # grid
    "prompt", "negative_prompt", "width", "height", "dtype", "device", "source",  # text_to_image
    "dataset", "attribute", "value", "split", "page",  # comparison, dataset
})  # fmt: skip


def build(item: gr.Tab, kept: gr.State) -> None:
    """The tab's components and handlers, inside the surrounding Blocks.

    kept: of [ImageBatch], the pictures that a visitor keeps, for other tabs too.
    """
    with gr.Row(elem_classes="pg-layout"):
        with gr.Column(scale=2, min_width=320, elem_classes="pg-controls"):
            controls = build_controls(draw.NAME, {panel.NAME: panel.is_usable for panel in (denoising, inversion)})
        with gr.Column(scale=5, min_width=320):
            note = notice_view(elem_id="images-notice")
            with panel_tabs("images-panels") as tabs:
                panels = build_panels(NAME, PANELS, ImagesShared(controls, kept))
            link, upload, file_note = _build_share()
    components = {panel.name: panel.components for panel in panels}
    draw_panel, denoising_panel, grid_panel = (components[module.NAME][0] for module in (draw, denoising, grid))
    connect_cards(tabs, controls, draw_panel, denoising_panel, grid_panel)
    changed_model = controls.model.input(
        **call(on_model, controls, ["model"], ["attributes", *FAMILY_OUTPUTS]), **FOLLOWS
    )
    others = [controls.count, controls.seed, *controls.attributes, *controls.settings.values()]
    controls.menu.follow(panels)
    connected = connect(
        PanelTab(NAME, tabs, note, link, file_note, settings=SETTINGS), panels,
        changed=[changed_model.then, controls.fetched, *(component.input for component in others)], upload=upload,
        read_file=recipe_in_file,
    )  # fmt: skip
    _connect_family(item, controls, connected.restored)


def _build_share() -> tuple[gr.Textbox, gr.UploadButton, gr.HTML]:
    with gr.Accordion(say("shared.share.title"), open=True):
        link = link_box("images-link", say("images.share.placeholder"), say("images.share.info"))
        kinds = (".png", ".json", ".jpg", ".jpeg", ".webp", ".avif")
        upload, note = file_button(say("images.share.open"), kinds, "open-picture")
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = f"() => {drop_script(f'#{NAME}-{draw.NAME}', '#open-picture')}"
    page.load(None, None, None, js=drops, api_visibility="private")
    return link, upload, note


def _connect_family(item: gr.Tab, controls: ImageControls, restored: gr.events.Dependency) -> None:
    """Repeats the update of the family's settings: Gradio may miss one before the tab is first mounted."""
    update = {**call(on_family, controls, ["model"], FAMILY_OUTPUTS), "queue": False, **QUIET}
    item.select(**update)
    restored.then(**update)
    controls.model.change(**update)  # a panel has chosen a model that fits it
