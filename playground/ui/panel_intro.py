"""The introduction of every panel: three questions, each answered in a line. It folds to one after the first visit."""

from __future__ import annotations

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<details class="pg-lead" data-panel="{panel}">
  <summary><strong>[[shared.intro.looking]]</strong> [[{panel}.looking]]</summary>
  <p><strong>[[shared.intro.doing]]</strong> [[{panel}.doing]]</p>
  <p><strong>[[shared.intro.meaning]]</strong> [[{panel}.meaning]]</p>
</details>
"""


def introduction(panel: str) -> gr.HTML:
    """The answers to "what am I looking at?", "what can I do?" and "what does it mean?".

    panel: its table in the catalogue, as "text.score", with `looking`, `doing` and `meaning`.
    """
    return view("panelIntro", _TEMPLATE.format(panel=panel), padding=False)
