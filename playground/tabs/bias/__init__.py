"""The Bias tab: what a model prefers, measured so that one can see how sure that is."""

from playground.tabs.bias.layout import TITLE, build

__all__ = ["TITLE", "build"]
