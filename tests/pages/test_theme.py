"""The theme is told as Streamlit tells it, and put together once."""

import re

import pytest
from streamlit import config
from streamlit.config import CustomThemeCategories
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from pages.shared import assets, theme

# Streamlit's controls in the system's colours, which few have chosen.
SELDOM = re.compile(r"@media \(forced-colors: active\) \{.*?\n\}", re.DOTALL)
SECTIONS = ("theme", *(f"theme.{category.value}" for category in CustomThemeCategories))


@pytest.fixture(autouse=True)
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)


def message(section: str) -> CustomThemeConfig:
    """A message with this part, which is left out where it says nothing."""
    whole = CustomThemeConfig()
    app_session._populate_theme_msg(whole if section == "theme" else whole.sidebar, section)
    return whole


def test_the_message_is_streamlits_own() -> None:
    theirs = [message(section) for section in SECTIONS]
    theme.read_once()
    ours = [message(section) for section in SECTIONS]
    assert ours == theirs
    assert [one.HasField("sidebar") for one in ours] == [one.HasField("sidebar") for one in theirs]
    assert list(ours[0].heading_font_sizes)[:2] == ["1.75rem", "1.375rem"]
    assert [message(section) for section in SECTIONS] == theirs


def test_the_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, read = list[str](), config.get_options_for_section

    def noted(section: str) -> dict[str, object]:
        asked.append(section)
        return read(section)

    monkeypatch.setattr(config, "get_options_for_section", noted)
    theme.read_once()
    for _ in range(3):
        message("theme")
    assert asked == ["theme"]


def test_no_style_asks_what_lies_in_an_element() -> None:
    """Of each letter that Plotly measures the whole page's styles would be worked out again."""
    for name in ("page.css", "chart.css", "guess.css", "glossary.css"):
        text = (assets.BROWSER / name).read_text(encoding="utf-8")
        assert ":has(" not in SELDOM.sub("", text), name
