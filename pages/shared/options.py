"""Streamlit's settings are read without waiting.

Every message and every control reads some, one at a time: in a class the threads of all who move
queue for them, behind one that has the lock and waits for its turn at the interpreter.
"""

from __future__ import annotations

from typing import Any

from streamlit import config


def read_freely() -> None:
    """Have a setting that is known looked up, which is one step and needs no lock."""
    locked = config.get_option

    def get_option(key: str) -> Any:
        known = (config._config_options or {}).get(key)
        return locked(key) if known is None else known.value

    config.get_option = get_option
