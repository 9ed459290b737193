"""Grids: axes parsed from text, errors that explain themselves, cells equal to Draw's pictures and cached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from playground.core import recipe as recipes
from playground.core.errors import PlaygroundError
from playground.data import avatars
from playground.images import grid_cache
from playground.images.grid import Grid, GridRequest, draw_grid, grid_request_from, parse_grid_request
from playground.images.grid_axes import axis_choices, axis_settings, example_values, parse_axis
from playground.images.image_request import changed_indices, parse_image_request
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import ImageBatch, sample_images
from playground.images.settings import FAMILY_SETTINGS

AVATARS = ("gan-avatars", "vae-avatars", "diffusion-avatars")


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No cells of another test."""
    grid_cache.clear()
    yield
    grid_cache.clear()


def values(model: str, setting: str, text: object) -> tuple[object, ...]:
    return parse_axis(image_model_facts(model), setting, text, "rows").values


def grid(model: str, rows: str, row_values: str, columns: str, column_values: str, **settings: object) -> GridRequest:
    return parse_grid_request(
        parse_image_request(model, {"steps": 3, **settings}), rows, row_values, columns, column_values
    )


def finished(request: GridRequest) -> Grid:
    return list(draw_grid(request))[-1]


@pytest.mark.parametrize(
    ("model", "setting", "text", "expected"),
    [
        ("gan-avatars", "seed", "1, 2, 4", (1, 2, 4)),
        ("gan-avatars", "seed", "0-7", (0, 1, 2, 3, 4, 5, 6, 7)),
        ("gan-avatars", "seed", " 3 ; 5–6,\n9, ", (3, 5, 6, 9)),
        ("gan-avatars", "seed", str(2**63 - 1), (2**63 - 1,)),
        ("gan-avatars", "truncation", "-0, .5, 1-3", (0.0, 0.5, 1.0, 2.0, 3.0)),
        ("diffusion-avatars", "steps", "2, 20", (2, 20)),
        ("diffusion-avatars", "guidance", "1, 7.5", (1.0, 7.5)),
        ("diffusion-avatars", "scheduler", "All", ("ddim", "ddpm", "euler", "heun", "dpm++")),
        ("diffusion-avatars", "scheduler", "DDIM, Heun", ("ddim", "heun")),
        ("vae-avatars", "prior", "mixture, normal", ("mixture", "normal")),
        ("gan-avatars", "hat", "none, 1, 02-4, any", ("none", *avatars.values()["hat"][1:5], "any")),
        ("gan-avatars", "hair", "long 01-long 03", avatars.values()["hair"][:3]),
        ("gan-avatars", "hat", "Plain cap, hat with a brim", ("plain cap", "hat with a brim")),
        ("gan-fashion", "class", "t-shirt/top, Coat", ("T-shirt/top", "coat")),
        ("gan-fashion", "class", "T-shirt/top-pullover", None),
        ("gan-avatars", "model", "all", AVATARS),
        ("gan-eyes", "colour", "blue, red", ("blue", "red")),
    ],
)
def test_axis_values_are_parsed_from_text(
    model: str, setting: str, text: str, expected: tuple[object, ...] | None
) -> None:
    if expected is None:
        with pytest.raises(PlaygroundError, match="class has no"):
            values(model, setting, text)
    else:
        assert values(model, setting, text) == expected


def test_headings_parse_to_the_same_axis() -> None:
    for model, setting in (("gan-avatars", "truncation"), ("gan-avatars", "seed"), ("gan-fashion", "class")):
        axis = parse_axis(image_model_facts(model), setting, example_values(image_model_facts(model), setting), "rows")
        again = parse_axis(image_model_facts(model), setting, ", ".join(axis.headings()), "rows")
        assert again == axis
    exact = parse_axis(image_model_facts("gan-avatars"), "truncation", "-0, 0.50, 1.2345678", "rows")
    assert exact.headings() == ["0", "0.5", "1.2345678"]


@pytest.mark.parametrize("model", [name for name in model_names() if not image_model_facts(name).own])
def test_every_setting_of_every_model_has_example_values(model: str) -> None:
    facts = image_model_facts(model)
    settings = axis_settings(facts)
    assert set(FAMILY_SETTINGS[facts.kind]) | {"seed"} | set(facts.attributes) <= set(settings)
    assert len(set(settings)) == len(settings), "no attribute has the name of a setting"
    assert ("model" in settings) == bool(facts.dataset)
    for setting in settings:
        assert 1 <= len(parse_axis(facts, setting, example_values(facts, setting), "rows").values) <= 10
        assert bool(axis_choices(facts, setting)) != (
            setting in ("seed", "truncation", "temperature", "steps", "guidance")
        )


