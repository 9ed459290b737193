"""The table of the settings of image models: for each family its own.

A new setting is one entry here, its sentences, and the code that uses it: its control, links, recipes, endpoints, the
axes of a grid and the table in docs/images.md follow.
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.core.catalogue import say
from playground.core.settings import Setting, by_name

MAX_IMAGES = 64
#: Proper names, the same in every language.
SCHEDULER_TITLES = {"ddim": "DDIM", "ddpm": "DDPM", "euler": "Euler", "heun": "Heun", "dpm++": "DPM-Solver++"}
SCHEDULERS = tuple(SCHEDULER_TITLES)
PRIORS = ("normal", "mixture")

COUNT = Setting("count", 16, lowest=1, highest=MAX_IMAGES, slider=(1, MAX_IMAGES, 1), label="shared.pictures")
#: Family -> its settings. The first is on the axis of a new grid, unless the family has steps.
FAMILY_SETTINGS: Mapping[str, Mapping[str, Setting]] = {
    "gan": by_name([
        Setting("truncation", 0.0, off=0.0, lowest=0.05, highest=4, slider=(0, 4, 0.1), examples=(0, 2, 1, 0.5),
                label="shared.truncation", info="images.controls.truncation_info"),
    ]),
    "vae": by_name([
        Setting("temperature", 1.0, highest=2, slider=(0, 2, 0.05), examples=(0, 0.5, 1, 1.5),
                label="images.controls.temperature", info="images.controls.temperature_info"),
        Setting("prior", "normal", choices=PRIORS, titles=lambda name: say(f"images.controls.prior_{name}"),
                label="images.controls.prior"),
    ]),
    "diffusion": by_name([
        Setting("scheduler", "ddim", choices=SCHEDULERS, titles=SCHEDULER_TITLES.__getitem__,
                label="shared.scheduler", info="images.controls.scheduler_info"),
        Setting("steps", 20, lowest=1, highest=250, slider=(1, 100, 1), examples=(2, 5, 10, 20),
                label="shared.steps", info="shared.more_steps"),
        Setting("guidance", 2.0, off=1.0, highest=15, slider=(0, 8, 0.25), examples=(1, 2, 4, 8),
                label="shared.guidance", info="images.controls.guidance_info"),
    ]),
}  # fmt: skip
#: Of a text-to-image pipeline. Its guidance is classifier-free; few-step models want 0 or 1.
TEXT_TO_IMAGE: Mapping[str, Setting] = by_name([
    Setting("steps", 4, lowest=1, highest=150, label="shared.steps"),
    Setting("guidance", 0.0, highest=30, label="shared.guidance"),
])  # fmt: skip
#: All settings of all families by name.
SETTINGS: Mapping[str, Setting] = {
    name: item for settings in FAMILY_SETTINGS.values() for name, item in settings.items()
}
