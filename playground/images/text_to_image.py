"""Text-to-image with any pipeline of diffusers: streamed step by step, stoppable, reproducible.

A preview decodes the latents of a step at a small size (not the prediction of the clean picture): noise at first.
Pipelines whose latents are not (B, C, H, W) have no previews. Same settings, machine and dtype: same picture.
"""

from __future__ import annotations

import copy
import inspect
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_seed
from playground.images.settings import TEXT_TO_IMAGE

if TYPE_CHECKING:
    from PIL import Image

    from playground.zoo.diffusers_pipeline import TextToImageModel

MAX_PROMPT_LENGTH = 2000
MIN_SIDE, MAX_SIDE = 64, 1536
PREVIEW_PIXELS = 256


@dataclass(frozen=True)
class TextToImageStep:
    """One step of a text-to-image run, or its result.

    step, steps: finished, of all.  picture: RGB; the preview, or the result in the last item; None where the pipeline
    has no preview.  timestep: the scheduler's; falls with the noise.
    seconds: since the first step began.  done: whether this is the result.
    flagged: whether the pipeline's safety checker blacked out the result.  notes: sentences about ignored settings.
    """

    step: int
    steps: int
    picture: Image.Image | None
    timestep: float
    seconds: float
    done: bool = False
    flagged: bool = False
    notes: tuple[str, ...] = ()
    weights_sha256: str = ""
    dtype: str = ""
    device: str = ""


class _StoppedError(Exception):
    """The consumer has closed the generator."""


def generate_from_text(
    model: str,
    prompt: str,
    steps: int = 20,
    guidance: float = 7.5,
    seed: int = 0,
    width: int | None = None,
    height: int | None = None,
    negative_prompt: str = "",
    previews: bool = True,
) -> Iterator[TextToImageStep]:
    """Generates one picture, yielding after each step; the last item is the result. Closing it stops after this step.

    model: the Hub id of a pipeline, downloaded if it is not on this machine.  guidance: classifier-free,
    0 to 30 (few-step models want 0 or 1).  width, height: pixels, both or neither; None: the model's own.
    Raises PlaygroundError for a setting out of range, or a pipeline that cannot be loaded.
    """
    check_settings(prompt, negative_prompt, steps, guidance, seed)
    check_both_sides(width, height)
    from playground.zoo.diffusers_pipeline import load_text_to_image

    loaded = load_text_to_image(model.strip())
    sides = {"width": width, "height": height}
    settings = _settings(loaded.pipeline, prompt, negative_prompt, steps, guidance, seed)
    settings |= _check_sides(loaded.pipeline, {name: side for name, side in sides.items() if side is not None})
    notes = _notes(loaded.pipeline, prompt, settings, negative_prompt)
    yield from _run(loaded, settings, steps, notes, previews)


def check_settings(prompt: str, negative_prompt: str, steps: int, guidance: float, seed: int) -> None:
    """Checks settings without a pipeline. Raises PlaygroundError for one out of range."""
    if not prompt.strip():
        raise PlaygroundError(say("images.text_to_image.prompt_empty"))
    if max(len(prompt), len(negative_prompt)) > MAX_PROMPT_LENGTH:
        raise PlaygroundError(say("images.text_to_image.prompt_long", most=MAX_PROMPT_LENGTH))
    TEXT_TO_IMAGE["steps"].read(steps)
    TEXT_TO_IMAGE["guidance"].read(guidance)
    parse_seed(seed)


def check_both_sides(width: int | None, height: int | None) -> None:
    """Raises PlaygroundError for a width or height alone, which pipelines would ignore silently."""
    if (width is None) != (height is None):
        raise PlaygroundError(say("images.text_to_image.one_side"))


