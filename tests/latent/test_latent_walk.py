"""Walks of the shipped models, their requests, and the files that hold them."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import numpy as np
import pytest
import torch
from PIL import Image

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.images.dataset_browser import held_out_image
from playground.images.image_request import changed_indices
from playground.images.model_menu import image_model_facts, model_names
from playground.latent.endpoints import Endpoint, format_endpoints, pack_point, unpack_point
from playground.latent.latent_space import encode_mean, load_space
from playground.latent.latent_walk import LatentWalk, Smoothness, explain_norms, generate_walk
from playground.latent.video_export import encode_video, read_recipe, upscale
from playground.latent.walk_request import read_walk_request, walk_recipe, walk_request_from

pytestmark = pytest.mark.weights
OWN = [name for name in model_names() if not name.startswith(("gan-faces", "gan-eyes", "own-"))]


def walk(model: str = "gan-avatars", **values: object) -> LatentWalk:
    return list(generate_walk(read_walk_request(model, {"ends": "3, 8", "frames": 4, "steps": 4, **values})))[-1]


def test_the_same_walk_gives_the_same_frames() -> None:
    once, again = walk(), walk()
    assert np.array_equal(once.pictures, again.pictures) and once.recipe() == again.recipe()
    assert changed_indices(once.recipe().result, again.pictures) == []


def test_a_walk_leaves_the_global_generator_alone() -> None:
    for model in OWN:
        walk(model, frames=2)  # a new network draws random weights before its own are loaded
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    for model in OWN:
        walk(model, frames=2)
    assert torch.equal(torch.rand(3), expected)


def test_the_two_paths_differ_between_their_ends_and_explain_why() -> None:
    straight, arc = walk(method="lerp", frames=9), walk(method="slerp", frames=9)
    assert np.array_equal(straight.norms["slerp"], arc.norms["slerp"])
    assert straight.norms["lerp"].min() < arc.norms["slerp"].min()
    assert not np.array_equal(straight.pictures[4], arc.pictures[4])
    assert f"comes as near as {straight.norms['lerp'].min():.1f}, in frame" in explain_norms(straight)


def test_lengths_that_differ_are_not_called_alike_because_both_are_in_range() -> None:
    made = walk(method="lerp", frames=5)
    low, high = made.norm_range
    straight = np.array([high, low + 0.1, low + 0.1, low + 0.1, high])
    near = replace(made, norms={"lerp": straight, "slerp": np.full(5, high - 0.1)})
    assert f"The great circle is at {high - 0.1:.1f} there; both are in that range." in explain_norms(near)


def test_a_walk_survives_its_link() -> None:
    point = tuple(float(value) for value in np.linspace(-2, 2, 64).astype(np.float16))
    request = read_walk_request(
        "gan-avatars",
        {"ends": [3, list(point), 9], "frames": 12, "loop": True, "ease": True, "condition": "hat=none"},
    )
    again = walk_request_from(from_query(walk_recipe(request, "", None).to_query()))
    assert again == request and again.endpoints[1] == Endpoint(point)
    assert (
        read_walk_request("gan-avatars", {"ends": format_endpoints(request.endpoints)}).endpoints == request.endpoints
    )


def test_a_point_survives_its_text_to_float16() -> None:
    assert unpack_point(pack_point([0.5, -1.25, 3.0])) == (0.5, -1.25, 3.0)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ends": "3"}, "needs two end points"),
        ({"ends": ""}, "needs two end points"),
        ({"ends": 3}, "needs two end points"),
        ({"ends": "3, x"}, "is not an end point"),
        ({"ends": "3, -1"}, "is not an end point"),
        ({"ends": list(range(13))}, "at most 12"),
        ({"ends": [{"model": "vae-avatars", "seed": 1}, 2]}, "use one model"),
        ({"ends": [[0.0, float("nan")], 1]}, "Every coordinate"),
        ({"ends": [["a"], 1]}, "Every coordinate"),
        ({"ends": [[], 1]}, "list of numbers"),
        ({"ends": "z:???, 1"}, "damaged"),
        ({"ends": "1, 2", "frames": 10_000}, "from 2 to 120"),
        ({"ends": "1, 2", "frames": "NaN"}, "from 2 to 120"),
        ({"ends": "1, 2, 3", "frames": 2}, "at least 3 frames"),
        ({"ends": "1, 2", "method": "spline"}, "slerp, lerp"),
        ({"ends": "1, 2", "loop": "perhaps"}, "true or false"),
        ({"ends": "1, 2", "steps": 0}, "Steps must"),
        ({"ends": "1, 2", "colour": "red"}, "not a setting of a walk"),
        ({"ends": "1, 2", "condition": "hat=fez?"}, "must be any"),
    ],
)
def test_a_bad_walk_explains_itself(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_walk_request("gan-avatars", values)


def test_a_point_of_another_space_explains_itself() -> None:
    with pytest.raises(PlaygroundError, match="another model's space"):
        walk(ends=[[0.0] * 7, 1])


def test_decoding_a_pictures_mean_is_its_reconstruction() -> None:
    from playground.models.pixels import to_pixels, to_signed
    from playground.zoo.image_models import load_image_model

    picture, space = held_out_image("avatars", 3), load_space("vae-avatars")
    net = load_image_model("vae-avatars").net
    any_row = torch.tensor([[len(words) for words in space.facts.attributes.values()]])
    with torch.inference_mode():
        mean, _ = net.encode(to_signed(torch.tensor(picture[None])), any_row)
        expected = to_pixels(net.decode(mean, any_row)[0]).numpy()
    assert np.array_equal(space.decode(encode_mean(picture, "vae-avatars")[None]), expected)
    with pytest.raises(PlaygroundError, match="no encoder"):
        encode_mean(picture, "gan-avatars")
    with pytest.raises(PlaygroundError, match="fit it first"):
        encode_mean(picture[:8], "vae-avatars")


@pytest.mark.parametrize("kind", ["gif", "mp4", "webp"])
@pytest.mark.parametrize("model", ["gan-avatars", "vae-fashion"])
def test_a_film_has_its_frames_and_its_recipe(kind: str, model: str) -> None:
    result = walk(model, frames=6, loop=kind == "webp")
    content = encode_video(result.pictures, kind, result.recipe())
    assert read_recipe(content) == result.recipe()
    if kind == "mp4":
        with av.open(io.BytesIO(content)) as container:
            frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    else:
        with Image.open(io.BytesIO(content)) as image:
            assert image.n_frames == 6
            frames = []
            for place in range(6):
                image.seek(place)
                frames.append(np.asarray(image.convert("RGB")))
    assert len(frames) == 6
    expected = upscale(result.pictures)
    for frame, wanted in zip(frames, expected, strict=True):
        assert frame.shape == wanted.shape
        difference = np.abs(frame.astype(int) - wanted).mean()
        assert difference == 0 if kind == "webp" else difference < 4


def test_a_file_without_a_recipe_explains_itself() -> None:
    plain = io.BytesIO()
    Image.new("RGB", (4, 4)).save(plain, "GIF")
    for content in (b"", b"GIF89a broken", b"\0\0\0\x18ftypisom", plain.getvalue(), b"RIFF\0\0\0\0WEBP"):
        with pytest.raises(PlaygroundError, match="holds no recipe"):
            read_recipe(content)


def test_smoothness_distinguishes_an_even_walk_from_a_jump() -> None:
    even, jump = Smoothness(np.ones(10), 5.0), Smoothness(np.array([0.0] * 9 + [10.0]), 10.0)
    assert even.length == jump.length == 10 and "2.0 times the direct" in even.words()
    assert "takes 10\u00a0% of it" in even.words() and "takes 100\u00a0% of it" in jump.words()
    assert "Not StyleGAN's PPL" in even.words()
    assert "times the direct" not in Smoothness(np.ones(10), 0.0).words()


def test_a_walk_reports_its_models_facts() -> None:
    result = walk("vae-fashion")
    assert (
        result.dimensions == load_space("vae-fashion").dimensions
        and result.kind == image_model_facts("vae-fashion").kind
    )
    assert result.recipe().weights_sha256 == image_model_facts("vae-fashion").weights_sha256
