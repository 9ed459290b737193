"""The Images tab: GANs, VAEs and diffusion draw pictures, and show how."""

from playground.tabs.images.layout import TITLE, build

__all__ = ["TITLE", "build"]
