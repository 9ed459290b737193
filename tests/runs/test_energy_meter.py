"""Measured energy: of a run that trains alone, while it trains; None in all other cases."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.runs import energy_meter


class CounterFile:
    """A meter that reads kilowatt-hours from a file, as others write them."""

    def __init__(self, path: Path) -> None:
        self.path, self.began = path, float(path.read_text())

    def kwh(self) -> float:
        return float(self.path.read_text()) - self.began

    def stop(self) -> None:
        pass


def test_only_what_is_counted_while_it_trains_alone_is_a_run_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = tmp_path / "counter"
    monkeypatch.setattr(energy_meter, "open_meter", lambda: CounterFile(counter))
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "state.json").touch()
    os.utime(tmp_path / "other" / "state.json", (0, 0))
    account = energy_meter.EnergyAccount(tmp_path / "mine", 1.0)
    counter.write_text("10")
    account.resume()
    counter.write_text("13")
    assert account.kwh() == 4.0
    account.pause()
    counter.write_text("18")  # while it rested
    account.resume()
    counter.write_text("20")
    assert account.kwh() == 6.0
    (tmp_path / "other" / "state.json").touch()
    assert account.kwh() is None, "another run trained: whose energy it was nobody knows"
    account.pause()
    account.resume()
    assert account.kwh() is None, "and a part of it stays unknown"


def test_without_a_counter_that_can_be_read_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy_meter, "find_spec", lambda name: name)
    monkeypatch.setattr(energy_meter, "COUNTERS", str(tmp_path / "intel-rapl*" / "energy_uj"))
    assert not energy_meter.can_measure() and energy_meter.open_meter() is None
    with pytest.raises(PlaygroundError, match="cannot be measured"):
        energy_meter.RaplMeter()
    (tmp_path / "intel-rapl:0").mkdir()
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("1")
    assert energy_meter.can_measure()
    monkeypatch.setattr(energy_meter, "find_spec", lambda name: None)
    assert not energy_meter.can_measure()