def _check_sides(pipeline: Any, sides: dict[str, int]) -> dict[str, int]:
    """The width and height. Raises PlaygroundError for those that the pipeline cannot generate."""
    factor = max(8, 2 * int(getattr(pipeline, "vae_scale_factor", 8)))
    for name, side in sides.items():
        if isinstance(side, bool) or not isinstance(side, int) or not MIN_SIDE <= side <= MAX_SIDE:
            raise PlaygroundError(f"{side_sentence(name)}.")
        if side % factor:
            near, title = max(MIN_SIDE, round(side / factor) * factor), say(f"images.text_to_image.{name}")
            raise PlaygroundError(say("images.text_to_image.side_step_model", side=title, step=factor, near=near))
    return sides


def side_sentence(name: str) -> str:
    """What a width or a height must be, without a full stop. name: "width" or "height"."""
    title = say(f"images.text_to_image.{name}")
    return say("images.text_to_image.bad_side", side=title, least=MIN_SIDE, most=MAX_SIDE)


def _settings(
    pipeline: Any, prompt: str, negative_prompt: str, steps: int, guidance: float, seed: int
) -> dict[str, Any]:
    """Keyword arguments for this pipeline's call; some pipelines take no negative prompt or guidance."""
    import torch

    parameters = inspect.signature(type(pipeline).__call__).parameters
    settings: dict[str, Any] = {"prompt": prompt, "num_inference_steps": steps, "guidance_scale": float(guidance)}
    if negative_prompt.strip():
        settings["negative_prompt"] = negative_prompt
    settings = {name: value for name, value in settings.items() if name in parameters}
    settings["generator"] = torch.Generator("cpu").manual_seed(seed)
    return settings


def _notes(pipeline: Any, prompt: str, settings: dict[str, Any], negative_prompt: str) -> tuple[str, ...]:
    notes = []
    # Some pipelines have two or three; a prompt is cut only if it is too long for all of them.
    tokenizers = [getattr(pipeline, name, None) for name in ("tokenizer", "tokenizer_2", "tokenizer_3")]
    limits = {int(getattr(each, "model_max_length", 0) or 0): each for each in tokenizers if each is not None}
    limit = max(limits, default=0)
    if 0 < limit < 10**6:
        count = len(limits[limit](prompt, truncation=False, verbose=False).input_ids)
        if count > limit:
            notes.append(say("images.text_to_image.prompt_cut", limit=limit, count=count))
    if negative_prompt.strip() and "negative_prompt" not in settings:
        notes.append(say("images.text_to_image.no_negative_prompt"))
    if "guidance_scale" not in settings:
        notes.append(say("images.text_to_image.no_guidance"))
    return tuple(notes)


def _run(
    loaded: TextToImageModel, settings: dict[str, Any], steps: int, notes: tuple[str, ...], previews: bool
) -> Iterator[TextToImageStep]:
    """Runs the pipeline in a thread, since it reports by callback and is not a generator."""
    results: queue.Queue[TextToImageStep | BaseException] = queue.Queue()
    stopped = threading.Event()
    pipeline = _copy_with_own_scheduler(loaded.pipeline)
    start = time.perf_counter()

    def report_step(step: int, timestep: Any, latents: Any) -> None:
        if stopped.is_set():
            raise _StoppedError
        if latents is not None and not bool(latents.isfinite().all()):
            raise PlaygroundError(say("images.text_to_image.not_finite", model=loaded.card.title))
        picture = _preview(pipeline, latents) if previews else None
        seconds = time.perf_counter() - start
        results.put(TextToImageStep(step + 1, max(steps, step + 1), picture, float(timestep), seconds))

    def work() -> None:
        try:
            output = pipeline(**settings, **_step_callback(pipeline, report_step), output_type="np")
            flags = getattr(output, "nsfw_content_detected", None) or [False]
            flagged = bool(flags[0])
            warning = (say("images.text_to_image.blackened"),) if flagged else ()
            picture = _to_picture(output.images[0], loaded.card.title)
            seconds = time.perf_counter() - start
            results.put(
                TextToImageStep(
                    steps, steps, picture, 0.0, seconds, True, flagged, notes + warning, loaded.weights_sha256,
                    loaded.dtype, loaded.device,
                )
            )  # fmt: skip
        except BaseException as error:  # noqa: BLE001 - raised again where the queue is read
            results.put(error)

    worker = threading.Thread(target=work, name="text-to-image", daemon=True)
    worker.start()
    try:
        yield from _results_until_done(results, loaded)
    finally:
        stopped.set()
        worker.join()


