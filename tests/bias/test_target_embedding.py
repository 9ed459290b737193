"""The published embedding is read word by word, if it is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.published import read_vectors


def test_only_the_words_asked_for_are_read_and_the_first_of_each(tmp_path: Path) -> None:
    file = tmp_path / "glove.txt"
    file.write_text("the 1 2 3\nrose 0.5 -1 2\nrose 9 9 9\nant 4 5 6\n", "utf-8")
    found = read_vectors(file, {"rose", "ant", "wasp"})
    assert set(found) == {"rose", "ant"}
    assert np.array_equal(found["rose"], np.array([0.5, -1, 2], np.float32))
