"""A run as files: its numbers, and a script of plain PyTorch that repeats it."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from pages.shared import cached, tables
from pages.shared.brought import tables as brought
from pages.shared.language import speaking, spoken
from pages.shared.scripts import in_words
from pages.shared.settings import Settings
from pages.shared.words import say, tell
from pages.train.answer import every_epoch
from wd_core.export import to_script

# What takes longer is no file to wait for: nothing shows how far it is, and nothing stops it.
LONGEST_SECONDS: Final = 10.0


def downloads(settings: Settings) -> None:
    """The buttons; the files are made when they are asked for."""
    st.markdown(tell("**Downloads**"))
    with st.container(horizontal=True, gap="small"):
        if cached.run_seconds(settings) <= LONGEST_SECONDS:
            tables.download(
                "weight-decay-run",
                lambda: every_epoch(settings),
                tell("Every epoch's losses, penalty and norm of this run, in full precision."),
            )
        st.download_button(
            tell("PyTorch script"),
            partial(_script, settings, spoken()),
            file_name="weight_decay_run.py",
            mime="text/x-python",
            on_click="ignore",
            help=tell(
                "This run in plain PyTorch; it needs nothing of ours and prints the same losses."
            ),
        )
    if cached.run_seconds(settings) > LONGEST_SECONDS:
        st.caption(say("This run takes too long to have every epoch of it written to a file here."))


def _script(settings: Settings, language: str) -> str:
    """The file is written when it is asked for, and not while the page is."""
    with speaking(language):
        return in_words(to_script(settings.data, settings.run, brought.tables(settings.data)))
