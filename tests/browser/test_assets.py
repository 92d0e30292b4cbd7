"""How the chart's files reach the browser: at once, once, and below any path."""

import gzip
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pages.shared import assets, head
from tests.browser.demo.driver import DEMO, PLOTLY, opened, root

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Server, Start, Watch

READ = """async ([module, texts]) => {
  const { readNumber } = await import(location.origin + module);
  return texts.map(readNumber).map(number => Number.isNaN(number) ? null : number);
}"""
# What a module does where its page has no body yet, and puts there once it has.
TOO_EARLY = """async addresses => {
  const body = document.body;
  body.remove();
  let said = "";
  for (const address of addresses)
    await import(`${location.origin}${address}?early`).catch(error => { said = `${error}`; });
  document.documentElement.append(body);
  const before = body.childElementCount;
  dispatchEvent(new Event("DOMContentLoaded"));
  return [said, body.childElementCount - before];
}"""
FETCHED = """() => performance.getEntriesByType('resource').map(entry => entry.name)
  .filter(name => name.includes('/asset/'))"""


def test_files_are_cached_for_good_and_compressed_once(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    addresses = page.evaluate(FETCHED)
    names = [address.rsplit("/", 1)[1] for address in addresses]
    modules = [*assets.addresses()["modules"], assets.EARLY]
    styles = ["chart.css", assets.PAGE, assets.PAPER, assets.LETTERS]
    assert sorted(names) == sorted([*modules, *styles, "cartesian.js"])
    for address in addresses:
        with urlopen(Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
            packed = answer.read()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "gzip"
        with urlopen(address) as answer:
            assert answer.headers["Content-Encoding"] is None
            assert answer.read() == gzip.decompress(packed)


def test_a_typed_number_is_read_alike_in_the_browser_and_by_python(
    page: "Page", demo: "Server"
) -> None:
    opened(page, demo)
    cases = json.loads((Path(__file__).parents[1] / "typed.json").read_text("utf-8"))
    module = assets.addresses()["chart"] + "numbers.js"
    read = page.evaluate(READ, [module, [text for text, _ in cases]])
    assert dict(zip([text for text, _ in cases], read, strict=True)) == dict(cases)


def test_unknown_files_are_not_found(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    here = assets.addresses()
    chart, plotly = demo.url + here["chart"], demo.url + here["plotly"]["cartesian"]
    for address in (
        chart + "mount.jsx",
        chart + "plotly.js",
        chart + "..%2Fassets.py",
        plotly.replace("cartesian.js", "chart.js"),
        demo.url + "/asset/0123456789abcdef/mount.js",
    ):
        with pytest.raises(HTTPError, match=r"40[04]"):
            urlopen(address)


def test_all_modules_are_asked_for_before_the_first_has_come(page: "Page", demo: "Server") -> None:
    waiting: list[Route] = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.route(f"**/{assets.ENTRY}", lambda route: waiting.append(route))
    modules = assets.addresses()["modules"]
    with page.expect_request(f"**/{modules[-1]}"):
        page.goto(demo.url)
    assert set(modules) <= set(asked)
    waiting[0].continue_()
    root(page, "done", "decay-0")


def test_the_page_itself_names_what_will_be_needed(demo: "Server") -> None:
    """So that the browser asks for it before Streamlit's own program has come."""
    with urlopen(Request(demo.url, headers={"Accept": "text/html"})) as page:
        text = page.read().decode()
        assert int(page.headers["Content-Length"]) == len(text.encode())
        assert "ETag" not in page.headers
    named = re.findall(r'<link rel="(?:modulepreload|preload)"[^>]* href="(/[^"]+)"', text)
    assert len(named) == len(set(named))
    files = [name.rsplit("/", 1)[1] for name in named]
    modules = [*assets.addresses()["modules"], assets.EARLY]
    assert {*modules, "chart.css", assets.LETTERS, "cartesian.js", *head.mounting()} == set(files)
    for address in named:
        with urlopen(demo.url + address) as file:
            assert file.status == 200


def test_the_part_of_streamlit_that_mounts_a_chart_is_known() -> None:
    assert head.mounting()


def test_plotly_is_evaluated_once_though_the_page_and_the_chart_ask(
    page: "Page", demo: "Server"
) -> None:
    opened(page, demo)
    assert page.locator("script[src*='cartesian.js']").count() == 1
    assert page.locator("link[rel=stylesheet][href*='chart.css']").count() == 1


def test_what_the_head_starts_waits_for_a_body(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    chart = assets.addresses()["chart"]
    said, placed = page.evaluate(TOO_EARLY, [f"{chart}{name}" for name in head.STARTED])
    assert not said
    assert placed == 2  # what says that the line is cut, and the ways past the navigation


def test_both_sizes_of_plotly_are_of_one_version() -> None:
    whole = files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
    version = r"\* plotly\.js (?:\(cartesian - minified\) )?v([\d.]+)\n"
    found = [
        re.search(version, text[:200])
        for text in (whole, assets.CARTESIAN.read_text(encoding="utf-8"))
    ]
    assert all(found)
    assert found[0][1] == found[1][1]


def test_without_plotly_one_sentence(page: "Page", demo: "Server", watch: "Watch") -> None:
    watch.forgive("cartesian.js")
    page.route(PLOTLY, lambda route: route.abort())
    page.goto(demo.url)
    chart = root(page, "failed")
    assert "The picture cannot be drawn" in chart.get_by_role("alert").inner_text()
    assert chart.get_by_text("0.509").is_visible()
    assert not chart.get_by_role("button", name="Play").is_visible()


def test_below_a_base_path(fresh_server: "Start", page: "Page") -> None:
    below = fresh_server(DEMO, "--server.baseUrlPath=some/place")
    page.goto(below.url)
    root(page, "done", "decay-0")
    assert all("/some/place/asset/" in name for name in page.evaluate(FETCHED))
    page.get_by_role("slider", name="Weight decay").press("ArrowRight")
    root(page, "done", "decay-0.001")


def test_numbers(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    written = page.evaluate(
        """async ([file, numbers]) => {
          const { formatNumber } = await import(file);
          return numbers.map(number => formatNumber(number));
        }""",
        [
            assets.addresses()["chart"] + "numbers.js",
            [0, 0.5, 1.23456, 123.456, 1234.5, 99999, 123456, 1.234e-5, -0.00012, 0.001, None, 20],
        ],
    )
    assert written == [
        *("0", "0.500", "1.23", "123", "1230", "1.00×10⁵", "1.23×10⁵", "1.23×10⁻⁵", "−1.20×10⁻⁴"),
        *("0.00100", "–", "20"),
    ]
