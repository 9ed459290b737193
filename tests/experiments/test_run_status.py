"""What views get to see of a run's curve."""

from __future__ import annotations

import math

from playground.experiments import run_status


def test_a_long_curve_is_thinned_and_keeps_its_peaks_and_its_ends() -> None:
    rows = [[float(step), 0.1 * step, 8.0 * step, 1.0, 2.0] for step in range(1, 9 * run_status.MOST_ROWS)]
    rows[12_345][3], rows[20_001][4] = 550_000.0, -7.0
    rows[77][4] = math.nan
    thin = run_status._thin(rows)
    assert len(thin) < 1.01 * run_status.MOST_ROWS and thin == sorted(thin, key=lambda row: row[0])
    assert max(row[3] for row in thin) == 550_000.0 and min(row[4] for row in thin if row[4] == row[4]) == -7.0
    assert thin[0] == rows[0] and thin[-1] == rows[-1]
    assert run_status._thin(rows[:100]) == rows[:100]
