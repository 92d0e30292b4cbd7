"""Questions worth opening with one click, each with what to look for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import streamlit as st

from pages.shared.assets import address
from pages.shared.controls import reset
from pages.shared.fields import Value
from pages.shared.form import FORMS, Form, Link, Values
from pages.shared.prose import prose
from pages.shared.words import label, tell, tells


@tells("name", "look_for", "elsewhere")
@dataclass(frozen=True)
class Preset:
    """A named question of a page; `values` holds what differs from its defaults.

    look_for: what is to be seen on that page; elsewhere: what on others that offer it.
    """

    page: str
    name: str
    values: Mapping[str, Value] = field(hash=False)
    look_for: str
    elsewhere: str = ""

    @property
    def form(self) -> Form[Any]:
        """The form of its page."""
        return FORMS[self.page]

    @cached_property
    def question(self) -> Any:
        """The question itself."""
        return self.form.of(self.values)

    @cached_property
    def link(self) -> Link:
        """The link to it."""
        return self.form.link(self.question)

    @cached_property
    def told(self) -> Values:
        """What sets it apart from other presets."""
        return self.form.told(self.question)

    @property
    def slots(self) -> frozenset[str]:
        """The settings that it is about: not those of its page alone that it leaves as they are."""
        own = getattr(self.form, "own", {})
        about = (key for key in self.form.settings if key in self.values or key not in own)
        return frozenset(map(self.form.slot, about))

    def open(self) -> None:
        """Ask it, on a page that has all that it sets."""
        self.form.show(self.form.values(self.question), st.session_state)


# Runs, for every page that shows one.
PRESETS = (
    Preset(
        "train",
        label("Book, λ = 0"),
        {"weight_decay": 0.0},
        label(
            "The training loss falls and falls while the test loss stays where the random start "
            "put it: so few examples cannot reach most directions of the weights."
        ),
        label("Without decay every direction is kept whole; only stopping early takes from them."),
    ),
    Preset(
        "train",
        label("Book, λ = 3"),
        {"weight_decay": 3.0},
        label(
            "The test loss falls with the length of the weights: at every step decay makes all of "
            "them a little smaller, and so shrinks the random start that the examples cannot "
            "reach, though not to nothing. The exact solution has no start, so it needs hardly any "
            "decay: see the page “The best decay”."
        ),
        label("Twenty examples of the book, and its λ: how much of each direction is kept?"),
    ),
    Preset(
        "train",
        label("English edition"),
        {"weight_decay": 3.0, "lr": 0.01, "epochs": 10, "init_std": 0.01},
        label(
            "The start is a hundred times smaller, so there is little to shrink: without decay the "
            "test loss starts low and stays low, and decay changes it far less than from the "
            "book's start."
        ),
        label("The book's data and λ again: what decay keeps does not depend on the start."),
    ),
    Preset(
        "train",
        label("λ matters: d = 20"),
        {
            "weight_decay": 1.0,
            "n_features": 20,
            "noise": 0.05,
            "lr": 0.3,
            "epochs": 3000,
            "batch_size": 20,
            "init_std": 0.0,
        },
        label(
            "The start is zero and nothing is out of reach, yet without decay the run ends up "
            "fitting the noise through the weakest directions of the data: compare the two test "
            "curves."
        ),
        label("About as many features as examples: along some directions the data hardly vary."),
    ),
    Preset(
        "train",
        label("λ matters: d = 200"),
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
        label(
            "With about as many weights as examples least squares is at its worst, and training "
            "without decay creeps towards it; a little decay holds the test loss near its best."
        ),
        label("As many examples as features: which directions does a small λ still take from?"),
    ),
)


def buttons(form: Form[Any], presets: Iterable[Preset]) -> None:
    """A button for each preset: it sets what the page has, and leads to what another page has.

    And one that sets all back.
    """
    st.markdown(tell("**Presets**"))
    with st.container(horizontal=True, gap="small"):
        for preset in presets:
            if preset.slots <= form.slots:
                own = form.page == preset.page or not preset.elsewhere
                st.button(
                    preset.name,
                    help=preset.look_for if own else preset.elsewhere,
                    on_click=preset.open,
                )
            else:
                st.link_button(
                    preset.name,
                    address(preset.link),
                    icon=":material/open_in_new:",
                    help=preset.look_for,
                )
        reset(form)


def hint(form: Form[Any], presets: Iterable[Preset], question: Any) -> None:
    """What to look for, while the question is that of a preset."""
    told = form.told(question)
    for preset in presets:
        if preset.told == told:
            prose(preset.look_for)
