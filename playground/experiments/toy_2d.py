"""Runs on points of the plane: the settings of each family, a single run or a race of three, and their links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int
from playground.data.toy_2d import MOST_DOTS, SHAPES
from playground.experiments import run_control, run_status
from playground.runs import store
from playground.training import trainer_registry
from playground.training.settings import Fields, hot_names
from playground.training.toy_settings import FIELDS as FIELDS

#: In the plane "diffusion" is flow matching: see training/toy_flow.py.
FAMILIES = ("gan", "vae", "diffusion")
RACE = "race"
#: The settings of the page by name, in its order. Flow and VAE share those that have one name.
SETTINGS: Fields = {name: item for own in FIELDS.values() for name, item in own.items() if item.label}
DEFAULTS: dict[str, Any] = {name: item.default for name, item in SETTINGS.items()}
#: Settings that a run keeps, and those that it can change, by family.
FIXED = tuple(name for name, item in SETTINGS.items() if not item.hot)
HOT = {family: hot_names(own) for family, own in FIELDS.items()}


@dataclass(frozen=True)
class ToyRequest:
    """Runs to start. family: one of FAMILIES, or RACE.  settings: by the names of DEFAULTS, checked.

    brush: the painted dots, x, y, x, y, … in hundredths.
    """

    family: str
    shape: str
    seed: int
    settings: Mapping[str, Any]
    brush: Sequence[int] = field(default=())

    def families(self) -> tuple[str, ...]:
        """The families of the runs."""
        return FAMILIES if self.family == RACE else (self.family,)

    def of(self, family: str) -> dict[str, Any]:
        """The settings of a family's run."""
        own = {name: self.settings[name] for name in (*FIXED, *HOT[family])}
        return {**own, "brush": list(self.brush)} if self.shape == "brush" else own

    def recipe(self, runs: Sequence[str]) -> Recipe:
        """For a link: the runs' ids, and the settings to start them again."""
        brush: list[int | None] = list(self.brush) if self.shape == "brush" else []
        settings: dict[str, Setting] = {
            "panel": "toy_2d",
            "run": ",".join(runs),
            "family": self.family,
            "shape": self.shape,
        }
        settings |= {name: value for name, value in self.settings.items() if value != DEFAULTS[name]}
        return Recipe("train", "", "", self.seed, {**settings, **({"brush": brush} if brush else {})})


def family_title(family: str) -> str:
    """A family's name on the page."""
    return say(f"train.families.{'flow' if family == 'diffusion' else family}")


def read_request(
    family: object, shape: object, seed: object, settings: Mapping[str, Any], brush: object = ()
) -> ToyRequest:
    """A request, checked, with DEFAULTS for names that are left out. Numbers may be text, as in a link.

    Raises PlaygroundError.
    """
    model = parse_choice(family, (*FAMILIES, RACE), say("shared.model"))
    data = parse_choice(shape, SHAPES, say("train.toy_2d.shape"))
    number = run_control.parse_run_seed(seed)
    values = {**DEFAULTS, **{name: SETTINGS[name].read(value) for name, value in settings.items() if name in DEFAULTS}}
    request = ToyRequest(model, data, number, values, read_brush(brush) if data == "brush" else ())
    for one in request.families():
        trainer_registry.read_settings(one, data, request.of(one))
    return request


def read_recipe(recipe: Recipe) -> tuple[ToyRequest, list[str]]:
    """(request, ids of runs) of a link, with the runs' current settings if they still exist, else the link's.

    No ids if none of the link's runs exists. Raises PlaygroundError, also for a link to runs alone that do not exist.
    """
    settings: dict[str, Any] = dict(recipe.settings)
    runs = named_runs(recipe)
    seed = recipe.seed
    specs = [store.spec_of(run) for run in runs if store.has_run(run)]
    if runs and not run_status.existing_runs(runs):
        if not settings.keys() - {"panel", "run"}:
            raise PlaygroundError(say("train.run.missing"))
        runs = []
    if specs:
        settings |= {"family": specs[0].family if len(runs) == 1 else RACE, "shape": specs[0].dataset}
        settings |= {"brush": specs[0].settings.get("brush", "")}
        seed = specs[0].seed
        for spec in specs:
            names = (*FIXED, *HOT.get(spec.family, ()))
            settings |= {name: run_status.current_setting(spec.run, name) for name in names}
    family, shape = settings.get("family", "gan"), settings.get("shape", "ring")
    request = read_request(family, shape, seed, settings, settings.get("brush", ""))
    return request, runs if len(runs) == len(request.families()) else []


