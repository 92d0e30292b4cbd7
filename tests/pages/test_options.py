"""Streamlit's settings, read without waiting."""

import threading
from collections.abc import Iterator

import pytest
from streamlit import config

from pages.shared import options

SECONDS = 20


@pytest.fixture(autouse=True)
def _read_freely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", config.get_option)
    config.get_config_options()  # they are read from the file
    options.read_freely()


@pytest.fixture
def held() -> Iterator[None]:
    """Somebody else has the settings."""
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with config._config_lock:
            taken.set()
            done.wait(SECONDS)

    holding = threading.Thread(target=hold)
    holding.start()
    taken.wait()
    yield
    done.set()
    holding.join()


@pytest.mark.usefixtures("held")
def test_a_setting_is_read_while_somebody_has_them() -> None:
    read: list[bool] = []
    reading = threading.Thread(
        target=lambda: read.append(config.get_option("global.developmentMode")), daemon=True
    )
    reading.start()
    reading.join(SECONDS / 2)
    assert read == [False]


def test_each_is_what_it_is() -> None:
    for key, option in config.get_config_options().items():
        assert config.get_option(key) == option.value


def test_one_that_is_set_is_read_as_set() -> None:
    before = config.get_option("client.showErrorDetails")
    try:
        config.set_option("client.showErrorDetails", "none")
        assert config.get_option("client.showErrorDetails") == "none"
    finally:
        config.set_option("client.showErrorDetails", before)


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(RuntimeError, match="not defined"):
        config.get_option("global.none")
