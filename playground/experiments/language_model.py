"""Language models from scratch: start a run on a text; the bundled models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.data import corpora
from playground.data.corpora import USER_TEXT as USER_TEXT
from playground.data.corpora import corpus_titles as corpus_titles
from playground.experiments import run_control
from playground.runs import recordings, store
from playground.training.language_settings import DEFAULTS as DEFAULTS
from playground.training.language_settings import FIELDS as FIELDS
from playground.training.language_settings import HOT as HOT


@dataclass(frozen=True)
class BundledModel:
    """A bundled language model, from its record: training, loss, sample. query: of the link that opens it.

    step, seen, seconds: of its training.  bits: bits per character of the held-out text.  curve: rows of step, seconds,
    train, held-out.
    """

    name: str
    stage: str
    step: int
    seen: int
    seconds: int
    bits: float
    prompt: str
    sample: str
    query: str
    curve: tuple[tuple[float, ...], ...]
    baselines: tuple[float, ...]


def start_language_run(dataset: str, text: str, settings: Mapping[str, Any], seed: int, owner: str) -> str:
    """Queue a run on a corpus. Returns its id. Raises PlaygroundError for a bad text or setting."""
    files = {}
    if dataset == corpora.USER_TEXT:
        corpora.user_corpus(text)  # raises for a bad text now, not in the run
        files[corpora.OWN_FILE] = corpora.clean_text(text).encode()
    return run_control.start_run("language", dataset, settings, seed, owner, files)


def settings_of_run(run: str) -> dict[str, Any]:
    """The settings of a language run. Raises PlaygroundError for another family or an unknown run."""
    spec = recordings.read(run).spec if recordings.is_recorded(run) else store.spec_of(run)
    if spec.family != "language":
        raise PlaygroundError(say("train.language_model.other_family"))
    return dict(spec.settings)


def recorded_baselines() -> list[float]:
    """Bits per character that counting letters reaches, on the text of the run that the panel opens on."""
    baselines: Any = recordings.read(recordings.run_id("language_model")).last_frame()["baselines"]
    return [float(bits) for bits in baselines]


def bundled_models() -> tuple[BundledModel, ...]:
    """The bundled models, the least trained first."""
    from playground.zoo import model_files
    from playground.zoo.bundled_models import bundled_cards
    from playground.zoo.fetch import folder_of

    return tuple(_bundled_model(model_files.read_record(folder_of(card))) for card in bundled_cards().values())


def _bundled_model(record: dict[str, Any]) -> BundledModel:
    prompt = record["sample"]["prompt"]
    settings: dict[str, Any] = {"mode": "completion", "prompt": prompt, "temperature": record["sample"]["temperature"]}
    query = Recipe("text", record["name"], record["sha256"], 0, settings | {"max_new_tokens": 120}).to_query()
    return BundledModel(
        name=record["name"],
        stage=record["stage"],
        step=record["step"],
        seen=record["seen"],
        seconds=record["seconds"],
        bits=record["quality"]["held_out_bits_per_character"],
        prompt=prompt,
        sample=record["sample"]["sample"],
        query=query,
        curve=tuple(tuple(row) for row in record.get("curve", [])),
        baselines=tuple(record["quality"]["baselines"]),
    )
