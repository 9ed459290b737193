"""The Hugging Face Hub, for all kinds of models: queries, downloads, and errors as sentences.

HF_ENDPOINT, if set, is the Hub's address. No code of a repository is ever run.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.core.progress import Report, without_progress
from playground.zoo.hub_transfer import Transfer, check_size, watch_client

TIMEOUT_SECONDS = 8
#: The name of a model that somebody put into this folder of the models' folder, "local/name", begins so.
LOCAL = "local/"
#: The address of a page of a repository, as people paste it.
_PAGE = re.compile(
    r"(https?://)?(www\.)?(huggingface\.co|hf\.co)/(?P<id>[\w.-]+/[\w.-]+)"
    r"(/(tree|blob|resolve|raw|commit)/(?P<revision>[\w.-]+)(/.*)?|/discussions(/.*)?)?/?(\?.*)?(#.*)?",
    re.ASCII,
)


def endpoint() -> str | None:
    """The Hub's address, or None for the default."""
    return os.environ.get("HF_ENDPOINT") or None


def api() -> Any:
    """The Hub's client."""
    from huggingface_hub import HfApi

    watch_client()
    return HfApi(endpoint=endpoint())


@contextmanager
def explain_hub_errors(repo_id: str) -> Iterator[None]:
    """Turns errors of the Hub and of the network into PlaygroundErrors."""
    from httpx2 import HTTPError
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        yield
    except HFValidationError:
        raise wrong_id_error(repo_id) from None
    except GatedRepoError:
        raise gated_error(repo_id) from None
    except RepositoryNotFoundError:
        raise PlaygroundError(say("models.hub.unknown", id=repo_id)) from None
    except HfHubHTTPError as error:
        code = error.response.status_code if error.response is not None else say("models.hub.no_code")
        if code == 401:  # of a token that the Hub does not know; a repository that needs one is "not found" without it
            raise PlaygroundError(say("models.hub.bad_token", id=repo_id)) from None
        raise PlaygroundError(say("models.hub.error", code=code, id=repo_id)) from None
    except (HTTPError, ConnectionError, TimeoutError):
        raise PlaygroundError(say("models.hub.unreachable", id=repo_id)) from None


def wrong_id_error(text: str) -> PlaygroundError:
    """The error for a text, perhaps empty, that is not an id of the Hub."""
    if not text.strip():
        return PlaygroundError(say("models.names.no_hub_id"))
    return PlaygroundError(say("models.names.not_a_hub_id", id=text[:80]))


def gated_error(repo_id: str) -> PlaygroundError:
    """The error for a gated model: its owners require accepting their terms first."""
    return PlaygroundError(say("models.hub.gated", id=repo_id))


@dataclass(frozen=True)
class Repository:
    """A repository of the Hub at one commit.

    name: "owner/name", or "owner/name@revision".  sizes: path of each file -> bytes.  revision: the commit.
    parameters: 0 if the Hub does not know.
    snapshot: the folder that is used instead: of the Hugging Face cache, or one that somebody put here.
    """

    name: str
    sizes: Mapping[str, int]
    revision: str
    licence: str = ""
    parameters: int = 0
    snapshot: Path | None = None

    def download(self, paths: Iterable[str], folder: Path, report: Report = without_progress) -> None:
        """Downloads files into `folder`, under their paths in the repository. report: gets fractions from 0 to 0.9."""
        sizes = {path: self.sizes[path] for path in paths}
        if self.snapshot is None:
            _download(self, folder, sizes, report)
            return
        for path in sizes:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            _copy(self.snapshot / path, folder / path)


def _copy(source: Path, target: Path) -> None:
    """Copies a file; weights, which nobody writes into, as a second link to the same bytes where the disk allows it."""
    if source.suffix == ".safetensors":
        try:
            os.link(source.resolve(), target)
            return
        except OSError:
            target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def parse_repository(text: str) -> str:
    """The name of a repository in what a visitor typed or pasted: its id, or the address of one of its pages.

    Returns "owner/name", with "@revision" if the text names one, or the text itself if it is something else.
    """
    match = _PAGE.fullmatch(text.strip())
    if match is None:
        return text.strip().rstrip("/")
    return match["id"] + (f"@{match['revision']}" if match["revision"] not in (None, "main") else "")


