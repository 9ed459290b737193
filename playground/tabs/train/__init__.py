"""The Train tab: every family learns, live, and is broken on purpose."""

from playground.tabs.train.layout import TITLE, build

__all__ = ["TITLE", "build"]
