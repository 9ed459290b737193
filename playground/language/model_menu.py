"""The menu of language models: their names and facts, and downloads from the Hugging Face Hub."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.core.turn import CallerLeft, given_back
from playground.language.local_models import start_examining
from playground.language.text_request import DEFAULT_MODEL

if TYPE_CHECKING:
    from playground.zoo.cards import ModelCard


@dataclass(frozen=True)
class ModelFacts:
    """A model's facts for the page and /models. size_bytes: of its download.  decoders: those built on this machine."""

    name: str
    title: str
    licence: str
    licence_url: str
    size_bytes: int
    parameters: int
    source: str
    trained_on: str
    notes: str
    decoders: tuple[str, ...]
    weights_sha256: str

    def to_json(self) -> dict[str, object]:
        """All fields, as JSON values."""
        return {**vars(self), "decoders": list(self.decoders)}


def model_names() -> list[str]:
    """Names of the available models: the zoo's, then those downloaded from the Hub."""
    from playground.zoo.catalogue import text_models

    start_examining()
    return list(text_models())


#: A menu's choice: a name; or (title, name) of a model that a visitor trained, whose name nobody can read.
Choice = str | tuple[str, str]


def model_choices(linked: str = "") -> list[Choice]:
    """The available models as choices of a menu. linked: one more, which a link names."""
    return _with_titles(model_names(), linked)


def chat_model_choices(linked: str = "") -> list[Choice]:
    """The choices of those that can chat."""
    return _with_titles(chat_model_names(), linked)


def _with_titles(names: list[str], linked: str) -> list[Choice]:
    from playground.zoo import user_models

    titles = user_models.titles()
    more = [linked] if linked and linked not in names else []
    return [(titles[name], name) if name in titles else name for name in [*names, *more]]


def chat_model_names() -> list[str]:
    """Names of the available models that have a chat template that works."""
    from playground.zoo import fetch
    from playground.zoo.catalogue import text_models

    return [name for name, card in text_models().items() if name == DEFAULT_MODEL or _can_chat(fetch.folder_of(card))]


def _can_chat(folder: Path) -> bool:
    """Whether a model's chat template works, by its examination; of models that had none, whether there is one."""
    from playground.zoo import model_files

    found = (model_files.read_record(folder).get("examination") or {}).get("chat")
    return found not in ("none", "broken") if found else model_files.has_chat_template(folder)


def model_facts(name: str) -> ModelFacts:
    """The facts of one model. Raises PlaygroundError for an unknown name."""
    from playground.engines.examination import notes_of
    from playground.zoo import fetch, model_files
    from playground.zoo.cards import TEXT
    from playground.zoo.catalogue import card_of, decoders_of

    card = card_of(name, TEXT)
    record = model_files.read_record(fetch.folder_of(card))
    examination = notes_of(record.get("examination") or {})
    return ModelFacts(
        name=card.name,
        title=card.title,
        licence=card.licence,
        licence_url=card.licence_url,
        size_bytes=card.size_bytes,
        parameters=card.parameters,
        source=card.source,
        trained_on=card.trained_on,
        notes=" ".join(note for note in (card.notes, examination) if note),
        decoders=decoders_of(name),
        weights_sha256=str(record.get("sha256", "")),
    )


def machine_sentence() -> str:
    """One line about this machine's processor, memory and accelerator."""
    from playground.core import hardware

    return hardware.detect().sentence()


def fetch_default() -> None:
    """Downloads, converts and exports the default model if necessary, with progress on the terminal."""
    from playground.zoo.__main__ import main

    main([DEFAULT_MODEL])


def warm_up() -> None:
    """Loads the default model before the first visitor needs it. Silent if that fails."""
    from playground.language.generation import load

    try:
        load(DEFAULT_MODEL)
    except PlaygroundError:
        return


@dataclass(frozen=True)
class FetchProgress:
    """Progress of a download. fraction: 0 to 1.  name: of the model, once it is ready, else ""."""

    what: str
    fraction: float
    name: str = ""


def fetch_from_hub(repo_id: str) -> Iterator[FetchProgress]:
    """Downloads a causal language model by its id on the Hugging Face Hub; the last progress has its name.

    Raises PlaygroundError, which says why, if that fails.
    """
    from playground.engines.text_model import fetch_text
    from playground.zoo.cards import TEXT
    from playground.zoo.catalogue import card_of
    from playground.zoo.hub_client import parse_repository

    yield from _fetch(card_of(parse_repository(repo_id), TEXT), fetch_text)


def fetch_text_to_image(repo_id: str) -> Iterator[FetchProgress]:
    """Downloads a text-to-image pipeline by its id on the Hugging Face Hub; the last progress has its name.

    Raises PlaygroundError, which says why, if that fails.
    """
    from playground.zoo import diffusers_pipeline
    from playground.zoo.hub_client import parse_repository

    card = diffusers_pipeline.text_to_image_card(parse_repository(repo_id))
    yield from _fetch(card, lambda card, report: diffusers_pipeline.load_text_to_image(card.name, report))


def fetch_by_name(name: str) -> Iterator[FetchProgress]:
    """Downloads a model of the zoo, with progress, unless it is here. Raises PlaygroundError if that fails."""
    from playground.zoo import fetch
    from playground.zoo.catalogue import card_of

    card = card_of(name)
    if not fetch.is_ready(card):
        yield from _fetch(card)


def text_to_image_names() -> list[str]:
    """Hub ids of the text-to-image pipelines that are on this machine."""
    from playground.zoo.cards import TEXT_TO_IMAGE
    from playground.zoo.catalogue import models_of_kind

    start_examining()
    return list(models_of_kind(TEXT_TO_IMAGE))


def text_to_image_is_here(repo_id: str) -> bool:
    """Whether a text-to-image pipeline is on this machine. Raises PlaygroundError for an invalid Hub id."""
    from playground.zoo import fetch
    from playground.zoo.diffusers_pipeline import text_to_image_card
    from playground.zoo.hub_client import parse_repository

    return fetch.is_ready(text_to_image_card(parse_repository(repo_id)))


def _fetch(card: ModelCard, prepare: Callable[[ModelCard, Report], object] | None = None) -> Iterator[FetchProgress]:
    """Progress until the model is here. The download ends when nobody takes its progress any more; its line goes on.

    prepare: makes the model ready; fetch.ensure by default.
    """
    from playground.zoo import fetch

    reports: queue.Queue[FetchProgress | BaseException] = queue.Queue()
    is_left = threading.Event()

    def report(what: str, fraction: float) -> None:
        if is_left.is_set():
            raise CallerLeft
        reports.put(FetchProgress(what, fraction))

    def work() -> None:
        try:
            ready = prepare or fetch.ensure
            ready(card, report)
            reports.put(FetchProgress(say("text.hub.ready"), 1.0, card.name))
        except BaseException as error:  # noqa: BLE001 - raised again in the generator's caller
            reports.put(error)

    with given_back(without_progress):
        threading.Thread(target=work, name="fetch from the Hub", daemon=True).start()
        try:
            while True:
                progress = reports.get()
                if isinstance(progress, BaseException):
                    raise progress
                yield progress
                if progress.name:
                    return
        finally:
            is_left.set()
