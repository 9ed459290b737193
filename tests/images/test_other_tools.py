"""Pictures of AUTOMATIC1111's web UI and of ComfyUI: what is read from them, and what is not."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from playground.core.errors import PlaygroundError
from playground.core.recipe import PNG_KEYWORD, Recipe
from playground.images.other_tools import describe, recipe_in_file

DATA = Path(__file__).parent / "data"
GRAPH = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
    "2": {"class_type": "PrimitiveString", "inputs": {"text": "a lighthouse"}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": ["2", 0], "clip": ["1", 1]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "people", "clip": ["1", 1]}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 768, "height": 512, "batch_size": 1}},
    "6": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 42, "steps": 30, "cfg": 6.5, "sampler_name": "dpmpp_2m", "scheduler": "karras",
            "model": ["1", 0], "positive": ["3", 0], "negative": ["4", 0], "latent_image": ["5", 0],
        },
    },
}  # fmt: skip


def png(**chunks: str) -> bytes:
    notes, file = PngInfo(), BytesIO()
    for name, text in chunks.items():
        notes.add_itxt(name, text)
    Image.new("RGB", (2, 2)).save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def test_the_web_ui_s_settings_are_read() -> None:
    recipe = recipe_in_file((DATA / "a1111.png").read_bytes())
    assert recipe == Recipe(
        "images", "", "", 123,
        {"panel": "text_to_image", "source": "web_ui", "prompt": "a cat", "negative_prompt": "dog", "steps": 20,
         "sampler": "Euler a", "guidance": 7.0, "width": 512, "height": 512},
    )  # fmt: skip
    assert "AUTOMATIC1111" in describe(recipe) and "Euler a" in describe(recipe)


def test_a_prompt_of_many_lines_with_colons_and_no_settings_is_kept() -> None:
    text = 'a cat: red,\nblue\nNegative prompt: dog,\nbird\nSteps: 5, Sampler: "DPM++ 2M, x", Seed: 1, Model: mine'
    recipe = recipe_in_file(png(parameters=text))
    assert recipe.settings["prompt"] == "a cat: red,\nblue" and recipe.settings["negative_prompt"] == "dog,\nbird"
    assert recipe.settings["sampler"] == "DPM++ 2M, x" and recipe.settings["checkpoint"] == "mine"
    assert recipe_in_file(png(parameters="only: words")).settings["prompt"] == "only: words"


def test_comfyui_s_graph_is_followed_from_its_sampler() -> None:
    recipe = recipe_in_file(png(prompt=json.dumps(GRAPH), workflow="{}"))
    assert recipe.seed == 42
    assert recipe.settings == {
        "panel": "text_to_image", "source": "comfy", "steps": 30, "guidance": 6.5, "sampler": "dpmpp_2m",
        "prompt": "a lighthouse", "negative_prompt": "people", "checkpoint": "v1-5.safetensors",
        "width": 768, "height": 512,
    }  # fmt: skip
    few = recipe_in_file((DATA / "comfy.png").read_bytes())
    assert few.seed == 5 and few.settings["steps"] == 20 and "prompt" not in few.settings
    assert "steps" in describe(few) and "cannot be redrawn exactly" in describe(few)


def exif_picture(kind: str, tag: int, value: bytes | str) -> bytes:
    exif, file = Image.Exif(), BytesIO()
    if tag == 0x9286:  # UserComment, which is in EXIF's own directory
        exif.get_ifd(0x8769)[tag] = value
    else:
        exif[tag] = value
    Image.new("RGB", (2, 2)).save(file, kind, exif=exif.tobytes())
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
def test_the_web_ui_s_settings_are_read_from_a_user_comment(kind: str, order: str) -> None:
    """As piexif's UserComment.dump(text, "unicode") writes it, and as programs do that follow the file's byte order."""
    text = "a café, 夜\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 123, Size: 512x768"
    recipe = recipe_in_file(exif_picture(kind, 0x9286, b"UNICODE\0" + text.encode(order)))
    assert recipe.settings == {
        "panel": "text_to_image", "source": "web_ui", "prompt": "a café, 夜", "negative_prompt": "dog", "steps": 20,
        "sampler": "Euler a", "guidance": 7.0, "width": 512, "height": 768,
    } and recipe.seed == 123  # fmt: skip
    plain = recipe_in_file(exif_picture(kind, 0x9286, b"ASCII\0\0\0" + b"a cat\nSteps: 3, Seed: 4"))
    assert plain.settings["prompt"] == "a cat" and plain.settings["steps"] == 3


def test_comfyui_s_graph_is_read_from_a_webp() -> None:
    recipe = recipe_in_file(exif_picture("WEBP", 0x0110, f"prompt:{json.dumps(GRAPH)}"))
    assert recipe == recipe_in_file(png(prompt=json.dumps(GRAPH)))


def test_a_picture_without_notes_or_with_a_camera_s_is_no_recipe() -> None:
    for tag, value in ((0x0110, "Pixel 9"), (0x9286, b"UNICODE\0"), (0x9286, b"")):
        with pytest.raises(PlaygroundError, match="no recipe"):
            recipe_in_file(exif_picture("JPEG", tag, value))


def test_a_seed_that_is_larger_than_any_here_or_missing_is_not_called_read() -> None:
    """ComfyUI draws seeds up to 2^64 - 1; here they end at 2^63 - 1."""
    large = recipe_in_file(png(parameters=f"a cat\nSteps: 5, Seed: {2**64 - 1}, CFG scale: nan"))
    assert describe(large) == (
        "Read from a picture of AUTOMATIC1111's web UI: what the picture should show, steps. "
        "It cannot be redrawn exactly: the model here uses its own scheduler and noise, "
        f"not the picture's seed ({2**64 - 1})."
    )
    assert large.seed == 0 and "guidance" not in large.settings
    none = recipe_in_file(png(parameters="only words"))
    assert "seed" not in describe(none) and "scheduler and noise." in describe(none)


def test_a_graph_with_its_settings_in_nodes_of_their_own_is_read() -> None:
    graph = {
        "1": {"class_type": "RandomNoise", "inputs": {"noise_seed": ["9", 0]}},
        "2": {"class_type": "BasicGuider", "inputs": {"model": ["3", 0], "conditioning": ["4", 0]}},
        "3": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux.safetensors"}},
        "4": {"class_type": "CLIPTextEncodeFlux", "inputs": {"t5xxl": "a “cat” 🙂", "clip_l": "x"}},
        "5": {"class_type": "BasicScheduler", "inputs": {"steps": 20, "model": ["3", 0]}},
        "9": {"class_type": "PrimitiveInt", "inputs": {"value": 99}},
    }
    recipe = recipe_in_file(png(prompt=json.dumps(graph)))
    assert (recipe.seed, recipe.settings["steps"], recipe.settings["prompt"]) == (99, 20, "a “cat” 🙂")
    assert recipe.settings["checkpoint"] == "flux.safetensors"


def test_a_graph_with_many_ways_to_a_node_is_followed_once() -> None:
    """Six links from each of thirty nodes to the next are 6^30 ways."""
    nodes = {str(n): {"inputs": {f"i{k}": [str((n + 1) % 30), k] for k in range(6)}} for n in range(30)}
    sampler = {"s": {"inputs": {"steps": 3, "seed": 4, "positive": ["0", 0], "latent_image": ["0", 0]}}}
    assert recipe_in_file(png(prompt=json.dumps(nodes | sampler))).settings["steps"] == 3


def test_circles_and_damaged_chunks_do_not_break_it() -> None:
    circle = {"1": {"inputs": {"text": ["1", 0]}}, "2": {"inputs": {"steps": 3, "seed": 2**70, "positive": ["1", 0]}}}
    recipe = recipe_in_file(png(prompt=json.dumps(circle)))
    assert recipe.settings["steps"] == 3 and recipe.seed == 0
    for damaged in ("", "[", "[1]", '{"1": 2}', '{"1": {"inputs": 3}}', "[" * 5000):
        with pytest.raises(PlaygroundError):
            recipe_in_file(png(prompt=damaged))


def test_a_recipe_of_ours_is_read_as_before() -> None:
    ours = Recipe("images", "m", "", 3, {"panel": "draw"})
    assert recipe_in_file(png(**{PNG_KEYWORD: json.dumps(ours.to_json())})) == ours
    assert recipe_in_file(json.dumps(ours.to_json()).encode()) == ours
    with pytest.raises(PlaygroundError):
        recipe_in_file(png())
