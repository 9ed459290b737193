"""A picture beside its reconstructions by several models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.images.inversion import Reconstruction
from playground.ui.picture_views import pack
from playground.ui.view import view

_TITLES = {
    "vae": "VAE: encodes it at one glance",
    "gan": "GAN: searches its noise for it",
    "diffusion": "Diffusion: runs backwards into noise, and back",
}
_ALTERNATIVES = {
    "vae": ("Several draws from that Gaussian", ["mean", *[f"draw {n}" for n in range(1, 9)]]),
    "gan": ("The other searches, best first", [f"search {n}" for n in range(2, 7)]),
    "diffusion": ("Its way into noise", ["start", "20 %", "40 %", "60 %", "80 %", "noise"]),
}


def inversion_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"target": packed, "done", "answers": [{"title", "packed", "rows", "mean", "deviation", "strip"}]}.

    options: those of gr.HTML.
    """
    return view("inversion", '<div class="pg-inversion"></div>', value, **options)


def inversion_value(picture: NDArray[np.uint8], results: Sequence[Reconstruction], done: bool) -> dict[str, Any]:
    """A value for the view. picture: (H, W, C) uint8, the target."""
    return {"target": pack(picture[None]), "done": done, "answers": [_answer(result) for result in results]}


def _answer(result: Reconstruction) -> dict[str, Any]:
    rows = [
        ("Error", f"{result.error:.1f} of 255 (root mean square), PSNR {result.psnr:.1f} dB"),
        ("Taken for", result.condition_text or "anything"),
        ("Time", f"{result.seconds:.2f} s, step {result.step} of {result.steps}"),
    ]
    if result.anomaly_nats is not None and result.percentile is not None:
        score = f"{result.anomaly_nats:,.0f} nats: odder than {result.percentile:.0f} % of held-out pictures"
        rows.insert(1, ("Anomaly score", score))
    title, labels = _ALTERNATIVES[result.kind]
    alternatives = result.alternatives if result.kind == "vae" else result.alternatives[1:]
    labels = labels[: len(alternatives)]
    strip = {"title": title, "packed": pack(alternatives[: len(labels)]), "labels": labels} if labels else None
    answer: dict[str, Any] = {
        "title": _TITLES[result.kind],
        "packed": pack(result.picture[None]),
        "rows": [{"name": name, "text": text} for name, text in rows],
        "strip": strip,
    }
    if result.mean is not None and result.deviation is not None:
        answer |= {"mean": result.mean.round(4).tolist(), "deviation": result.deviation.round(4).tolist()}
    return answer
