"""Models trained on the page, in the menus of the other tabs: the same bits, used like any, removed by their owner."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch

from playground.bias import image_audit
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.data import registry
from playground.experiments import menu_models, run_list
from playground.experiments.run_list import list_runs, manage_run
from playground.images.grid import draw_grid, parse_grid_request
from playground.images.image_request import ImageRequest, image_request_from, parse_image_request
from playground.images.inspection import inspect_image
from playground.images.inversion import reconstruct, sibling_models
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import sample_images
from playground.latent.endpoints import draw_point
from playground.latent.latent_space import encode_mean, load_space
from playground.latent.nearest_pictures import example_request
from playground.latent.walk_request import walk_request_from
from playground.models.pixels import to_pixels
from playground.runs import snapshots, store
from playground.training import checkpoints, trainer_registry
from playground.zoo import user_models
from playground.zoo.image_models import load_image_model

pytestmark = pytest.mark.slow

ME, YOU = "m" * 32, "y" * 32
Trained = Callable[..., tuple[str, Any]]


@pytest.fixture
def trained(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """trained(family, dataset, owner, **settings): a run of four steps, as its worker leaves it, and its trainer."""

    def train(family: str, dataset: str = "avatars", owner: str = ME, seed: int = 1, **more: Any) -> tuple[str, Any]:
        files = {}
        if dataset == "folder":
            file = io.BytesIO()
            np.savez(file, pictures=np.random.default_rng(0).integers(0, 256, (20, 16, 16, 3), np.uint8))
            files["own-pictures.npz"] = file.getvalue()
        if dataset == "pasted":
            files["own-text.txt"] = "".join(
                f"The cat {at} sat, and the rat saw {at} cats.\n" for at in range(120)
            ).encode()
        small = {"pictures": 40} if dataset in ("avatars", "fashion") else {}
        small |= {"batch": 8, "width": 16} if family != "language" else {}
        spec = store.create_run(
            family,
            dataset,
            trainer_registry.read_settings(family, dataset, {"steps": 9, **small, **more}),
            seed,
            owner,
            files,
        )
        folder = store.run_dir(spec.run)
        trainer: Any = trainer_registry.open_trainer(spec.family, spec.dataset, spec.settings, seed, folder)
        for _ in range(4):
            trainer.advance()
            state = {"course": trainer.state_dict(), "seconds": 1.5, "cpu_seconds": 1.5, "events": 0}
            checkpoints.write(snapshots.snapshot_path(folder, trainer.step), state)
        checkpoints.write(folder / "latest.pt", state)
        return spec.run, trainer

    registry.load("avatars")  # from where it is, before the test's own folder stands in for it
    return train


def sample(name: str, **asked: Any) -> Any:
    return list(sample_images(parse_image_request(name, {"count": 3, "steps": 3, **asked})))[-1]


@pytest.mark.parametrize("family", ["gan", "vae", "diffusion"])
@pytest.mark.parametrize("labels", [False, True])
def test_a_model_of_the_menu_is_the_net_of_its_run_to_the_last_bit(trained: Trained, family: str, labels: bool) -> None:
    run, trainer = trained(family, labels=labels)
    name = menu_models.add_to_menu(run, ME).name
    assert name.startswith(f"own-{family}-avatars-") and menu_models.add_to_menu(run, ME).name == name, (
        "it is put in once"
    )
    loaded, facts = load_image_model(name), image_model_facts(name)
    assert dict(facts.attributes) == ({"skin": facts.labels["skin"]} if labels else {}) and facts.dataset == "avatars"
    # The loop lays its weights out otherwise in memory, and sums are then rounded in another order.
    net = deepcopy(trainer.state.average).to(memory_format=torch.contiguous_format)
    condition = torch.tensor([[1], [2], [3]] if labels else [[0]] * 3)
    asked = condition if labels else torch.zeros(3, 0, dtype=torch.int64)
    noise = torch.Generator().manual_seed(7)
    with torch.inference_mode():
        if family == "diffusion":
            x, t = torch.randn(3, 3, 16, 16, generator=noise), torch.tensor([999, 500, 3])
            assert torch.equal(loaded.net(x, t, asked), net(x, t, condition))
            return
        z = torch.randn(3, trainer.state.config.latent_dim, generator=noise)
        make = (lambda net: net) if family == "gan" else (lambda net: lambda z, asked: net.decode(z, asked)[0])
        assert torch.equal(make(loaded.net)(z, asked), make(net)(z, condition))
        skin = {"condition": {"skin": facts.labels["skin"][2]}} if labels else {}
        z = torch.randn(1, z.shape[1], generator=torch.Generator().manual_seed(5))
        expected = to_pixels(make(net)(z, torch.tensor([[2 if labels else 0]])))
    assert np.array_equal(sample(name, count=1, seed=5, **skin).pictures, expected.numpy())


@pytest.mark.parametrize(
    ("family", "dataset", "labels"),
    [("gan", "avatars", False), ("gan", "folder", False), ("vae", "avatars", True), ("vae", "folder", False),
     ("diffusion", "avatars", True), ("diffusion", "folder", False)],
)  # fmt: skip
def test_the_other_tabs_use_it_like_any_model(trained: Trained, family: str, dataset: str, labels: bool) -> None:
    name = menu_models.add_to_menu(trained(family, dataset, labels=labels)[0], ME).name
    facts, blank = image_model_facts(name), np.zeros((16, 16, 3), np.uint8)
    assert model_names()[-1] == model_names(family)[-1] == name and name not in model_names(dataset="avatars")
    model = sample(name, prior="mixture")
    assert model.pictures.shape == (3, 16, 16, 3) and model.condition.shape == (3, int(labels))
    assert not labels or (model.condition < len(facts.labels["skin"])).all(), "what nobody asked for is settled"
    assert (next(inspect_image(model.pictures[0], name)).nearest is None) == (dataset == "folder")
    sides = {"gan": ("truncation", "0, 1"), "vae": ("prior", "all"), "diffusion": ("guidance", "1, 4")}[family]
    assert list(draw_grid(parse_grid_request(ImageRequest(name, steps=2), *sides, "seed", "0-1")))[-1].done
    assert name in sibling_models(name) and len(sibling_models(name)) == (1 if dataset == "folder" else 3)
    assert [found.picture.shape for found in islice(reconstruct(blank, name), 1)] == [(16, 16, 3)]
    room = load_space(name, {}, 2)
    assert np.concatenate(list(room.pictures(np.stack([room.draw(0), room.draw(1)])))).shape == (2, 16, 16, 3)
    assert example_request(name).model == name
    if family != "diffusion":
        assert len(draw_point(parse_image_request(name, {"count": 1}), facts)) == room.dimensions
    if family == "vae":
        assert encode_mean(blank, name).shape == (16,)
    if dataset == "folder":
        with pytest.raises(PlaygroundError, match="data"):
            image_audit.read_image_audit(name, 50)
        return
    audit = list(image_audit.audit_images(image_audit.read_image_audit(name, 50)))[-1]
    assert audit.read.shape == (50, len(facts.labels))


def test_an_unconditional_net_draws_the_same_under_any_guidance(trained: Trained) -> None:
    name = menu_models.add_to_menu(trained("diffusion")[0], ME).name
    assert np.array_equal(sample(name, guidance=1).pictures, sample(name, guidance=5).pictures)
    assert "guidance changes nothing" in dict(image_model_facts(name).rows)["notes"]


def test_its_file_says_how_it_came_and_nothing_of_whose_it_is(trained: Trained) -> None:
    run, trainer = trained("vae", "folder")
    model = menu_models.add_to_menu(run, ME, 2)
    facts = json.loads((user_models.pictures_dir() / f"{model.name}.json").read_text("utf-8"))
    assert facts["step"] == 2 and facts["seen"] == 16 and facts["quality"] == {} and facts["dataset"] == "folder"
    assert "18 pictures of a visitor's" in facts["trained_on"] and "for 2 steps" in facts["notes"]
    files = [path for path in user_models.pictures_dir().parent.rglob("*") if path.is_file() and path.suffix != ".lock"]
    everything = [path.read_bytes() for path in files]
    assert len(everything) == 3 and not any(ME.encode() in content for content in everything)
    assert menu_models.add_to_menu(run, ME).name != model.name, "another step is another model"
    images, latent = (dict(parse_qsl(query)) for _, query in model.links)
    assert walk_request_from(from_query(latent)).model == image_request_from(from_query(images)).model == model.name
    assert image_request_from(from_query({"tab": "images", "model": model.name, "seed": "3"})).seed == 3


def test_only_the_browser_that_put_it_in_takes_it_out_and_its_link_then_explains_itself(trained: Trained) -> None:
    run, _ = trained("gan")
    assert "somebody else's" in manage_run({"do": "menu", "run": run, "owner": YOU})["error"]
    answer = manage_run({"do": "menu", "run": run, "owner": ME})
    (model,) = list_runs({"owner": ME})["models"]
    assert model["title"] in answer["said"] and answer["links"] == model["links"] and model["bytes"] > 10_000
    assert list_runs({"owner": YOU})["models"] == list_runs({"owner": ""})["models"] == []
    before = load_image_model(model["name"])
    for owner in (YOU, ""):
        assert "Another browser" in manage_run({"do": "take out", "model": model["name"], "owner": owner})["error"]
    assert model["title"] in manage_run({"do": "take out", "model": model["name"], "owner": ME})["said"]
    assert model["name"] not in model_names() and not list(user_models.pictures_dir().iterdir())
    for use in (
        image_model_facts,
        load_image_model,
        lambda name: image_request_from(from_query({"tab": "images", "model": name})),
    ):
        with pytest.raises(PlaygroundError, match="no longer in the menus"):
            use(model["name"])
    assert before.net is not None, "who is drawing with it draws on"
    for name in (model["name"], "gan-avatars", "own-../../x", "tuned/../x", "", "own/" + "x" * 200):
        assert "no longer in the menus" in manage_run({"do": "take out", "model": name, "owner": ME})["error"]


def test_too_many_too_large_or_unusable_models_explain_themselves(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, trainer = trained("vae")
    menu_models.add_to_menu(run, ME, 1)
    monkeypatch.setattr(user_models, "MOST_EACH", 1)
    with pytest.raises(PlaygroundError, match="remove one in Train"):
        menu_models.add_to_menu(run, ME)
    monkeypatch.setattr(user_models, "MOST_EACH", 5)
    monkeypatch.setenv("PLAYGROUND_OWN_BYTES", "300000")
    with pytest.raises(PlaygroundError, match="all the room"):
        menu_models.add_to_menu(run, ME)
    monkeypatch.delenv("PLAYGROUND_OWN_BYTES")
    with pytest.raises(PlaygroundError, match="is not kept"):
        menu_models.add_to_menu(run, ME, 77)
    with torch.no_grad():
        trainer.state.average.outward.bias.fill_(float("nan"))
    state = {"course": trainer.state_dict(), "seconds": 1.0, "cpu_seconds": 1.0, "events": 0}
    checkpoints.write(store.run_dir(run) / "latest.pt", state)
    with pytest.raises(PlaygroundError, match="NaN or infinite"):
        menu_models.add_to_menu(run, ME)
    ring = store.create_run("gan", "ring", trainer_registry.read_settings("gan", "ring", {}), 0, ME)
    with pytest.raises(PlaygroundError, match="points in the plane"):
        menu_models.add_to_menu(ring.run, ME)
    assert "This run is gone" in manage_run({"do": "menu", "run": "../x", "owner": ME})["error"]
    assert (
        len(user_models.models_of_owner(ME)) == 1
        and [path.suffix for path in user_models.pictures_dir().iterdir()].count(".json") == 1
    )


def test_a_damaged_file_takes_nothing_else_out_of_the_menus(trained: Trained) -> None:
    name = menu_models.add_to_menu(trained("gan")[0], ME).name
    (user_models.pictures_dir() / "own-broken.json").write_text("{", "utf-8")
    (user_models.pictures_dir() / "own-broken.safetensors").write_bytes(b"")
    assert name in model_names() and "own-broken" not in model_names()
    with (user_models.pictures_dir() / f"{name}.safetensors").open("ab") as file:
        file.write(b"more")
    with pytest.raises(PlaygroundError, match="damaged: remove it"):
        sample(name)


def test_a_language_model_of_the_page_writes_like_any_model(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.language import generation
    from playground.language.model_menu import model_facts
    from playground.language.model_menu import model_names as language_models
    from playground.language.text_request import read_request as read_text

    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    small = {"vocabulary": 300, "width": 64, "layers": 1, "context": 32, "batch": 2}
    run, trainer = trained("language", "pasted", **small)
    model = menu_models.add_to_menu(run, ME)
    assert model.name.startswith("own/pasted-") and model.name in language_models()
    ids = np.arange(20)[None]
    expected = trainer.net(input_ids=torch.from_numpy(ids)).logits.detach().numpy()
    assert np.array_equal(generation.load(model.name).decoder.read_rows(ids), expected)
    ((words, query),) = model.links
    asked = from_query(dict(parse_qsl(query)))
    assert words == "Open in Text" and asked.model == model.name and asked.settings["mode"] == "completion"
    values = {"model": model.name, "prompt": "The cat", "mode": "completion", "max_new_tokens": 5}
    last = list(generation.generate(read_text(values, {})))[-1]
    assert last.weights_sha256 == model_facts(model.name).weights_sha256 and last.text
    facts = model_facts(model.name)
    assert facts.licence == "the visitor's own" and "pasted" in facts.trained_on and "for 4 steps" in facts.notes
    assert (
        manage_run({"do": "take out", "model": model.name, "owner": ME})["said"] and model.name not in language_models()
    )
    with pytest.raises(PlaygroundError, match="no longer in the menus"):
        generation.load(model.name)


def test_a_run_s_name_brings_no_marks_into_a_title_and_what_was_worked_out_goes_with_its_model(
    trained: Trained, models_dir: Path
) -> None:
    run, _ = trained("vae")
    store.rename_run(run, "![x](https://a.example/b.png) <b>", ME)
    model = menu_models.add_to_menu(run, ME)
    assert image_model_facts(model.name).title == "x https a example b png b (VAE, avatars, step 4)"
    worked_out = [models_dir / kept / f"{model.name}-0123.npy" for kept in ("codes", "maps")]
    for path in worked_out:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    menu_models.remove_from_menu(model.name, ME)
    assert not any(path.exists() for path in worked_out)


def test_managing_names_what_can_be_done() -> None:
    assert "menu" in run_list.manage_run({"do": "dance"})["error"]
