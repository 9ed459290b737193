"""The Inversion panel's endpoint: a model's reconstruction of a picture."""

from __future__ import annotations

from typing import Any

from playground.images.inversion import reconstruct
from playground.images.model_menu import image_model_facts
from playground.panels.images.api_image import decode_image
from playground.ui.api_errors import png_uri, with_api_errors
from playground.ui.events import MODEL_QUEUE


@with_api_errors
def api_reconstruct(image: str, model: str = "vae-avatars", condition: Any = "any") -> dict[str, Any]:
    """Reconstructs a picture.

    Returns {"png", "error", "psnr", "words", "seconds", "mean", "deviation", "anomaly_nats", "percentile"}.
    """
    facts = image_model_facts(model)
    result = list(reconstruct(decode_image(image, facts.side, facts.channels), model, condition))[-1]
    return {
        "png": png_uri(result.picture),
        "error": result.error,
        "psnr": result.psnr,
        "words": result.condition_text,
        "seconds": result.seconds,
        "mean": None if result.mean is None else result.mean.tolist(),
        "deviation": None if result.deviation is None else result.deviation.tolist(),
        "anomaly_nats": result.anomaly_nats,
        "percentile": result.percentile,
    }


def build_api() -> None:
    """Registers /reconstruct."""
    from gradio.events import api

    api(api_reconstruct, api_name="reconstruct", **MODEL_QUEUE)