def _step_callback(pipeline: Any, report: Callable[[int, Any, Any], None]) -> dict[str, Any]:
    """Keywords by which a pipeline calls report(step, timestep, latents) after each step.

    Pipelines without such a callback (PixArt's) are watched through their scheduler, of which this run has its own.
    """
    if "callback_on_step_end" in inspect.signature(type(pipeline).__call__).parameters:

        def after_step(_pipeline: Any, step: int, timestep: Any, state: dict[str, Any]) -> dict[str, Any]:
            report(step, timestep, state.get("latents"))
            return state

        return {"callback_on_step_end": after_step}
    take_step, count = pipeline.scheduler.step, itertools.count()

    @wraps(take_step)  # pipelines look at its parameters
    def step_and_report(model_output: Any, timestep: Any, *values: Any, **named: Any) -> Any:
        result = take_step(model_output, timestep, *values, **named)
        report(next(count), timestep, result[0] if isinstance(result, tuple) else result.prev_sample)
        return result

    pipeline.scheduler.step = step_and_report
    return {}


def _to_picture(pixels: NDArray[np.float32], model: str) -> Image.Image:
    """(H, W, 3) from 0 to 1 as a picture. Raises PlaygroundError for NaN, which would be black."""
    from PIL import Image

    if not np.isfinite(pixels).all():
        raise PlaygroundError(say("images.text_to_image.not_finite", model=model))
    return Image.fromarray((pixels * 255).round().astype(np.uint8)).convert("RGB")


def _results_until_done(
    results: queue.Queue[TextToImageStep | BaseException], loaded: TextToImageModel
) -> Iterator[TextToImageStep]:
    while True:
        item = results.get()
        if isinstance(item, (MemoryError, RuntimeError)) and "memory" in f"{type(item).__name__} {item}".lower():
            raise PlaygroundError(say("images.text_to_image.memory_full", device=loaded.device)) from item
        # Pipelines raise all of these for settings that they do not support.
        if isinstance(item, (ValueError, TypeError, RuntimeError, LookupError, AttributeError, ArithmeticError)):
            why = str(item).partition("\n")[0][:200]
            raise PlaygroundError(say("images.text_to_image.refused", model=loaded.card.title, why=why)) from item
        if isinstance(item, BaseException):
            raise item
        yield item
        if item.done:
            return


def _copy_with_own_scheduler(pipeline: Any) -> Any:
    """A shallow copy that shares the nets but not the scheduler, which counts the steps of one run."""
    own = copy.copy(pipeline)
    own.scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
    return own


def _preview(pipeline: Any, latents: Any) -> Image.Image | None:
    """The latents decoded at up to 256 pixels a side; None where their shape is not the VAE's."""
    import torch
    from torch.nn import functional

    vae = getattr(pipeline, "vae", None)
    channels = getattr(getattr(vae, "config", None), "latent_channels", None)
    if vae is None or latents is None or latents.ndim != 4 or latents.shape[1] != channels:
        return None
    shrink = PREVIEW_PIXELS / (max(latents.shape[2:]) * int(pipeline.vae_scale_factor))
    with torch.inference_mode():
        if shrink < 1:
            latents = functional.interpolate(latents, scale_factor=shrink, mode="area")
        shift = getattr(vae.config, "shift_factor", None) or 0.0
        decoded = vae.decode(latents[:1].to(vae.dtype) / vae.config.scaling_factor + shift, return_dict=False)[0]
        picture: Image.Image = pipeline.image_processor.postprocess(decoded.float(), output_type="pil")[0]
    return picture