def named_runs(recipe: Recipe) -> list[str]:
    """The ids of runs that a link names, whether or not they exist; no more than a race has."""
    return [run for run in str(recipe.settings.get("run") or "").split(",") if run][: len(FAMILIES)]


def read_brush(brush: object) -> list[int]:
    """Painted dots from a list of integers or comma-separated text. Raises PlaygroundError."""
    parts: Any = brush.split(",") if isinstance(brush, str) else brush
    if not isinstance(parts, Sequence) or not 0 < len(parts) <= 2 * MOST_DOTS or parts == [""]:
        raise PlaygroundError(say("train.toy_2d.brush.nothing", most=MOST_DOTS))
    rule = say("train.toy_2d.brush.range")
    return [parse_int(part, -100, 100, rule) for part in map(_signed, parts)]


def _signed(part: Any) -> Any:
    text = part.strip() if isinstance(part, str) else ""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 6 else part


def preview_frames(request: ToyRequest) -> list[dict[str, Any]]:
    """For each of the runs to start, its first frame: the shape's points, and those of the untrained nets."""
    frames = []
    for family in request.families():
        settings = trainer_registry.read_settings(family, request.shape, request.of(family))
        trainer = trainer_registry.open_trainer(family, request.shape, settings, request.seed, store.runs_dir())
        frames.append({name: run_status.pack(value) for name, value in trainer.frame().items()})
    return frames


def start_runs(request: ToyRequest, owner: str) -> list[str]:
    """Start the run, or all three of a race or none. Returns their ids. Raises PlaygroundError."""
    started: list[str] = []
    try:
        for family in request.families():
            started.append(run_control.start_run(family, request.shape, request.of(family), request.seed, owner))
    except PlaygroundError:
        for run in started:
            run_control.delete_run(run, owner)
        raise
    return started


def fork_run(runs: Sequence[tuple[str, str]], run: str, step: Any, settings: Mapping[str, Any], owner: str) -> str:
    """Fork one of these runs, (family, id), with other settings. Returns the fork's id.

    settings: by the names of DEFAULTS, without "steps" to end where the parent does. Raises PlaygroundError.
    """
    family = next((family for family, one in runs if one == run), "")
    own = (*HOT.get(family, ()), "steps")
    return run_control.fork_run(
        run, step, {name: SETTINGS[name].read(settings[name]) for name in own if name in settings}, owner
    )


def change_runs(runs: Sequence[tuple[str, str]], name: str, value: object, owner: str) -> bool:
    """Change a setting of those runs, (family, id), whose family has it and that train. Raises PlaygroundError.

    Returns whether anything changed: Gradio may report a choice twice.
    """
    parsed = value
    with suppress(PlaygroundError):  # what cannot be read is left for the runs to refuse
        parsed = SETTINGS[name].read(value)
    changed = False
    for run in _runs_with(runs, name):
        if run_status.current_setting(run, name) == parsed:
            continue
        try:
            run_control.send_command(run, "change", {name: parsed}, owner)
        except PlaygroundError:
            if store.state_of(store.run_dir(run)).status in store.ENDED:
                continue  # it ended meanwhile: the others of a race are changed
            raise
        changed = True
    return changed


def _runs_with(runs: Sequence[tuple[str, str]], name: str) -> list[str]:
    """The ids of those runs, (family, id), that have a setting and have not ended."""
    having = [run for family, run in runs if name in HOT.get(family, ())]
    return [run for run in having if store.state_of(store.run_dir(run)).status not in store.ENDED]
