"""Files of the browser's side, served under addresses that carry a hash of their content.

The modules import one another by name, so they share a folder, named after the content of all of
them: one that changes moves them all. Plotly comes in two sizes of one version: what draws in a
plane, a third of the whole, lies beside this file; the whole, for surfaces, in pip's package.
"""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit import config

from pages.shared.browser_words import module
from pages.shared.form import Link
from pages.shared.language import ENGLISH, languages, speaking, spoken

BROWSER: Final = Path(__file__).parent / "browser"
CARTESIAN: Final = Path(__file__).parent / "plotly" / "cartesian.min.js"
MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
# Has Chromium compile all of it while it comes, on another thread, and not each function when it is
# called: of the 240 ms that the page stands still for Plotly that takes 100 away.
EAGER: Final = b"//# allFunctionsCalledOnLoad\n"
ENTRY: Final = "mount.js"
# The look of the whole page, and its letters.
PAGE: Final = "page.css"
# And on paper.
PAPER: Final = "paper.css"
LETTERS: Final = "inter.woff2"
# What the page's head starts, and what is fetched when it is asked for; no chart imports them.
EARLY: Final = "early.js"
LATER: Final = (
    *("guide.js", "lights.js", "glossary.js", "guess.js"),
    *("sheets.js", "panels.js", "axis.js"),
    *("walking.js", "steps.js", "pointer.js", "keys.js", "chart2music.js"),
)
ROOT: Final = "asset"
YEAR: Final = 365 * 24 * 3600


class Asset(NamedTuple):
    """One file as it is sent: plain and compressed."""

    media_type: str
    plain: bytes
    gzipped: bytes


class Folder(NamedTuple):
    """Files that stand and fall together: a name that follows from all of them, and each by its."""

    name: str
    assets: dict[str, Asset]


@cache
def _chart() -> Folder:
    paths = sorted(path for path in BROWSER.iterdir() if path.suffix in MEDIA_TYPES)
    return _folder({path.name: path.read_bytes() for path in paths})


@cache
def _plotly() -> Folder:
    whole = files("plotly").joinpath("package_data", "plotly.min.js")
    return _folder({"cartesian.js": EAGER + CARTESIAN.read_bytes(), "whole.js": whole.read_bytes()})


@cache
def _words(language: str) -> Folder:
    scripts = (path.read_text(encoding="utf-8") for path in sorted(BROWSER.glob("*.js")))
    with speaking(language):
        return _folder({f"{language}.js": module(scripts).encode()})


def _folder(sources: Mapping[str, bytes]) -> Folder:
    content = hashlib.sha256()
    for name, plain in sources.items():
        content.update(f"{name} {len(plain)} ".encode() + plain)
    assets = {
        name: Asset(MEDIA_TYPES[Path(name).suffix], plain, gzip.compress(plain, 6, mtime=0))
        for name, plain in sources.items()
    }
    return Folder(content.hexdigest()[:16], assets)


def warm() -> None:
    """Read, hash and compress every file once, so that no request has to."""
    _chart()
    _plotly()


def base_path() -> str:
    """Path the app is mounted under: "" or "/name" (server.baseUrlPath)."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def address(link: Link) -> str:
    """Where the link leads, from the root of the host."""
    return base_path() + link.told


def addresses() -> dict[str, Any]:
    """From the root of the host: the chart's folder with its modules, the entry first, and Plotly.

    The browser gets the list so that it asks for all modules at once, and not for each when
    another one imports it.
    """
    root, chart = f"{base_path()}/{ROOT}", _chart()
    plotly = f"{root}/{_plotly().name}"
    scripts = [name for name in chart.assets if name.endswith(".js")]
    modules = [name for name in scripts if name not in (ENTRY, EARLY, *LATER)]
    return {
        "chart": f"{root}/{chart.name}/",
        "modules": [ENTRY, *modules],
        "plotly": {"cartesian": f"{plotly}/cartesian.js", "whole": f"{plotly}/whole.js"},
        **_spoken(root),
    }


def _spoken(root: str) -> dict[str, str]:
    """The language with the address of its words, where that is not English."""
    language = spoken()
    if language == ENGLISH:
        return {}
    return {"lang": language, "words": f"{root}/{_words(language).name}/{language}.js"}


def _serve(request: Request) -> Response:
    """Answer with the file whose folder and name are asked for, or 404.

    A plain function on purpose: Starlette runs it in a thread, so a first request before
    `warm` compresses there and does not hold up the event loop.
    """
    wanted, _, name = request.path_params["address"].partition("/")
    told = (_words(language) for language in languages() if language != ENGLISH)
    folders = {folder.name: folder.assets for folder in (_chart(), _plotly(), *told)}
    asset = folders.get(wanted, {}).get(name)
    if asset is None:
        return PlainTextResponse("no such file", status_code=404)
    headers = {
        "Cache-Control": f"public, max-age={YEAR}, immutable",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.gzipped, media_type=asset.media_type, headers=headers)
    return Response(asset.plain, media_type=asset.media_type, headers=headers)


# Any prefix is accepted because server.baseUrlPath is not known when routes are listed;
# the content hash alone decides what is served.
ROUTES: Final[list[Route]] = [
    Route(f"/{ROOT}/{{address:path}}", _serve),
    Route(f"/{{base:path}}/{ROOT}/{{address:path}}", _serve),
]
