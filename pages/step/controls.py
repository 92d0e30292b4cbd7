"""The step page's controls: the step that is shown, and which weights."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared.words import Said, label, say, say_n, tell
from pages.step.question import FORM, SETTINGS
from wd_core.linear.inspection import Replay

# What was asked for and what is shown in its place, by key, until another is chosen.
INSTEAD = FORM.slot("instead")
# What settings of a run are for on this page.
HELPS = {
    "n_test": label(
        "How many new examples measure the test losses under “How hard does decay pull on each "
        "weight?”: of the whole run, with the bias decayed and without. Nothing else on this page "
        "needs them."
    )
}


def wanted(key: str) -> int:
    """The step, or weight, that was asked for, be it that the present run has no such one."""
    present = int(st.session_state[FORM.slot(key)])
    asked, instead = st.session_state.get(INSTEAD, {}).get(key, (present, present))
    return int(asked) if present == instead else present


def _show(key: str, asked: int, shown: int) -> None:
    """Show what is asked for, or another in its place."""
    st.session_state[FORM.slot(key)] = shown
    st.session_state[INSTEAD] = {**st.session_state.get(INSTEAD, {}), key: (asked, shown)}


def fit(replay: Replay) -> list[Said]:
    """Bring step and weights into what this run has; a sentence for each that was not."""
    said: list[Said] = []
    step, d = wanted("step"), replay.dataset.n_features
    _show("step", step, min(step, replay.last))
    if step > replay.last:
        said.append(_unshown(step, replay))
    if d == 1:  # the plane is that of the weight and the bias
        _show("first", wanted("first"), 1)
        return said
    first, second = wanted("first"), wanted("second")
    for key, number in (("first", first), ("second", second)):
        _show(key, number, min(number, d))
        if number > d:
            said.append(
                say(
                    "There is no weight {weight}: the number of features is {n_features}.",
                    weight=number,
                    n_features=d,
                )
            )
    said = list(dict.fromkeys(said))
    if (number := st.session_state[FORM.slot("second")]) == st.session_state[FORM.slot("first")]:
        _show("second", second, number % d + 1)
        if first == second:
            said.append(
                say(
                    "A plane needs two weights: {weight_up} is shown beside {weight}.",
                    weight_up=number % d + 1,
                    weight=number,
                )
            )
    return said


def _unshown(step: int, replay: Replay) -> Said:
    """Why a step cannot be shown, and which one is."""
    if replay.diverged:
        return say(
            "Step {asked} cannot be shown: the run has diverged, and after step {last} its numbers "
            "mean nothing. Step {last} is shown.",
            asked=step,
            last=replay.last,
        )
    if replay.last < replay.steps:
        return say(
            "Step {asked} cannot be shown: walking through so many steps would take too long. Of "
            "the run's {steps} steps the first {last} can be shown.",
            asked=step,
            steps=replay.steps,
            last=replay.last,
        )
    return say_n(
        "Step {asked} cannot be shown: the run has {n} step. Its last is shown.",
        "Step {asked} cannot be shown: the run has {n} steps. Its last is shown.",
        replay.steps,
        asked=step,
    )


def steps(replay: Replay) -> None:
    """The slider over the steps, and buttons that go one step or one epoch."""
    key, last = FORM.slot("step"), replay.last
    # a slider with another end is another slider to Streamlit: without this it would start anew
    now = st.session_state[key] = int(st.session_state[key])
    if last > 1:
        st.slider(
            SETTINGS["step"].label,
            min_value=1,
            max_value=last,
            help=SETTINGS["step"].help,
            key=key,
            persist_state="session",
        )
    with st.container(horizontal=True, gap="small"):
        for label, icon, to, words in (
            (tell("First"), "first_page", 1, tell("The first step, from the start at epoch 0.")),
            (
                tell("Epoch back"),
                "keyboard_double_arrow_left",
                max(1, now - replay.an_epoch),
                tell("An epoch earlier."),
            ),
            (say("Back"), "chevron_left", max(1, now - 1), tell("The step before.")),
            (tell("Forward"), "chevron_right", min(last, now + 1), tell("The next step.")),
            (
                tell("Epoch forward"),
                "keyboard_double_arrow_right",
                min(last, now + replay.an_epoch),
                tell("An epoch later."),
            ),
            (tell("Last"), "last_page", last, tell("The last step that can be shown.")),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                on_click=_go,
                args=(to,),
                disabled=to == now,
                help=words,
            )


def _go(to: int) -> None:
    st.session_state[FORM.slot("step")] = to


def weights(d: int) -> None:
    """Which two weights the plane shows."""
    if d == 1:
        return
    for column, key in zip(st.columns(2), ("first", "second"), strict=True):
        setting = SETTINGS[key]
        st.session_state[FORM.slot(key)] = int(st.session_state[FORM.slot(key)])
        with column:
            st.number_input(
                setting.label,
                min_value=1,
                max_value=d,
                step=1,
                help=setting.help,
                key=FORM.slot(key),
                persist_state="session",
            )


def mend(lr: float) -> Callable[[], None]:
    """What the doctor's button does: set the learning rate."""

    def act() -> None:
        st.session_state["lr"] = lr

    return act
