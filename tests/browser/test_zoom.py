"""Every page enlarged, narrow, with widely spaced text: nothing is lost or lies on another thing.

WCAG 1.4.4, 1.4.10 and 1.4.12. Each page is opened once, in one of three languages, one of which is
a third longer, with everything on it open; then its window takes all sizes.
"""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pages.registry import PICTURED, SHOWN
from pages.shared import language
from pages.shared.language import LANG
from tests import made_up_language
from tests.browser.access import QUIET, opened_up
from tests.browser.conftest import ROOT
from tests.browser.test_looks import TROUBLED, address

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

    from tests.browser.conftest import Server, Start

LANGUAGES = ("en", "zh", made_up_language.NAME)


class Window(NamedTuple):
    """How large a page is shown, in its own pixels."""

    name: str
    width: int
    height: int
    spaced: bool = False


WINDOWS = (
    Window("wide, spaced", 1280, 720, spaced=True),
    Window("200 % of a laptop", 683, 384),
    Window("200 %", 640, 360, spaced=True),
    Window("phone, spaced", 360, 740, spaced=True),
    Window("400 %", 320, 180),
    Window("400 %, spaced", 320, 256, spaced=True),
)
LESSONS = ("train?lesson=price", "exercises?lesson=zero.1")
WIDE = (
    "dimension?axis=n_train&n_features=10&at=11&measure=loss",
    "geometry?source=synthetic&descent=on&l1=on",
    "codes?batch_size=6",
)
SITE = (
    "from pathlib import Path\nfrom pages.shared import language\nlanguage.LOCALE = Path({0!r})\n"
)
# What WCAG 1.4.12 asks a page to bear; a picture's letters stand where they were measured.
SPACING = """
  * {
    line-height: 1.5 !important;
    letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important;
  }
  p { margin-bottom: 2em !important; }
  svg, svg * {
    line-height: normal !important;
    letter-spacing: 0 !important;
    word-spacing: 0 !important;
  }
"""
SPACE = """([id, css]) => {
  document.getElementById(id)?.remove();
  const style = Object.assign(document.createElement('style'), { id, textContent: css });
  document.head.append(style);
}"""
# The pictures have the width that they are given.
FITTED = """() => [...document.querySelectorAll('.wd-plot')].every(plot =>
  !plot._fullLayout || Math.abs(plot._fullLayout.width - plot.clientWidth) < 2)"""
TRIES, TRY_MS = 10, 300
FOUND = (ROOT / "tests" / "browser" / "reflow.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def spoken(start_server: "Start", tmp_path_factory: pytest.TempPathFactory) -> Iterator["Server"]:
    """The app, which speaks a made-up language beside its own."""
    folder, site = (tmp_path_factory.mktemp(name) for name in ("locale", "site"))
    shutil.copytree(language.LOCALE / "zh", folder / "zh")
    made_up_language.write(folder)
    (site / "sitecustomize.py").write_text(SITE.format(str(folder)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(site))
        yield start_server(ROOT / "app.py")


def shown(tab: "Tab", window: Window) -> list[str]:
    """What is lost in a window of this size."""
    tab.set_viewport_size({"width": window.width, "height": window.height})
    tab.evaluate(SPACE, ["spacing", SPACING if window.spaced else ""])
    tab.wait_for_function(FITTED)
    for _ in range(TRIES):  # a picture or a heading may be on its way to its place
        faults = tab.evaluate(FOUND)
        if not faults:
            break
        tab.wait_for_timeout(TRY_MS)
    return [f"{window.name}: {fault}" for fault in faults]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each link takes long: one of four, which are of all languages, or all of them."""
    if "place" in metafunc.fixturenames:
        links = list(enumerate([*map(address, SHOWN), *TROUBLED, *LESSONS, *WIDE]))
        whole = metafunc.config.getoption("--whole-matrix")
        metafunc.parametrize(("place", "link"), links if whole else links[1::4])


def test_nothing_is_lost(page: "Tab", spoken: "Server", place: int, link: str) -> None:
    said = LANGUAGES[place % len(LANGUAGES)]
    page.emulate_media(reduced_motion="reduce")  # else boxes are still opening
    page.goto(f"{spoken.url}/{link}{'&' if '?' in link else '?'}{LANG}={said}")
    page.locator("h1").wait_for()
    if link.partition("?")[0] in map(address, PICTURED) and "lesson" not in link:
        page.locator(".wd-plot .main-svg").first.wait_for()
    page.locator(QUIET).wait_for()
    opened_up(page)
    faults = [fault for window in WINDOWS for fault in shown(page, window)]
    assert not faults, "\n".join(faults)
