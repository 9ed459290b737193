"""What the server remembers of a visit: the values of its gr.State, and no copy of the page.

For each visit, Gradio copies the page's components and their settings, 3 MB and 0.2 s for our whole site, to restore a
deep link (gr.DeepLinkButton), which this app does not have: its links hold a recipe.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import copy
from typing import Any

import gradio as gr
from gradio import state_holder
from gradio.state_holder import SessionState

#: Visits whose state is kept; that of the one that was idle longest goes first.
CAPACITY = 2000


class LightSession(SessionState):
    """A visit's state, without the copy of the page."""

    def __init__(self, blocks: gr.Blocks) -> None:
        """blocks: the page."""
        self.blocks_config = self._shared = blocks.default_config
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        # Seconds, as in Gradio: a closed visit may be opened again.
        self.STATE_TTL_WHEN_CLOSED = 1 if os.getenv("GRADIO_IS_E2E_TEST", None) else 3600

    def __setitem__(self, key: int, value: Any) -> None:
        """Keeps a new value of a gr.State, or a component that an event has changed, which only this visit sees."""
        if self.blocks_config is self._shared and not isinstance(self.blocks_config.blocks.get(key), gr.State):
            self.blocks_config = copy(self._shared)
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass

    @property
    def components(self) -> Iterator[dict[str, Any]]:
        """For deep links only."""
        return iter(())


def use_light_sessions() -> None:
    """Makes all visits from now on LightSessions."""
    state_holder.SessionState = LightSession  # type: ignore[misc]
