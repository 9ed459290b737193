"""The Text tab: a language model writes, and shows how each token was chosen."""

from playground.tabs.text.layout import TITLE, build

__all__ = ["TITLE", "build"]
