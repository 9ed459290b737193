from __future__ import annotations

import sys
from pathlib import Path

import pytest

from playground.zoo import __main__ as command
from playground.zoo import catalogue, fetch
from playground.zoo.cards import DEFAULT_MODEL, ModelCard


def test_finished_steps_are_skipped_with_a_message(
    tiny_folder: Path, tiny_card: ModelCard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "models", lambda: {"tiny": tiny_card})
    assert command.main(["tiny"]) == 0
    first = capsys.readouterr()
    assert "nothing to fetch" in first.out and "Decoders: open" in first.out
    assert "fast decoder could not be built" in first.out
    monkeypatch.setattr(fetch, "ensure", None)
    assert command.main(["tiny"]) == 0, "nothing is left to do"
    assert capsys.readouterr().err == ""


def test_an_unknown_model_is_explained_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nothing-like-it"]) == 1
    output = capsys.readouterr()
    assert output.out == "" and DEFAULT_MODEL in output.err and "Traceback" not in output.err


def test_importing_the_command_imports_no_torch() -> None:
    import subprocess

    code = "import sys, playground.zoo.__main__; print('torch' in sys.modules or 'transformers' in sys.modules)"
    root = Path(__file__).parents[2]
    process = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "False"
