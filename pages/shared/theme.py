"""The theme, which Streamlit tells the browser at the beginning of every run."""

from __future__ import annotations

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


def read_once() -> None:
    """Have it put together once: read anew from the settings it takes a tenth of a small move."""
    put_together = app_session._populate_theme_msg

    @cache
    def told(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        put_together(message, section)
        return message

    def populate(msg: CustomThemeConfig, section: str = "theme") -> None:
        part = told(section)
        if part.ByteSize():  # else the message would have the part, if an empty one
            msg.MergeFrom(part)

    app_session._populate_theme_msg = populate
