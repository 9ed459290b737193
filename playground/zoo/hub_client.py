"""The Hugging Face Hub, for all kinds of models: queries, downloads, and errors as sentences.

HF_ENDPOINT, if set, is the Hub's address. No code of a repository is ever run.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report

TIMEOUT_SECONDS = 8


def endpoint() -> str | None:
    """The Hub's address, or None for the default."""
    return os.environ.get("HF_ENDPOINT") or None


def api() -> Any:
    """The Hub's client."""
    from huggingface_hub import HfApi

    return HfApi(endpoint=endpoint())


@contextmanager
def explain_hub_errors(repo_id: str) -> Iterator[None]:
    """Turns errors of the Hub and of the network into PlaygroundErrors."""
    from httpx2 import HTTPError
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        yield
    except HFValidationError:
        raise PlaygroundError(say("models.names.not_a_hub_id", id=repo_id[:80])) from None
    except GatedRepoError:
        raise gated_error(repo_id) from None
    except RepositoryNotFoundError:
        raise PlaygroundError(say("models.hub.unknown", id=repo_id)) from None
    except HfHubHTTPError as error:
        code = error.response.status_code if error.response is not None else say("models.hub.no_code")
        raise PlaygroundError(say("models.hub.error", code=code, id=repo_id)) from None
    except (HTTPError, ConnectionError, TimeoutError):
        raise PlaygroundError(say("models.hub.unreachable", id=repo_id)) from None


def gated_error(repo_id: str) -> PlaygroundError:
    """The error for a gated model: its owners require accepting their terms first."""
    return PlaygroundError(say("models.hub.gated", id=repo_id))


def download(repo_id: str, folder: Path, sizes: dict[str, int], revision: str, report: Report) -> None:
    """Downloads files of a repository into `folder`, under their paths in the repository.

    sizes: path -> bytes.  revision: the commit.  report: gets fractions from 0 to 0.9.
    """
    from huggingface_hub import hf_hub_download
    from tqdm import tqdm

    total = max(1, sum(sizes.values()))
    downloading = say("models.progress.downloading", id=repo_id, megabytes=total / 1e6)
    done = seen = 0

    class Bar(tqdm):  # type: ignore[type-arg, misc, unused-ignore]
        """Passes the bytes to report, and draws nothing."""

        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **{**named, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            nonlocal seen
            seen += int(n or 0)
            report(downloading, 0.9 * min(1.0, (done + seen) / total))
            return None

    for name, size in sizes.items():
        seen = 0
        report(downloading, 0.9 * done / total)
        hf_hub_download(
            repo_id,
            name,
            revision=revision,
            local_dir=folder,
            endpoint=endpoint(),
            etag_timeout=TIMEOUT_SECONDS,
            tqdm_class=Bar,
        )
        done += size


def remote_code_error(repo_id: str) -> PlaygroundError:
    """The error for a model that needs its repository's code."""
    return PlaygroundError(say("models.hub.own_code", id=repo_id))


def count_parameters(path: Path) -> int:
    """How many numbers a safetensors file holds, from its header."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