def open_repository(name: str) -> Repository:
    """What the Hub says of a repository; without the Hub, what the Hugging Face cache has of it.

    A name that begins with LOCAL is that of a folder here, and no Hub is asked.
    Raises the Hub client's errors: use it inside of explain_hub_errors.
    """
    if name.startswith(LOCAL):
        return _local_repository(name)
    from httpx2 import HTTPError

    repo_id, _, revision = name.partition("@")
    try:
        info = api().model_info(repo_id, revision=revision or None, files_metadata=True, timeout=TIMEOUT_SECONDS)
    except (HTTPError, ConnectionError, TimeoutError):
        cached = _cached_repository(name, repo_id, revision)
        if cached is None:
            raise
        return cached
    card = info.card_data.to_dict() if info.card_data else {}
    return Repository(
        name=name,
        sizes={file.rfilename: int(file.size or 0) for file in info.siblings or []},
        revision=str(info.sha),
        licence=str(card.get("license") or ""),
        parameters=int(info.safetensors.total) if info.safetensors else 0,
    )


def local_path(name: str) -> Path:
    """The folder or file of a model that somebody put into the models' folder."""
    return models_dir() / name


def local_stamp(name: str) -> str:
    """What changes when the files of a local model do: a hash of their names, sizes and times; "" if there are none."""
    lines = [f"{path}\0{size}\0{stamp}" for path, size, stamp in _local_files(local_path(name))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:40] if lines else ""


def _local_files(place: Path) -> list[tuple[str, int, int]]:
    """(path, bytes, time of change in ns) of each file of a folder, or of a file alone; hidden ones are left out."""
    paths = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    start = place.parent if place.is_file() else place
    files = [(path.relative_to(start), path.stat()) for path in paths]
    return [
        (path.as_posix(), status.st_size, status.st_mtime_ns)
        for path, status in files
        if not any(part.startswith(".") for part in path.parts)
    ]


def _local_repository(name: str) -> Repository:
    place = local_path(name)
    sizes = {path: size for path, size, _ in _local_files(place)}
    if not sizes:
        raise PlaygroundError(say("models.local.nothing", name=name, folder=models_dir() / LOCAL.rstrip("/")))
    return Repository(name, sizes, local_stamp(name), snapshot=place.parent if place.is_file() else place)


def single_file_error(repository: Repository) -> PlaygroundError | None:
    """The error for weights without a configuration, as other programs take them in one file; None for other files."""
    top = [path for path in repository.sizes if "/" not in path and path.endswith((".safetensors", ".ckpt"))]
    if not top or {"config.json", "model_index.json", "adapter_config.json"} & repository.sizes.keys():
        return None
    if "lora" in top[0].lower():
        return PlaygroundError(say("models.local.picture_lora", id=repository.name))
    return PlaygroundError(say("models.local.single_file", id=repository.name, file=top[0]))


def _cached_repository(name: str, repo_id: str, revision: str) -> Repository | None:
    """The repository as other programs have left it in the Hugging Face cache, or None."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repo_id, revision=revision or None, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return Repository(name, sizes, folder.name, snapshot=folder)


def _download(repository: Repository, folder: Path, sizes: Mapping[str, int], report: Report) -> None:
    from huggingface_hub import hf_hub_download
    from tqdm import tqdm

    total = max(1, sum(sizes.values()))
    check_size(repository.name, total, folder)
    watch_client()
    downloading = say("models.progress.downloading", id=repository.name, bytes=total)
    done = seen = 0
    transfer = Transfer(repository.name, lambda: report_seen(0))

    def report_seen(more: int) -> None:
        nonlocal seen
        seen += more
        report(downloading, 0.9 * min(1.0, (done + seen) / total))

    class Bar(tqdm):  # type: ignore[type-arg, misc, unused-ignore]
        """Passes the bytes to report, and draws nothing."""

        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **{**named, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            report_seen(int(n or 0))
            return None

    for path, size in sizes.items():
        seen = 0
        report_seen(0)
        with transfer.receiving(size):
            hf_hub_download(
                repository.name.partition("@")[0],
                path,
                revision=repository.revision,
                local_dir=folder,
                endpoint=endpoint(),
                etag_timeout=TIMEOUT_SECONDS,
                tqdm_class=Bar,
            )
        done += size


def first_line(error: Exception) -> str:
    """An error's message: its first line, and the next if that announces one; at most 200 characters, and no folder."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    line = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
    return re.sub(re.escape(str(models_dir())) + r"(/[^\s/]+)?/[^\s/]+/?", "", line).strip()[:200]


def remote_code_error(repo_id: str) -> PlaygroundError:
    """The error for a model that needs its repository's code."""
    return PlaygroundError(say("models.hub.own_code", id=repo_id))


def count_parameters(path: Path) -> int:
    """How many numbers a safetensors file holds, from its header."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
