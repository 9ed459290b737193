"""The box of a tab's link, with a button that shortens it; and the button that opens a file."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from playground.core.catalogue import say
from playground.ui.notice import notice_view
from playground.ui.view import module_call


def link_box(elem_id: str, placeholder: str, info: str) -> gr.Textbox:
    """Builds the box, the button below it and its notice. elem_id: of the box; that of the button ends in "-short"."""
    link = gr.Textbox(
        label=say("shared.share.link"), interactive=False, buttons=["copy"], max_lines=2, elem_id=elem_id,
        placeholder=placeholder, info=info,
    )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        short = gr.Button(say("shared.short_link.button"), size="sm", elem_id=f"{elem_id}-short")
    note = notice_view()
    script = f"link => {module_call('ui/short_link.js', 'shortLink', 'link')}"
    short.click(None, link, [link, note], js=script, api_visibility="private")
    return link


def file_button(label: str, file_types: Sequence[str], elem_id: str) -> tuple[gr.UploadButton, gr.HTML]:
    """Builds the button that opens a file that was saved here, and its notice. elem_id: of the button.

    file_types: endings, such as ".json".
    """
    with gr.Row(elem_classes="pg-actions"):
        upload = gr.UploadButton(label, file_types=list(file_types), elem_id=elem_id)
    return upload, notice_view(elem_id=f"{elem_id}-notice")