@pytest.mark.parametrize(
    ("rows", "row_values", "columns", "column_values", "sentence"),
    [
        ("tail", "1", "seed", "1", "Rows cannot be 'tail' for Diffusion, avatars: choose from seed, scheduler"),
        (None, "1", "seed", "1", "Rows cannot be empty"),
        ("truncation", "1", "seed", "1", "Rows cannot be 'truncation'"),
        ("seed", "1", "seed", "2", "Rows and columns are both seed: change one"),
        ("seed", "", "steps", "2", "Rows have no values: write some for seed, such as 0-4"),
        ("seed", " , ;", "steps", "2", "Rows have no values"),
        ("seed", None, "steps", "2", "Rows need a short list of values"),
        ("seed", "1" * 5000, "steps", "2", "Rows need a short list of values"),
        ("seed", "4, 2, 4", "steps", "2", "Rows have 4 twice: remove one"),
        ("seed", "1", "guidance", "1, 1.0", "Columns have 1 twice"),
        ("seed", "7-0", "steps", "2", "The range 7-0 runs backwards: write 0-7"),
        ("seed", "1, two", "steps", "2", "seed must be a whole number"),
        ("seed", "-3", "steps", "2", "seed must be a whole number"),
        ("seed", str(2**63), "steps", "2", "seed must be a whole number"),
        ("seed", "0-9999999999999", "steps", "2", "Rows take at most 10 values: remove some"),
        ("seed", "0-4", "steps", "1-5, 6-11", "Columns take at most 10 values"),
        ("seed", "0", "steps", "0", "Steps must be a whole number from 1 to 250; it was '0'"),
        ("seed", "0", "guidance", "nan", "Guidance must be between 0 and 15"),
        ("seed", "0", "hat", "fez", "hat has no 'fez': write all, or some of none, slouchy beanie"),
        ("seed", "0", "hat", "3-1", "The range 3-1 runs backwards: write 1-3"),
        ("seed", "0", "hair", "all", "Columns take at most 10 values"),
        ("seed", "0", "model", "vae-fashion", "model has no 'vae-fashion'"),
        ("steps", "2", "model", "all", "Only Diffusion models have steps: combine the model with the seed"),
    ],
)
def test_a_bad_grid_explains_itself(
    rows: object, row_values: object, columns: object, column_values: object, sentence: str
) -> None:
    with pytest.raises(PlaygroundError) as error:
        parse_grid_request(parse_image_request("diffusion-avatars", {}), rows, row_values, columns, column_values)
    assert sentence in str(error.value)


def test_the_diffusion_steps_of_a_grid_are_limited() -> None:
    assert grid("diffusion-avatars", "seed", "0-9", "hat", "none, 1-9", steps=100).count == 100
    with pytest.raises(PlaygroundError, match="takes 20,000 steps, over 10,000"):
        grid("diffusion-avatars", "seed", "0-9", "hat", "none, 1-9", steps=200)
    assert grid("gan-avatars", "seed", "0-9", "hat", "none, 1-9", steps=200).count == 100


def test_a_cell_has_its_row_and_its_column_and_the_base_for_the_rest() -> None:
    request = grid("gan-avatars", "hat", "01, any", "glasses", "none, dark 01", seed=9, condition="skin=tan; hat=02")
    cells = request.cell_requests()
    assert [cell.condition for cell in cells] == [
        {"skin": "tan", "glasses": "none", "hat": "slouchy beanie"},
        {"skin": "tan", "glasses": "small sunglasses", "hat": "slouchy beanie"},
        {"skin": "tan", "glasses": "none"},
        {"skin": "tan", "glasses": "small sunglasses"},
    ]
    assert all(cell.seed == 9 and cell.count == 1 for cell in cells)
    assert list(cells[0].condition) == ["skin", "glasses", "hat"], "in the model's order, as in a link"


@pytest.mark.weights
@pytest.mark.parametrize("model", AVATARS)
def test_a_cell_is_the_picture_that_draw_gives(model: str) -> None:
    kind = image_model_facts(model).kind
    setting, text = {"gan": ("truncation", "0, 0.7"), "vae": ("prior", "all"), "diffusion": ("steps", "2, 4")}[kind]
    request = grid(model, setting, text, "seed", "3-4", condition="hat=none")
    result = finished(request)
    assert result.done and result.drawn_count == 4 and result.pictures().shape == (4, 16, 16, 3)
    for cell, single in zip(result.cells, request.cell_requests(), strict=True):
        assert cell is not None and cell.request == single
        batch = list(sample_images(single.single(0)))[-1]
        assert np.array_equal(cell.pictures, batch.pictures) and cell.recipe() == batch.recipe()


