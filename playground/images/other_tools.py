"""The settings in a picture that AUTOMATIC1111's web UI or ComfyUI saved, as a recipe of From words.

Their pictures cannot be drawn again here: other noise, samplers and checkpoints. Only what a visitor typed is taken.
Sources: AUTOMATIC1111/stable-diffusion-webui, modules/infotext_utils.py and modules/images.py (a PNG's text chunk
"parameters", another file's EXIF UserComment); ComfyUI, nodes.py and comfy_extras/nodes_images.py (chunk "prompt", or
EXIF Model after "prompt:": the graph that ran, as JSON).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from playground.core.catalogue import say
from playground.core.recipe import Recipe, Setting, from_file

#: The setting that names the other tool; its values are also keys of the catalogue.
SOURCE = "source"
#: The setting that is there if no seed was read: the other tool's, which may be larger than any here, or "".
UNREAD_SEED = "unread_seed"
#: Settings as the web UI writes them -> ours. Size is read apart.
_WEB_UI_NAMES = {"Steps": "steps", "CFG scale": "guidance", "Seed": "seed", "Sampler": "sampler", "Model": "checkpoint"}
_WEB_UI_SETTING = re.compile(r'\s*([\w /-]+):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_COMFY_NAMES = {
    "seed": "seed", "noise_seed": "seed", "steps": "steps", "cfg": "guidance", "sampler_name": "sampler",
}  # fmt: skip
_TEXTS = ("text", "t5xxl", "text_g")
_MOST_NODES = 300  # that are followed in a graph
_MOST_SEED = 2**63 - 1
_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
#: What the panel can take, in the order in which the page says so.
READABLE = ("prompt", "negative_prompt", "steps", "guidance", "seed", "width", "height")


def recipe_in_file(content: bytes) -> Recipe:
    """The recipe in a file that was saved here, or the settings of another tool in its picture.

    Raises PlaygroundError if there are neither.
    """
    return _other_recipe(content) or from_file(content)


def describe(recipe: Recipe) -> str:
    """What was read of another tool's picture, and what cannot be done, in a sentence each. See recipe_in_file."""
    has_seed = UNREAD_SEED not in recipe.settings
    read = [name for name in READABLE if name in recipe.settings or (name == "seed" and has_seed)]
    names = {"steps": "shared.steps", "guidance": "shared.guidance", "seed": "shared.seed"}
    named = ", ".join(say(names.get(name, f"images.text_to_image.{name}")).lower() for name in read)
    lost = [f"{say(f'images.other_tools.{name}')} ({recipe.settings[name]})"[:80]
            for name in ("sampler", "checkpoint", UNREAD_SEED) if recipe.settings.get(name)]  # fmt: skip
    missing = say("images.other_tools.missing", names=", ".join(lost)) if lost else say("images.other_tools.different")
    tool = say(f"images.other_tools.{recipe.settings[SOURCE]}")
    return f"{say('images.other_tools.read', tool=tool, names=named)} {missing}"


def _other_recipe(content: bytes) -> Recipe | None:
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            notes = {str(name): text for name, text in picture.info.items() if isinstance(text, str)}
            notes |= _exif_notes(picture.getexif())
    except Exception:  # what a decoder raises for a damaged file is not a closed list; from_file explains it
        return None
    if "parameters" in notes:
        return _recipe("web_ui", _web_ui_settings(notes["parameters"]))
    if "prompt" in notes:
        return _recipe("comfy", _comfy_settings(notes["prompt"]))
    return None


def _exif_notes(exif: Image.Exif) -> dict[str, str]:
    """The notes of a picture that is no PNG, by the names that a PNG's chunks have."""
    notes = {}
    comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, bytes):
        notes["parameters"] = _comment_text(comment)
    for tag in (ExifTags.Base.Model, ExifTags.Base.Make, ExifTags.Base.ImageDescription):
        name, _, text = str(exif.get(tag) or "").partition(":")
        if name.lower() == "prompt":
            notes["prompt"] = text.rstrip("\0")
    return {name: text for name, text in notes.items() if text.strip()}


def _comment_text(comment: bytes) -> str:
    """An EXIF UserComment, whose first eight bytes name its characters. Source: Exif 2.32, 4.6.5, table 9.

    The standard leaves Unicode's order of bytes open: the one that gives fewer different high bytes is taken.
    """
    code, body = comment[:8].rstrip(b"\0 "), comment[8:]
    if code != b"UNICODE":
        return body.rstrip(b"\0").decode("utf-8", "replace")
    big = len(set(body[0::2])) <= len(set(body[1::2]))
    return body.decode("utf-16-be" if big else "utf-16-le", "replace").rstrip("\0")


