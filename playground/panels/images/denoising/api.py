"""The Denoising panel's endpoint: the steps of one picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.images.diffusion import denoise
from playground.images.image_request import check_settings, parse_image_request
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import endpoint


@endpoint("denoise")
def api_denoise(
    model: str = "diffusion-avatars", seed: int = 0, condition: Any = "any", settings: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Streams the steps of one picture: {"step", "steps", "noise_level", "timestep", "xt", "x0"}, PNG as data URIs."""
    values = {"count": 1, "seed": seed, "condition": condition}
    check_settings(model, settings or {}, values)
    for state in denoise(parse_image_request(model, {**(settings or {}), **values})):
        yield {
            "step": state.step,
            "steps": state.steps,
            "noise_level": state.noise_level,
            "timestep": state.timestep,
            "xt": png_uri(state.xt[0]),
            "x0": png_uri(state.x0[0]),
        }
