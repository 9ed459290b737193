"""What the picture views are given: sheets, cards, films, in words and numbers."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from playground.core.recipe import PNG_KEYWORD, Recipe
from playground.images.diffusion import DenoisingState
from playground.images.image_request import format_condition
from playground.images.inspection import Inspection
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.ui.picture_views import pack
from playground.ui.view import new_run

EMPTY = "Press Draw: the pictures appear here."


def sheet(made: ImageBatch, chosen: int | None = None) -> dict[str, Any]:
    """A value for the sheet view."""
    items = []
    for index in range(len(made.pictures)):
        seed = made.request.seed + index
        score = "" if made.scores is None else f" · D {made.scores[index]:+.1f}"
        words = f"Picture {index + 1}, seed {seed}"
        if made.scores is not None:
            words += f", discriminator's score {made.scores[index]:.2f}"
        items.append({"label": f"seed {seed}{score}", "words": words})
    return pack(made.pictures) | {"items": items, "done": made.done, "chosen": chosen, "empty": EMPTY}


def caption(made: ImageBatch) -> str:
    """How the pictures were made: count, time, model, settings, seed."""
    facts, request = image_model_facts(made.request.model), made.request
    count = len(made.pictures)
    parts = [f"{count} picture{'s' if count > 1 else ''} in {made.seconds * 1000:,.0f} ms"]
    if made.kind == "diffusion":
        parts.insert(0, f"Step {made.step} of {made.steps}" if not made.done else f"{made.steps} steps")
        parts.append(f"{request.scheduler}, guidance {request.guidance:g}")
    parts += [facts.name, "float32 on cpu", f"seeds {request.seed} to {request.seed + count - 1}"]
    condition = format_condition(request.condition)
    parts.append("of anything" if condition == "any" else condition)
    return " · ".join(parts)


def card(made: ImageBatch, look: Inspection) -> dict[str, Any]:
    """A value for the card view: one picture, and what can be told of it."""
    rows = [("Seed", str(made.request.seed)), ("Asked for", format_condition(made.request.condition))]
    chosen = settled_words(made)
    if chosen:
        rows.append(("The seed chose", f"{chosen}. This model must be told something definite."))
    if look.seen:
        rows.append(("A classifier sees", ", ".join(f"{name}: {word}" for name, word in look.seen.items())))
    if made.scores is not None:
        rows.append(("Discriminator's score", f"{made.scores[0]:+.2f}: above 0 it takes the picture for real"))
    strips = []
    if look.nearest is not None:
        rows.append(("Did it copy?", copy_words(look)))
        labels = [f"differs by {distance:.1f}" for distance in look.distances]
        strips.append({"title": "The nearest training pictures", "packed": pack(look.nearest), "labels": labels})
    actions = [["keep", "Keep"], ["png", "Download PNG"], ["alone", "Draw it alone"]]
    if made.kind == "diffusion":
        actions.append(["steps", "See its steps"])
    return {
        "title": f"Seed {made.request.seed}, enlarged",
        "packed": pack(made.pictures),
        "rows": [{"name": name, "text": text} for name, text in rows],
        "strips": strips,
        "actions": actions,
    }


def settled_words(made: ImageBatch) -> str:
    """What the seed of a single picture put in the place of "any"; empty where nothing had to be settled."""
    words = image_model_facts(made.request.model).attributes.items()
    pairs = [(name, there, int(value)) for (name, there), value in zip(words, made.condition[0], strict=True)]
    settled = [(name, there[value]) for name, there, value in pairs if value < len(there)]
    return "; ".join(f"{name}={word}" for name, word in settled if name not in made.request.condition)


def copy_words(look: Inspection) -> str:
    """Whether a picture is a near-copy, with the baseline, in a sentence."""
    near = look.distances[0]
    if look.percentile is None:
        return f"Its nearest training picture differs by {near:.1f} of 255; counting how near unseen real ones come …"
    share = f"{look.percentile:.0f} % of real pictures that were held out lie as near to a training picture, or nearer"
    if near == 0:
        return f"It is a training picture, pixel for pixel ({share})."
    verdict = "nearer than unseen real pictures usually are" if look.percentile < 1 else "no nearer than is usual"
    return f"Its nearest training picture differs by {near:.1f} of 255 (root mean square): {verdict}; {share}."


def film(tracks: Sequence[tuple[str, Sequence[DenoisingState]]], done: bool, run: str | None = None) -> dict[str, Any]:
    """A value for the frames view: the main way first, then its branches."""
    drawn = []
    for title, states in tracks:
        noisy, guess = np.concatenate([one.xt for one in states]), np.concatenate([one.x0 for one in states])
        drawn.append(
            pack(noisy[:1])
            | {
                "title": title,
                "first": states[0].step,
                "pictures": len(states[0].xt),
                "noisy": _bytes(noisy),
                "guess": _bytes(guess),
                "states": [{"noise": one.noise_level, "timestep": one.timestep} for one in states],
            }
        )
    return {"run": run or new_run(), "steps": tracks[0][1][0].steps, "done": done, "tracks": drawn}


def _bytes(pictures: NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(pictures).tobytes()).decode()


def png(picture: NDArray[np.uint8], recipe: Recipe | None) -> bytes:
    """A picture at its own size as a PNG, with its recipe in a text chunk. picture: (H, W, C) uint8."""
    notes = PngInfo()
    if recipe is not None:
        notes.add_itxt(PNG_KEYWORD, json.dumps(recipe.to_json(), ensure_ascii=False))
    image = Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0])
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def download(name: str, content: bytes) -> str:
    """A file for the page to save."""
    return json.dumps({"name": name, "base64": base64.b64encode(content).decode(), "type": "image/png"})
