"""Maps worth opening with one click, each with what to look for."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from pages.map import controls
from pages.map.question import Shown, plan_of, shown_of
from pages.shared import controls as run_controls
from pages.shared.settings import Settings, Value, settings_of


@dataclass(frozen=True)
class Preset:
    """Named maps: `run` and `maps` hold what differs from the defaults."""

    name: str
    run: dict[str, Value] = field(hash=False)
    maps: dict[str, Value] = field(hash=False)
    look_for: str

    @property
    def settings(self) -> Settings:
        """What all the runs have in common, and the present run."""
        return settings_of(self.run)

    @property
    def shown(self) -> Shown:
        """The maps."""
        return shown_of(self.maps)


PRESETS = (
    Preset(
        "The book's problem",
        {},
        {},
        "With torch's two decays: once the maps are whole, is the line halfway to the best cell "
        "parallel to the dashed one, on which ηλ is always the same? Then η and λ pull together.",
    ),
    Preset(
        "The paper's decay",
        {},
        {"scale": "paper"},
        "The AdamW paper takes a share λ′ of w at every step, whatever η is. Once the maps are "
        "whole, does the line halfway to the best cell lie level on the decoupled ones? Then η and "
        "λ′ can be chosen one by one, and all that differs from torch is the axis: λ′ = ηλ.",
    ),
    Preset(
        "Full batch",
        {"batch_size": 20},
        {"optimizers": "momentum", "per_decade": 4},
        "With all examples in every step the limit of stability is exact: the hatching begins "
        "at it, up to runs beyond it that have not had the time to diverge.",
    ),
    Preset(
        "λ matters: d = 20",
        {
            "weight_decay": 1.0,
            "n_features": 20,
            "noise": 0.05,
            "lr": 0.1,
            "epochs": 500,
            "batch_size": 20,
            "init_std": 0.0,
        },
        {},
        "No start to erase, noise to be damped: here each learning rate that gets anywhere has a "
        "best λ. Is it the same for all of them under coupled decay?",
    ),
)


def buttons() -> None:
    """A button for each preset."""
    run_controls.presets(((preset.name, preset.look_for, preset) for preset in PRESETS), _show)


def _show(preset: Preset) -> None:
    run_controls.show(preset.settings.values())
    controls.show(preset.shown)


def hint(settings: Settings, shown: Shown) -> None:
    """What to look for, while the maps are those of a preset, whatever run is chosen."""
    for preset in PRESETS:
        if plan_of(preset.settings, preset.shown) == plan_of(settings, shown):
            st.markdown(f"**{preset.name}.** {preset.look_for}")
