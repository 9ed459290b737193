"""Pictures drawn by the shipped models: repeatable, alone as together, by every scheduler, near what was asked."""

from __future__ import annotations

from collections.abc import Iterator

import diffusers
import numpy as np
import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.images.dataset_browser import browse_dataset, held_out_image
from playground.images.diffusion import DenoisingBranch, denoise
from playground.images.image_request import SCHEDULERS, parse_image_request
from playground.images.inspection import inspect_image
from playground.images.inversion import reconstruct
from playground.images.model_menu import condition_rows, image_model_facts, model_names
from playground.images.noise import seeded_generators, truncated_normal
from playground.images.sampling import ImageBatch, sample_images
from playground.metrics import likelihood

pytestmark = pytest.mark.weights
OWN = [name for name in model_names() if not name.startswith(("gan-faces", "gan-eyes"))]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def drawn(model: str, **values: object) -> ImageBatch:
    return list(sample_images(parse_image_request(model, {"steps": 6, **values})))[-1]


@pytest.mark.parametrize("model", OWN)
def test_same_seed_gives_same_picture_and_another_seed_another(model: str) -> None:
    once, again, other = drawn(model, count=3), drawn(model, count=3), drawn(model, count=3, seed=100)
    assert np.array_equal(once.pictures, again.pictures) and once.recipe() == again.recipe()
    assert not np.array_equal(once.pictures, other.pictures)
    facts = image_model_facts(model)
    assert once.pictures.shape == (3, facts.side, facts.side, facts.channels) and once.pictures.dtype == np.uint8


@pytest.mark.parametrize("model", OWN)
def test_a_picture_alone_is_the_one_on_the_sheet(model: str) -> None:
    sheet = drawn(model, count=4, seed=10)
    alone = drawn(model, count=1, seed=12)
    assert np.abs(sheet.pictures[2].astype(int) - alone.pictures[0]).max() <= 1, "batches round differently"
    assert sheet.single(2).request.seed == 12


def test_drawing_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    for model in OWN:
        drawn(model, count=1, scheduler="ddpm")
    assert torch.equal(torch.rand(3), expected)


def test_truncated_noise_stays_inside_and_keeps_its_shape() -> None:
    sources = seeded_generators(parse_image_request(OWN[0], {"count": 8}))
    z = truncated_normal(sources, 4000, 1.0)
    assert z.abs().max() <= 1.0 and abs(float(z.mean())) < 0.02
    assert abs(float(z.std()) - 0.5396) < 0.01, "of a normal distribution cut at one standard deviation"


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_is_the_one_of_diffusers(scheduler: str) -> None:
    """The states equal those of diffusers' own loop; Heun's first step is Euler's, on purpose."""
    request = parse_image_request("diffusion-avatars", {"count": 2, "steps": 8, "scheduler": scheduler, "guidance": 1})
    states = list(denoise(request))
    assert [state.step for state in states] == list(range(9)) and states[-1].noise_level == 0
    assert states[0].noise_level > 0.9999
    from playground.images.diffusion import build_scheduler
    from playground.zoo.image_models import load_pictures

    loaded = load_pictures("diffusion-avatars")
    reference = build_scheduler(scheduler, loaded.card.facts["schedule"], 8)
    assert isinstance(reference, diffusers.SchedulerMixin)
    condition = torch.from_numpy(condition_rows(image_model_facts("diffusion-avatars"), {}, 2))
    sources = seeded_generators(request)
    x = torch.stack([torch.randn(3, 16, 16, generator=source) for source in sources])
    places = list(reference.timesteps)
    if scheduler == "heun":
        x = torch.from_numpy(states[1].latents) * float((1 + float(reference.sigmas[2]) ** 2) ** 0.5)
        reference.set_begin_index(2)
        places = places[2:]
    else:
        x = x * float(reference.init_noise_sigma)
    with torch.inference_mode():
        for timestep in places:
            ready = reference.scale_model_input(x, timestep)
            v = loaded.net(ready, torch.full((2,), float(timestep)), condition)
            options = {"generator": sources} if scheduler == "ddpm" else {}
            x = reference.step(v, timestep, x, **options).prev_sample
    difference = np.abs(states[-1].latents - x.numpy()).max()
    assert difference < 2e-3, difference


