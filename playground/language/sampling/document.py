"""The table of the sampler's settings in docs/text.md.

`python -m playground.language.sampling.document` writes it there again, after any change of a stage.
"""

from __future__ import annotations

from pathlib import Path

from playground.core.catalogue import say
from playground.core.paths import PACKAGE
from playground.core.settings import Setting
from playground.language.sampling.table import ORDER, SETTINGS, STAGES

BEGIN, END = "<!-- sampler settings: begin -->", "<!-- sampler settings: end -->"


def document() -> Path:
    """The document that holds the table."""
    return PACKAGE.parent / "docs" / "text.md"


def settings_table() -> str:
    """The settings in the order of their stages, as a table in Markdown: name, allowed values, default, and source."""
    rows = ["| setting | values | default | what it does | source |", "|---|---|---|---|---|"]
    for stage in STAGES:
        for setting in stage.settings:
            info = say(f"sampler.settings.{setting.name}.info")
            source = stage.source if setting is stage.settings[0] else ""
            rows.append(f"| `{setting.name}` | {_values(setting)} | {_default(setting)} | {info} | {source} |")
    order = "Names of stages in another order, joined by commas. A stage that is not named follows the one above it."
    rows.append(f"| `{ORDER}` | text | {_default(SETTINGS[ORDER])} | {order} | |")
    return "\n".join(rows)


def _values(setting: Setting) -> str:
    if isinstance(setting.default, str):
        return "text"
    lowest = f"above {setting.lowest:g}" if setting.above_lowest else f"{setting.lowest:,g}"
    kind = "whole, " if isinstance(setting.default, int) else ""
    return f"{kind}{lowest} to {setting.highest:,.10g}".replace("-", "−")


def _default(setting: Setting) -> str:
    if isinstance(setting.default, str):
        return "empty"
    return f"{setting.default:g} (off)" if setting.default == setting.off else f"{setting.default:g}"


def with_table(text: str) -> str:
    """The document's text with the table between its two marks."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    document().write_text(with_table(document().read_text("utf-8")), "utf-8")
