"""Settings worth opening with one click, each with what to look for."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from pages.shared import controls
from pages.shared.settings import Settings, Value, settings_of


@dataclass(frozen=True)
class Preset:
    """A named set of settings; `values` holds what differs from the defaults."""

    name: str
    values: dict[str, Value] = field(hash=False)
    look_for: str

    def settings(self) -> Settings:
        """The full settings."""
        return settings_of(self.values)


PRESETS = (
    Preset(
        "Book, λ = 0",
        {"weight_decay": 0.0},
        "The training loss falls towards 0 while the test loss stays where the random start put "
        "it: 20 examples cannot reach 180 of the 200 directions.",
    ),
    Preset(
        "Book, λ = 3",
        {"weight_decay": 3.0},
        "The test loss follows ‖w‖ down: decay erases the random start in the directions that no "
        "example reaches, by the factor 1 − ηλ a step.",
    ),
    Preset(
        "English edition",
        {"weight_decay": 3.0, "lr": 0.01, "epochs": 10, "init_std": 0.01},
        "The start is a hundred times smaller, so there is little to erase: without decay the "
        "test loss starts low and stays low, and λ changes it far less than from the book's start.",
    ),
    Preset(
        "λ matters: d = 20",
        {
            "weight_decay": 1.0,
            "n_features": 20,
            "noise": 0.05,
            "lr": 0.3,
            "epochs": 3000,
            "batch_size": 20,
            "init_std": 0.0,
        },
        "A start at 0 with nothing out of reach, yet λ = 0 ends up fitting the noise through the "
        "weakest directions of the data: compare the two test curves as training goes on.",
    ),
    Preset(
        "λ matters: d = 200",
        {
            "weight_decay": 0.3,
            "n_features": 200,
            "n_train": 200,
            "noise": 0.1,
            "lr": 0.3,
            "epochs": 2000,
            "batch_size": 200,
            "init_std": 0.0,
        },
        "With about as many weights as examples least squares is at its worst, and training "
        "without decay creeps towards it; a little decay holds the test loss near its best.",
    ),
)


def buttons() -> None:
    """A button for each preset."""
    controls.presets(
        ((preset.name, preset.look_for, preset.settings().values()) for preset in PRESETS),
        controls.show,
    )


def hint(settings: Settings) -> None:
    """What to look for, while the settings are those of a preset."""
    for preset in PRESETS:
        if preset.settings() == settings:
            st.markdown(f"**{preset.name}.** {preset.look_for}")
