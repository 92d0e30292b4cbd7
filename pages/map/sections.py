"""The words, tables and files beside the maps."""

from __future__ import annotations

import csv
import io

import streamlit as st

from pages.map.answer import box
from pages.map.answer.cells import Cells, cells
from pages.map.answer.cells import middle as middle_of
from pages.map.figure import maps
from pages.map.payload import predicting_the_mean, whole_valleys
from pages.map.question import FORM, Plan, Shown, on_train, plan_of, side_by_side
from pages.map.words import cells as cells_words
from pages.map.words import maps as words
from pages.map.words import reading
from pages.map.words.cells import At
from pages.shared import tables
from pages.shared.assets import address
from pages.shared.controls import FORMULAS, NUMBERS, READING, folder
from pages.shared.payload import Payload
from pages.shared.settings import Settings
from pages.shared.words import tell


def _table(plan: Plan) -> None:
    rows = words.table(plan, middle_of(plan), whole_valleys(plan))
    st.dataframe(tables.arrow(rows), hide_index=True, height="content")


def to_train(settings: Settings, shown: Shown) -> None:
    """The way to the chosen run."""
    plan = plan_of(settings, shown)
    link = on_train(_chosen(settings, plan)[1])
    if link is None:
        st.caption(tell("Train cannot open the chosen run: its controls do not reach so far."))
        return
    st.link_button(
        tell("Open the chosen run on Train"),
        address(link),
        icon=":material/open_in_new:",
        help=tell("This very run, with the seed in the middle of its cell, epoch by epoch."),
    )


def _chosen(settings: Settings, plan: Plan) -> tuple[At | None, Settings]:
    """The cell of the chosen run, and the run itself with the seed in the middle of it."""
    at = plan.cell_of(settings.run)
    if at is None:
        return None, settings
    middle = middle_of(plan)
    seed = int(middle.seed[at]) if middle.trained[at] else 0
    return at, Settings(plan.spec(seed), plan.run(*at, seed))


def download(settings: Settings, shown: Shown) -> None:
    """The numbers of every run that is finished."""
    plan = plan_of(settings, shown)
    tables.download(
        "learning-rate-weight-decay",
        lambda: table(cells(plan)),
        tell("Every finished run of the maps: its settings, losses, ‖w‖, and where it diverged."),
    )


COLUMNS = (
    *("optimizer", "decay", "lr", "weight_decay", "seed"),
    *("test_loss", "train_loss", "weight_norm", "diverged_at"),
)


def table(found: Cells) -> str:
    """The finished runs as CSV, in full precision; diverged_at is empty where a run did not."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for at in zip(*found.finished.nonzero(), strict=True):
        run = found.plan.run(*map(int, at))
        lost = int(found.diverged_at[at])
        numbers = (float(part[at]) for part in (found.test, found.train, found.norm))
        rows.writerow(
            [
                *(run.optimizer, run.decay, repr(run.lr), repr(run.weight_decay), run.seed),
                *("" if lost >= 0 else repr(number) for number in numbers),
                lost if lost >= 0 else "",
            ]
        )
    return text.getvalue()


def explanations(settings: Settings, shown: Shown, payload: Payload) -> None:
    """Beneath the maps: the numbers, how to read them, what the two decays are, and their ends."""
    plan = plan_of(settings, shown)
    folder(FORM, NUMBERS, lambda: _numbers(settings, plan))
    folder(FORM, READING, lambda: _reading(plan, payload))
    folder(FORM, FORMULAS, lambda: _formulas(plan, shown))


def _numbers(settings: Settings, plan: Plan) -> None:
    """Each map's, the chosen run, and what the verdict over the maps was made from."""
    at, chosen = _chosen(settings, plan)
    if cells(plan).complete:
        _table(plan)
    st.markdown(cells_words.chosen(plan, middle_of(plan), at, chosen))
    if cells(plan).complete:
        valleys, mean = whole_valleys(plan), predicting_the_mean(plan)
        st.caption(words.summary(plan, middle_of(plan), valleys, mean))


def _reading(plan: Plan, payload: Payload) -> None:
    whole = payload["stream"] is None
    valleys = whole_valleys(plan) if whole else []
    drawn = maps.legend(payload["figure"])
    st.caption(reading.reading(plan, drawn, whole=whole, valleys=valleys))


def _formulas(plan: Plan, shown: Shown) -> None:
    rules, ends = st.columns(2, gap="medium")
    with rules:
        st.markdown(tell("**Coupled and decoupled**"))
        _rules(plan)
    with ends:
        st.markdown(tell("**Where they end**"))
        found = box.arrivals(tuple(dict.fromkeys((*side_by_side(), *shown.trained))))
        tables.table(reading.ends_table(found))
        st.caption(reading.ends(found))


def _rules(plan: Plan) -> None:
    shrink = r"(1-\lambda')" if plan.scale == "paper" else r"(1-\eta\lambda)"
    st.latex(
        rf"\begin{{aligned}} \text{{{tell('coupled')}: }} & g \leftarrow g + \lambda w \\"
        rf" \text{{{tell('decoupled')}: }} & w \leftarrow {shrink}\,w \end{{aligned}}"
    )
    st.caption(reading.rules(plan))
