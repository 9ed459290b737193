"""The pictures that a visitor keeps in Images, which Latent uses too: their browser keeps them."""

from __future__ import annotations

import gradio as gr

from playground.images.kept_pictures import decode_kept, encode_kept
from playground.ui.browser_store import keep_in_browser


def keep_pictures(kept: gr.State) -> None:
    """Restores the pictures when a page opens, and stores them whenever they change.

    Call this after connecting everything that listens to the state. kept: of [ImageBatch].
    """
    keep_in_browser(kept, "kept-pictures", encode_kept, decode_kept)
