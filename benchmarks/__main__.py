"""All benchmarks, one after another: python -m benchmarks [NAME ...], those of `every` below."""

from __future__ import annotations

import sys

from playground.core import hardware


def main() -> None:
    """Runs those that are named, or all."""
    hardware.prepare_environment()
    from benchmarks import (
        accuracy_score,
        crows_pairs,
        decoding,
        detectors,
        drawing,
        failures,
        fidelity,
        language,
        map,
        opening,
        page,
        pictures,
        pointer,
        published,
        soak,
        training,
    )
    from benchmarks.table import machine

    every = {
        "decoding": decoding.main,
        "fidelity": fidelity.main,
        "page": page.main,
        "opening": opening.main,
        "pointer": pointer.main,
        "map": map.main,
        "drawing": drawing.main,
        "pictures": pictures.main,
        "accuracy_score": accuracy_score.main,
        "crows_pairs": crows_pairs.main,
        "published": published.main,
        "training": training.main,
        "language": language.main,
        "failures": failures.main,
        "detectors": detectors.main,
        "soak": soak.main,
    }
    print(machine())
    for name in sys.argv[1:] or every:
        every[name]()


if __name__ == "__main__":
    main()
