"""The four loops on a toy data set: they learn, are deterministic, and end with the same weights after a resume."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from toy_pictures import toy_dataset

from playground.data.dataset import Dataset
from playground.training import checkpoints, classifier, diffusion, gan, vae
from playground.training.configs import AnyConfig, AnyTrainState, loop_of, new_state, shipped_configs

pytestmark = pytest.mark.slow

TINY: dict[str, AnyConfig] = {
    "classifier": classifier.ClassifierConfig("toy", steps=6, width=8, batch=8, shift=1, flip=True),
    "diffusion": diffusion.DiffusionConfig("toy", steps=6, widths=(8, 16), blocks=1, batch=8),
    "gan": gan.GanConfig("toy", steps=6, widths=(16, 8, 0), latent_dim=4, batch=8, r1_every=2, shift=1),
    "vae": vae.VaeConfig("toy", steps=6, widths=(8, 16), latent_dim=4, components=3, batch=8),
}
FAMILIES = list(TINY)


@pytest.fixture(scope="module")
def toy() -> Dataset:
    return toy_dataset()


def new_run(family: str, toy: Dataset, seed: int = 0, **changes: object) -> AnyTrainState:
    config = dataclasses.replace(TINY[family], **changes)  # type: ignore[arg-type]
    run: AnyTrainState = new_state(config, toy, seed)
    return run


def finish(run: AnyTrainState) -> list[dict[str, float]]:
    return [step.losses for step in loop_of(run.config).train(run)]


def same(one: AnyTrainState, other: AnyTrainState) -> bool:
    mine, theirs = one.weights(), other.weights()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_resumed_run_gives_the_same_weights_to_the_last_bit(family: str, toy: Dataset, tmp_path: Path) -> None:
    straight = new_run(family, toy)
    whole = finish(straight)
    first = new_run(family, toy)
    steps = loop_of(first.config).train(first)
    halves = [next(steps).losses for _ in range(3)]
    checkpoints.write(tmp_path / "run.pt", first.state_dict())
    second = new_run(family, toy, seed=99)  # its own beginning is overwritten by the state
    second.load_state_dict(checkpoints.read(tmp_path / "run.pt") or {})
    if isinstance(second, vae.VaeTrainState):
        second.seed = 0  # of the mixture's fit; the command keeps it beside the state
    halves += finish(second)
    assert halves == whole and second.step == 6
    assert same(straight, second)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_decides_the_weights_and_the_global_seed_does_not(family: str, toy: Dataset) -> None:
    runs = []
    for seed in (1, 1, 2):
        torch.rand(7)  # somebody else draws from the global stream
        runs.append(new_run(family, toy, seed))
        finish(runs[-1])
    assert same(runs[0], runs[1]) and not same(runs[0], runs[2])


@pytest.mark.parametrize(("family", "loss"), [("classifier", "cross-entropy"), ("diffusion", "v"), ("vae", "bits")])
def test_the_loss_falls(family: str, loss: str, toy: Dataset) -> None:
    losses = [each[loss] for each in finish(new_run(family, toy, steps=40, warm_up=5))]
    assert sum(losses[-10:]) < 0.85 * sum(losses[:10])


def test_the_generator_learns_its_conditions(toy: Dataset) -> None:
    losses = finish(new_run("gan", toy, steps=50, warm_up=5, learning_rate=4e-3, discriminator_learning_rate=4e-3))
    named = [each["named"] for each in losses]
    assert sum(named[-10:]) < 0.9 * sum(named[:10])
    assert all(abs(value) < 1e3 for each in losses for value in each.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_step_says_what_it_did(family: str, toy: Dataset) -> None:
    steps = list(loop_of(TINY[family]).train(new_run(family, toy, steps=2)))
    assert [(step.step, step.seen) for step in steps] == [(1, 8), (2, 16)]
    assert all(step.seconds > 0 and step.losses for step in steps)


def test_training_sees_no_held_out_picture(toy: Dataset) -> None:
    for family in FAMILIES:
        assert torch.equal(new_run(family, toy).pictures.pixels, torch.tensor(toy.images[~toy.held_out]))


def test_every_recipe_is_of_a_known_kind_and_at_most_ten_megabytes() -> None:
    shapes = {"avatars": ((8, 45, 11, 15, 9, 11, 23, 12), 3, 16), "fashion": ((10,), 1, 28)}
    shapes |= dict.fromkeys(("avatars-skewed", "avatars-reweighed"), ((8, 15), 3, 16))
    assert len(shipped_configs()) == 10
    for name, config in shipped_configs().items():
        kind, _, data = name.partition("-")
        assert loop_of(config).__name__.endswith(kind) and config.dataset == data
        assert config.batch * config.steps > 50_000 and shapes[data]
