"""Models trained on the page, in the model menus of the other tabs: add, link, list, remove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments.export import load_trainer
from playground.runs import store

if TYPE_CHECKING:
    from playground.training.export_to_menu import ModelOrigin

#: Words of the text in a link's prompt, and the seeds of its walk.
_PROMPT_WORDS, _SEEDS = 4, "1, 2, 3"


@dataclass(frozen=True)
class MenuModel:
    """A model in the menus. message: for the visitor.  links: (title, query) of those that open it."""

    name: str
    message: str
    links: tuple[tuple[str, str], ...]


def add_to_menu(run: str, owner: str, step: int | None = None) -> MenuModel:
    """Add a run's model to the menus. step: of a snapshot, or None for the latest checkpoint.

    Raises PlaygroundError for another visitor's run, for a model that no other tab opens, and without room.
    """
    _, spec = store.owned_run(run, owner)
    if spec.family == "lora":
        raise PlaygroundError(say("train.runs.models.finetuned"))
    if spec.family != "language" and spec.dataset not in ("avatars", "fashion", "folder"):
        raise PlaygroundError(say("train.runs.models.toy_2d", name=spec.name))
    trainer, stored = load_trainer(run, step)
    try:
        origin = _origin(spec, trainer.step, stored)
        name, prompt = _export(trainer, origin, owner)
    except (RuntimeError, ValueError) as error:  # torch's, when no mixture can be fitted to such weights
        raise PlaygroundError(say("train.runs.models.broken", name=spec.name, step=trainer.step)) from error
    return MenuModel(name, say("train.tab.added", title=origin.title), links_of(name, prompt))


def _export(trainer: Any, origin: ModelOrigin, owner: str) -> tuple[str, str]:
    """(the model's name, a prompt for it)."""
    from playground.training import export_to_menu
    from playground.training.image_trainer import ImageTrainer
    from playground.training.language import LanguageTrainer

    if isinstance(trainer, LanguageTrainer):
        return export_to_menu.export_language(trainer, origin, owner), trainer.text.decode(
            trainer.text.prompt(_PROMPT_WORDS)
        )
    assert isinstance(trainer, ImageTrainer)
    return export_to_menu.export_images(trainer, origin, owner), ""


def _origin(spec: store.RunSpec, step: int, stored: dict[str, Any]) -> ModelOrigin:
    from playground.training.export_to_menu import ModelOrigin, data_title

    name = "".join(sign if sign.isalnum() or sign in " -'’" else " " for sign in spec.name)  # no Markdown or HTML
    title = say(
        "train.runs.record.title", name=" ".join(name.split()) or say("train.runs.record.unnamed"),
        family=say(f"train.families.{spec.family}"), data=data_title(spec.dataset), step=step,
    )  # fmt: skip
    seconds = float(stored["seconds"]), float(stored["cpu_seconds"])
    return ModelOrigin(spec.name, title, spec.family, spec.dataset, spec.seed, *seconds)


def links_of(name: str, prompt: str = "") -> tuple[tuple[str, str], ...]:
    """(title, query) of links to the tabs that open a model."""
    from playground.zoo import user_models

    if name.startswith(user_models.PICTURES):
        walk = {"tab": "latent", "model": name, "panel": "walk", "ends": _SEEDS}
        images = {"tab": "images", "model": name}
        return (
            (say("train.runs.models.open_in_images"), urlencode(images)),
            (say("train.runs.models.open_in_latent"), urlencode(walk)),
        )
    text = {"tab": "text", "model": name, "mode": "completion", "prompt": prompt or "The"}
    return ((say("train.language_model.open_in_text"), urlencode(text)),)


def models_of(owner: str) -> list[dict[str, Any]]:
    """A visitor's models in the menus, newest first: {"name", "title", "bytes", "links"}."""
    from playground.zoo import user_models

    return [
        {"name": one.name, "title": one.title, "bytes": one.bytes, "links": as_links(links_of(one.name))}
        for one in user_models.models_of_owner(owner)
    ]


def as_links(links: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Links as JSON values for a view."""
    return [{"title": title, "query": query} for title, query in links]


def remove_from_menu(name: str, owner: str) -> str:
    """Remove a model from the menus and the disk. Returns its title.

    Raises PlaygroundError if it is missing or another visitor's.
    """
    from playground.engines import text_model
    from playground.zoo import fetch, user_models

    title = user_models.delete_model(name, owner)
    if not name.startswith(user_models.PICTURES):
        text_model.forget(fetch.hub_folder(name))
    return title
