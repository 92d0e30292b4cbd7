"""A run as files: its numbers, and a script of plain PyTorch that repeats it."""

from __future__ import annotations

import streamlit as st

from pages.shared import cached, tables
from pages.shared.settings import Settings
from wd_core import collect, train
from wd_core.export import to_csv, to_script


def downloads(settings: Settings) -> None:
    """The two buttons; the files are made when they are asked for."""
    st.markdown("**Downloads**")
    with st.container(horizontal=True, gap="small"):
        tables.download(
            "weight-decay-run",
            lambda: _numbers(settings),
            "Every epoch's losses, penalty and norm of this run, in full precision.",
        )
        st.download_button(
            "PyTorch script",
            lambda: to_script(settings.data, settings.run),
            file_name="weight_decay_run.py",
            mime="text/x-python",
            on_click="ignore",
            help="This run in plain PyTorch; it needs nothing of ours and prints the same losses.",
        )


def _numbers(settings: Settings) -> str:
    return to_csv(collect(train(cached.dataset(settings.data), [settings.run])))
