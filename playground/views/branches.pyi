"""The tree of texts: every ending so far, and where each left the one before."""

from __future__ import annotations

from typing import Any

from playground.views.base import View

from gradio.events import Dependency

class BranchesView(View):
    """Draws {"branches": [{"id", "parent", "part", "fork", "word", "text", "count", "current", "finish_reason"}]}.

    Event: walk {"branch": id}.
    """

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        """options: those of gr.HTML."""
        template = '<ul class="pg-tree" role="tree" aria-label="Endings so far"></ul>'
        super().__init__("branches", template, value, events=("walk",), **options)
    from typing import Callable, Literal, Sequence, Any, TYPE_CHECKING
    from gradio.blocks import Block
    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component