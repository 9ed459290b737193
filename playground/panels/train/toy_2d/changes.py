"""Changes of the settings of runs that train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data.toy_2d import SHAPES
from playground.experiments import toy_2d
from playground.experiments.recorded import is_recorded
from playground.experiments.run_control import RefusedChange
from playground.experiments.setting_words import setting_words
from playground.panels.train.shared import refusal_notice
from playground.panels.train.toy_2d_run_view import runs_of_value
from playground.ui.events import Update
from playground.ui.notice import notice

#: (family, id) of each run that is on the page.
Runs = Sequence[tuple[str, str]]


def on_change_of(name: str) -> Callable[[str, Any, Any], Update]:
    """The handler of a control: it changes this setting of the runs on the page."""

    def on_change(owner: str, shown: Any, value: Any) -> Update:
        return change_setting(owner, [one for one in runs_of_value(shown) if not is_recorded(one[1])], name, value)

    return on_change


def change_setting(owner: str, runs: Runs, name: str, value: Any) -> Update:
    """Change a setting of the runs on the page; nothing happens without a run.

    A control whose value is refused returns to the value in force.
    """
    if not runs or value is None:
        return {}
    try:
        if not toy_2d.change_runs(runs, name, value, owner):
            return {}
    except RefusedChange as error:
        return {"notice": refusal_notice(error), "control": error.kept[name]}
    except PlaygroundError as error:  # another visitor's run: the control keeps the value for a fork
        return {"notice": notice(str(error), "warning")}
    family = next(one for one in toy_2d.FAMILIES if name in toy_2d.HOT[one])
    changed = setting_words(family, SHAPES[0], {name: value})
    return {"notice": notice(say("train.toy_2d.changed", setting=changed), "ok")}


def on_reset(owner: str, shown: Any) -> Update:
    """Set all settings to their defaults, those of the runs on the page too."""
    runs = [one for one in runs_of_value(shown) if not is_recorded(one[1])]
    for name in toy_2d.DEFAULTS:
        if name not in toy_2d.FIXED:
            change_setting(owner, runs, name, toy_2d.DEFAULTS[name])
    return {"notice": notice(say("train.tab.at_defaults"), "ok"), "settings": dict(toy_2d.DEFAULTS), "seed": 0}
