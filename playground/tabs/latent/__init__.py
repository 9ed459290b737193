"""The Latent tab: the space that pictures come from, as a place to walk in."""

from playground.tabs.latent.layout import TITLE, build

__all__ = ["TITLE", "build"]
