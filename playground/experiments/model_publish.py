"""What was trained on the page: put into the model menus of the other tabs, opened there by links, taken out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from playground.core.errors import PlaygroundError
from playground.experiments.export import course_of
from playground.runs import store

if TYPE_CHECKING:
    from playground.training.export_to_menu import Made

#: What the other tabs begin with: words of the text, and the end points of a walk.
_PROMPT_WORDS, _ENDS = 4, "1, 2, 3"


@dataclass(frozen=True)
class Put:
    """A model that is in the menus. links: (words, query) that open it.  said: a sentence."""

    name: str
    said: str
    links: tuple[tuple[str, str], ...]


def put(run: str, owner: str, step: int | None = None) -> Put:
    """Puts what a run has learned into the menus: a kept step, or None for its newest checkpoint.

    Raises PlaygroundError for another visitor's run, one whose model no other tab opens, and if there is no room.
    """
    _, spec = store.owned(run, owner)
    if spec.family == "lora":
        raise PlaygroundError("A fine-tuned model is put in by the button “Put it into the Text tab” of its own panel.")
    if spec.family != "language" and spec.dataset not in ("avatars", "fashion", "folder"):
        raise PlaygroundError(
            f"“{spec.name}” learned to place points of the plane: no other tab opens that. Pictures and Language can."
        )
    course, stored = course_of(run, step)
    try:
        made = _made(spec, course.step, stored)
        name, prompt = _put(course, made, owner)
    except (
        RuntimeError,
        ValueError,
    ) as error:  # torch's, where the weights are no use: a mixture that cannot be fitted
        raise PlaygroundError(
            f"“{spec.name}” is in no state to be used at step {course.step:,}: choose another step of its time machine."
        ) from error
    said = f"{made.title} is in the menus of models. Everybody who uses this playground sees it there."
    return Put(name, said, links_of(name, prompt))


def _put(course: Any, made: Made, owner: str) -> tuple[str, str]:
    """(its name, a prompt to begin with)."""
    from playground.training import export_to_menu
    from playground.training.language import LanguageCourse
    from playground.training.picture_course import PictureCourse

    if isinstance(course, LanguageCourse):
        return export_to_menu.put_language(course, made, owner), course.text.decode(course.text.prompt(_PROMPT_WORDS))
    assert isinstance(course, PictureCourse)
    return export_to_menu.put_pictures(course, made, owner), ""


def _made(spec: store.Spec, step: int, stored: dict[str, Any]) -> Made:
    from playground.training.export_to_menu import DATA, FAMILIES, Made

    family = FAMILIES.get(spec.family, "Language model")
    name = "".join(sign if sign.isalnum() or sign in " -'’" else " " for sign in spec.name)  # no marks of any language
    data = DATA.get(spec.dataset, spec.dataset)
    title = f"{' '.join(name.split()) or 'A model'} ({family}, {data}, step {step:,})"
    seconds = float(stored["seconds"]), float(stored["cpu_seconds"])
    return Made(spec.name, title, spec.family, spec.dataset, spec.seed, *seconds)


def links_of(name: str, prompt: str = "") -> tuple[tuple[str, str], ...]:
    """(words, query) of the tabs that open a model."""
    from playground.zoo import user_models

    if name.startswith(user_models.PICTURES):
        walk = {"tab": "latent", "model": name, "panel": "walk", "ends": _ENDS}
        return ("Open in Images", urlencode({"tab": "images", "model": name})), ("Open in Latent", urlencode(walk))
    asked = {"tab": "text", "model": name, "mode": "completion", "prompt": prompt or "The"}
    return (("Open in Text", urlencode(asked)),)


def models_of(owner: str) -> list[dict[str, Any]]:
    """What this visitor has in the menus, the newest first: {"name", "title", "bytes", "links"}."""
    from playground.zoo import user_models

    return [
        {"name": one.name, "title": one.title, "bytes": one.bytes, "links": as_links(links_of(one.name))}
        for one in user_models.of_owner(owner)
    ]


def as_links(links: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """As a view draws them."""
    return [{"title": title, "query": query} for title, query in links]


def take_out(name: str, owner: str) -> str:
    """Deletes a model of the menus. Returns its title. Raises PlaygroundError if it is gone, or not this visitor's."""
    from playground.zoo import fetch, loader, user_models

    title = user_models.take_out(name, owner)
    if not name.startswith(user_models.PICTURES):
        loader.forget(fetch.hub_folder(name))
    return title
