"""A picture beside its reconstructions by several models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.images.inversion import VAE_DRAWS, Reconstruction
from playground.ui.picture_views import pack
from playground.ui.view import view


def inversion_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"target": packed, "done", "answers": [{"title", "packed", "rows", "mean", "deviation", "strip"}]}.

    options: those of gr.HTML.
    """
    return view("inversion", '<div class="pg-inversion"></div>', value, **options)


def inversion_value(picture: NDArray[np.uint8], results: Sequence[Reconstruction], done: bool) -> dict[str, Any]:
    """A value for the view. picture: (H, W, C) uint8, the target."""
    return {"target": pack(picture[None]), "done": done, "answers": [_answer(result) for result in results]}


def _answer(result: Reconstruction) -> dict[str, Any]:
    labels = _strip_labels(result.kind)
    # The first alternative of a search, and of diffusion, is the reconstruction itself.
    alternatives = result.alternatives if result.kind == "vae" else result.alternatives[1:]
    labels = labels[: len(alternatives)]
    title = say(f"images.inversion.{result.kind}_strip")
    strip = {"title": title, "packed": pack(alternatives[: len(labels)]), "labels": labels} if labels else None
    answer: dict[str, Any] = {
        "title": say(f"images.inversion.{result.kind}"),
        "packed": pack(result.picture[None]),
        "rows": _rows(result),
        "strip": strip,
    }
    if result.mean is not None and result.deviation is not None:
        answer |= {"mean": result.mean.round(4).tolist(), "deviation": result.deviation.round(4).tolist()}
    return answer


def _rows(result: Reconstruction) -> list[dict[str, str]]:
    texts = {"error": say("images.inversion.error_text", error=result.error / 255, psnr=result.psnr)}
    if result.anomaly_nats is not None and result.percentile is not None:
        texts["anomaly"] = say("images.inversion.anomaly_text", nats=result.anomaly_nats, percentile=result.percentile)
    texts["condition"] = result.condition_text or say("images.inversion.condition_any")
    texts["time"] = say("images.inversion.time_text", seconds=result.seconds, step=result.step, steps=result.steps)
    return [{"name": say(f"images.inversion.{name}"), "text": text} for name, text in texts.items()]


def _strip_labels(kind: str) -> list[str]:
    """Labels of a family's alternatives, in their order."""
    if kind == "vae":
        draws = [say("images.inversion.vae_draw", number=number) for number in range(1, VAE_DRAWS + 1)]
        return [say("images.inversion.vae_mean"), *draws]
    if kind == "gan":
        return [say("images.inversion.gan_search", number=number) for number in range(2, 7)]
    path = ("20 %", "40 %", "60 %", "80 %")
    return [say("images.inversion.diffusion_start"), *path, say("images.inversion.diffusion_noise")]
