"""All benchmarks, one after another: python -m benchmarks [decoding] [fidelity] [page] [pointer]."""

from __future__ import annotations

import sys

from playground import hardware


def main() -> None:
    """Runs those that are named, or all."""
    hardware.prepare_environment()
    from benchmarks import decoding, fidelity, page, pointer
    from benchmarks.table import machine

    every = {"decoding": decoding.main, "fidelity": fidelity.main, "page": page.main, "pointer": pointer.main}
    print(machine())
    for name in sys.argv[1:] or every:
        every[name]()


if __name__ == "__main__":
    main()