def _recipe(tool: str, values: Mapping[str, Any]) -> Recipe | None:
    """The recipe of readable values; None if there are none."""
    settings: dict[str, Setting] = {}
    for name, value in values.items():
        if name in ("steps", "width", "height", "seed"):
            settings[name] = _number(value, int)
        elif name == "guidance":
            settings[name] = _number(value, float)
        elif isinstance(value, str):
            settings[name] = value.strip()
    settings = {name: value for name, value in settings.items() if value is not None and value != ""}
    if not settings:
        return None
    seed = settings.pop("seed", None)
    if not isinstance(seed, int) or not 0 <= seed <= _MOST_SEED:
        settings[UNREAD_SEED] = "" if seed is None else str(seed)
        seed = 0
    return Recipe("images", "", "", seed, {"panel": "text_to_image", SOURCE: tool, **settings})


def _number(value: Any, kind: type[int] | type[float]) -> int | float | None:
    try:
        number = None if isinstance(value, (bool, list)) else kind(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number is not None and math.isfinite(number) else None


def _web_ui_settings(text: str) -> dict[str, Any]:
    """From lines of the prompt, of "Negative prompt: …", and a last line of "name: value" separated by commas."""
    lines = text.strip().split("\n")
    pairs = _WEB_UI_SETTING.findall(lines[-1])
    has_settings = any(name == "Steps" for name, _ in pairs)
    texts = lines[:-1] if has_settings else lines
    prompt, _, negative = "\n".join(texts).partition("Negative prompt:")
    values: dict[str, Any] = {"prompt": prompt, "negative_prompt": negative}
    for name, value in pairs if has_settings else []:
        if name in _WEB_UI_NAMES:
            values[_WEB_UI_NAMES[name]] = value.strip('"')
        elif name == "Size" and value.count("x") == 1:
            values["width"], values["height"] = value.split("x")
    return values


def _comfy_settings(text: str) -> dict[str, Any]:
    """From the first sampler's inputs in a graph {id: {"class_type": …, "inputs": {name: value or [id, output]}}}.

    Newer graphs have the seed, the steps and the guidance in nodes of their own: the first of each counts.
    """
    try:
        graph = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return {}
    nodes = {key: node["inputs"] for key, node in graph.items() if _is_node(node)} if isinstance(graph, dict) else {}
    samplers = (inputs for inputs in nodes.values() if "steps" in inputs and {"seed", "noise_seed"} & {*inputs})
    sampler: Mapping[str, Any] = next(samplers, {}) or _first_inputs(nodes)
    values = {own: _followed(nodes, sampler[name], name) for name, own in _COMFY_NAMES.items() if name in sampler}
    values["prompt"] = _text(nodes, sampler.get("positive") or sampler.get("conditioning"))
    values["negative_prompt"] = _text(nodes, sampler.get("negative"))
    files = (_followed(nodes, sampler.get("model"), name) for name in ("ckpt_name", "unet_name"))
    values["checkpoint"] = next((file for file in files if file is not None), None)
    for side in ("width", "height"):
        latents = sampler.get("latent_image")
        values[side] = _followed(nodes, latents, side) if isinstance(latents, list) else None
    return values


def _first_inputs(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """For each name, the first node's input of that name."""
    first: dict[str, Any] = {}
    for inputs in nodes.values():
        first = {**inputs, **first}
    return first


def _text(nodes: Mapping[str, Mapping[str, Any]], link: Any) -> Any:
    """The text at the end of a link, under any of the names that encoders have for it."""
    texts = (_followed(nodes, link, name) for name in _TEXTS if isinstance(link, list))
    return next((text for text in texts if text is not None), None)


def _is_node(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("inputs"), dict)


def _followed(nodes: Mapping[str, Mapping[str, Any]], link: Any, name: str, seen: set[str] | None = None) -> Any:
    """A plain value as it is; for a link, the input `name` of its node, or of the first node before it that has one.

    None if there is none.  seen: the nodes that were asked already: a graph may have circles, and many ways to a node.
    """
    seen = set() if seen is None else seen
    if not isinstance(link, list):
        return link
    if not link or str(link[0]) in seen or len(seen) > _MOST_NODES:
        return None
    seen.add(str(link[0]))
    inputs = nodes.get(str(link[0]), {})
    if name in inputs or set(inputs) == {"value"}:  # a node that only holds a number
        return _followed(nodes, inputs.get(name, inputs.get("value")), name, seen)
    before = (_followed(nodes, value, name, seen) for value in inputs.values() if isinstance(value, list))
    return next((value for value in before if value is not None), None)
