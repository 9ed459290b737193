"""What every kind of model from the Hugging Face Hub shares: asking, downloading, and sentences for what goes wrong.

The Hub's address is HF_ENDPOINT, where that is set. No code of a repository is ever run.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.progress import Report

TIMEOUT_SECONDS = 8


def endpoint() -> str | None:
    """The Hub's address if it is not the usual one."""
    return os.environ.get("HF_ENDPOINT") or None


def api() -> Any:
    """The Hub's client."""
    from huggingface_hub import HfApi

    return HfApi(endpoint=endpoint())


@contextmanager
def explain_hub_errors(repo_id: str) -> Iterator[None]:
    """Turns what the Hub, or its absence, answers into a sentence."""
    from httpx2 import HTTPError
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        yield
    except HFValidationError:
        raise PlaygroundError(f'"{repo_id[:80]}" is not the id of a Hub model: it is written "owner/name".') from None
    except GatedRepoError:
        raise gated_error(repo_id) from None
    except RepositoryNotFoundError:
        raise PlaygroundError(
            f"The Hub has no public model {repo_id}: check the spelling. A private one needs `hf auth login` first."
        ) from None
    except HfHubHTTPError as error:
        code = error.response.status_code if error.response is not None else "no code"
        raise PlaygroundError(f"The Hub answered with an error ({code}) for {repo_id}: try again later.") from None
    except (HTTPError, ConnectionError, TimeoutError):
        raise PlaygroundError(
            f"The Hub cannot be reached, so {repo_id} cannot be fetched: connect to a network, or choose a model that "
            "is here already."
        ) from None


def gated_error(repo_id: str) -> PlaygroundError:
    """The error for a model whose owners want to be asked first."""
    return PlaygroundError(
        f"{repo_id} is gated: its owners ask you to accept their terms on its page on the Hub, and to run "
        "`hf auth login` here, before it can be fetched."
    )


def download(repo_id: str, folder: Path, sizes: dict[str, int], revision: str, report: Report) -> None:
    """Put files of a repository into `folder`, under their own paths.

    sizes: path in the repository -> bytes.  revision: the commit.  report: called with the fraction, 0 to 0.9.
    """
    from huggingface_hub import hf_hub_download
    from tqdm import tqdm

    total = max(1, sum(sizes.values()))
    done = seen = 0

    class Bar(tqdm):  # type: ignore[type-arg, misc, unused-ignore]
        """Hands the bytes on to report, and draws nothing."""

        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **{**named, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            nonlocal seen
            seen += int(n or 0)
            report(f"{repo_id}: downloading {total / 1e6:,.0f} MB", 0.9 * min(1.0, (done + seen) / total))
            return None

    for name, size in sizes.items():
        seen = 0
        report(f"{repo_id}: downloading {total / 1e6:,.0f} MB", 0.9 * done / total)
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
    """The error for a model that does not run without its repository's code."""
    return PlaygroundError(f"{repo_id} needs code from its own repository to be run, which is refused: choose another.")


def count_parameters(path: Path) -> int:
    """How many numbers a safetensors file holds."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