def test_a_branch_that_changes_nothing_repeats_the_way() -> None:
    request = parse_image_request("diffusion-avatars", {"count": 2, "steps": 8})
    way = list(denoise(request))
    branch = list(denoise(request, DenoisingBranch(3, way[3].latents)))
    assert branch[0].step == 3 and np.array_equal(branch[-1].xt, way[-1].xt)
    fresh = list(denoise(request, DenoisingBranch(3, way[3].latents, fresh_seed=1)))
    assert not np.array_equal(fresh[-1].xt, way[-1].xt)


def test_a_branch_that_does_not_fit_explains_itself() -> None:
    request = parse_image_request("diffusion-avatars", {"count": 2, "steps": 8})
    with pytest.raises(PlaygroundError, match="of other pictures"):
        next(denoise(request, DenoisingBranch(3, np.zeros((1, 3, 16, 16), np.float32))))
    with pytest.raises(PlaygroundError, match="step 0 to 7"):
        next(denoise(request, DenoisingBranch(8, np.zeros((2, 3, 16, 16), np.float32))))
    with pytest.raises(PlaygroundError, match="no diffusion model"):
        next(denoise(parse_image_request("gan-avatars", {})))


@pytest.mark.slow
def test_what_was_asked_for_is_mostly_drawn() -> None:
    from playground.images.inversion import predict_condition

    sheet = drawn("diffusion-avatars", count=8, condition="hat=none; glasses=none; clothing colour=crimson", steps=10)
    facts = image_model_facts("diffusion-avatars")
    seen = np.concatenate([predict_condition(picture, facts) for picture in sheet.pictures])
    columns = [list(facts.attributes).index(name) for name in ("hat", "glasses", "clothing colour")]
    assert (seen[:, columns] == sheet.condition[:, columns]).mean() > 0.8


@pytest.mark.parametrize("model", OWN)
@pytest.mark.slow
def test_a_real_picture_is_found_again(model: str) -> None:
    """Diffusion's inversion is all but exact; the VAE and the GAN answer with what they know."""
    picture = held_out_image(image_model_facts(model).dataset, 3)
    answers = list(reconstruct(picture, model))
    last = answers[-1]
    assert last.step == last.steps and last.picture.shape == picture.shape
    psnr = float(likelihood.psnr(last.picture[None].astype(float), picture[None].astype(float), 255)[0])
    assert last.psnr == pytest.approx(psnr, abs=1e-6)
    least = {"vae": 14, "gan": 12, "diffusion": 28}[last.kind]
    assert last.psnr > least
    if last.kind == "gan":
        assert last.error < answers[0].error, "the search gets nearer"
    if last.kind == "vae":
        assert last.mean is not None and last.deviation is not None and (last.deviation > 0).all()
        assert last.percentile is not None and 0 <= last.percentile <= 100


def test_a_picture_of_another_size_cannot_be_found() -> None:
    with pytest.raises(PlaygroundError, match="takes pictures of 16 × 16"):
        next(reconstruct(np.zeros((28, 28, 1), np.uint8), "gan-avatars"))


@pytest.mark.slow
def test_a_training_picture_is_called_a_copy_of_itself() -> None:
    from playground.data import registry

    looks = list(inspect_image(registry.load("avatars").images[5], "gan-avatars"))
    assert looks[0].percentile is None and looks[0].nearest is not None and looks[-1].distances[0] == 0
    assert looks[-1].percentile is not None and looks[-1].percentile <= 1, "no held-out avatar is in the training set"


def test_the_data_is_browsed_by_label_and_part() -> None:
    page = browse_dataset("avatars", "hat", "none", "held out", 2)
    assert all(labels["hat"] == "none" for labels in page.labels) and len(page.pictures) == 48
    assert sum(page.label_counts.values()) == 4000 and page.total == page.label_counts["none"] and page.page == 2
    with pytest.raises(PlaygroundError, match="has no label"):
        browse_dataset("avatars", "tail")