@pytest.mark.weights
def test_an_axis_of_models_draws_each_family() -> None:
    result = finished(grid("vae-avatars", "model", "all", "seed", "1-2"))
    assert [one.kind for one in result.cells if one is not None] == ["gan"] * 2 + ["vae"] * 2 + ["diffusion"] * 2


@pytest.mark.weights
def test_cells_already_drawn_are_reused() -> None:
    first = finished(grid("gan-avatars", "truncation", "0, 1", "seed", "0-3"))
    assert first.cached == 0 and first.seconds > 0
    states = list(draw_grid(grid("gan-avatars", "truncation", "0, 1, 2", "seed", "0-3")))
    assert states[0].cached == states[0].drawn_count == 8 and states[-1].cached == 8 and states[-1].done
    for place, cell in enumerate(states[0].cells[:8]):
        kept = first.cells[place]
        assert cell is not None and kept is not None and np.array_equal(cell.pictures, kept.pictures)
    transposed = finished(grid("gan-avatars", "seed", "0-3", "truncation", "0, 1"))
    assert transposed.cached == 8 and transposed.seconds == 0, "rows and columns exchanged are the same cells"
    assert not np.array_equal(transposed.pictures(), first.pictures())


@pytest.mark.weights
def test_the_cache_ignores_other_families_settings_and_heeds_the_models_own() -> None:
    finished(grid("gan-avatars", "hat", "01", "seed", "0-1"))
    other = finished(grid("gan-avatars", "hat", "01", "seed", "0-1", steps=50, temperature=0.5))
    assert other.cached == 2 and other.cells[0] is not None and other.cells[0].request.steps == 50
    assert finished(grid("gan-avatars", "hat", "01", "seed", "0-1", truncation=1)).cached == 0
    assert finished(grid("gan-avatars", "hat", "01", "seed", "0-1", condition="skin=tan")).cached == 0
    assert finished(grid("vae-avatars", "hat", "01", "seed", "0-1")).cached == 0


@pytest.mark.weights
def test_stopping_keeps_finished_cells() -> None:
    request = grid("diffusion-avatars", "steps", "2, 3", "seed", "0-2")
    running = draw_grid(request)
    state = next(running)
    while state.drawn_count < 2 or not state.steps:  # in the middle of the third cell
        state = next(running)
    running.close()
    assert state.drawn_count == 2 and not state.done and state.recipe().result == ""
    again = finished(request)
    assert again.cached == 2 and again.done


@pytest.mark.weights
def test_a_link_reproduces_its_grid() -> None:
    request = grid(
        "vae-avatars", "temperature", "0, 1", "clothing colour", "crimson, any", seed=4, prior="mixture", steps=20
    )
    recipe = finished(request).recipe()
    again = recipes.from_query(recipe.to_query())
    assert grid_request_from(again).cell_requests() == request.cell_requests() and again.settings["panel"] == "grid"
    grid_cache.clear()
    result = finished(grid_request_from(again))
    assert changed_indices(again.result, result.pictures()) == [] and result.recipe() == recipe
    for damaged in ("columns=seed", "row_values=", "rows=tail", "column_values=magenta"):
        name, _, value = damaged.partition("=")
        broken = replace(again, settings={**again.settings, name: value})
        with pytest.raises(PlaygroundError):
            if damaged == "columns=seed":
                broken = replace(broken, settings={**broken.settings, "rows": "seed"})
            grid_request_from(broken)


def test_the_longest_recipe_fits_a_link() -> None:
    request = grid("diffusion-avatars", "hair", "long 01-long 10", "clothing colour", "sky blue-cream")
    assert len(request.recipe(np.zeros((100, 16, 16, 3), np.uint8)).to_query()) < 4000


def test_the_cache_is_bounded_and_read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    request, facts = parse_image_request("gan-avatars", {"count": 1}), image_model_facts("gan-avatars")
    monkeypatch.setattr(grid_cache, "MAX_BYTES", 3 * (768 + 2000))
    keys = []
    for seed in range(5):
        one = replace(request, seed=seed)
        blank = ImageBatch(
            one, "gan", "", np.zeros((1, 16, 16, 3), np.uint8), np.zeros((1, 8), np.int64), None, 1, 1, 0.0
        )
        keys.append(grid_cache.cell_key(one, facts))
        assert not grid_cache.put(keys[-1], blank).pictures.flags.writeable
        assert grid_cache.get(keys[0], request) is not None or seed >= 3 or seed == 0
    assert sum(grid_cache.get(key, request) is not None for key in keys) == 3
    assert grid_cache.get(keys[0], request) is not None, "the most recently used stays longest"
