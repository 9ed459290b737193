"""The Inversion panel's endpoint: a model's reconstruction of a picture."""

from __future__ import annotations

from typing import Any

from playground.images.inversion import reconstruct
from playground.images.model_menu import image_model_facts
from playground.panels.images.api_image import decode_image
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("reconstruct")
def api_reconstruct(image: str, model: str = "vae-avatars", condition: Any = "any") -> dict[str, Any]:
    """Reconstructs a picture: {"png", "error", "psnr", "words", "seconds", "percentile", "mean", "deviation", …}.

    image: a picture file in base64, as a data URI or bare.  mean, deviation, anomaly_nats: of a VAE's code, else None.
    """
    facts = image_model_facts(model)
    result = last_step(reconstruct(decode_image(image, facts.side, facts.channels), model, condition))
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
