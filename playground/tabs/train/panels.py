"""What the panels of the Train tab have in common: whose runs they start, and how a run is linked.

What a panel's module has, see playground/rooms.py. Its restores open run=ID of a link, to watch that run; none is
started.
"""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from playground.recipe import Recipe


@dataclass(frozen=True)
class Shared:
    """pending: gr.State of the recipe of a link, or None.  owner: hidden gr.Textbox of the visitor's token."""

    pending: gr.State
    owner: gr.Textbox


def as_owner(place: int) -> str:
    """JavaScript for a click whose input at `place` is the visitor's token: it is asked of the browser itself."""
    return f"(...values) => {{ values.splice({place}, 1, window.playground.owner()); return values; }}"


def watching(name: str, run: str) -> str:
    """The query of a link to a run, as a panel shows it."""
    return Recipe("train", "", "", 0, {"panel": name, "run": run}).to_query().replace("seed=0&", "")
