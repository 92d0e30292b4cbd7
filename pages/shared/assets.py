"""Static files of the chart, served under addresses that carry a hash of their content.

Plotly comes from the installed package, so the browser draws with the version that
requirements.txt pins and the repository holds no copy of it.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit import config

HERE: Final = Path(__file__).parent
FOLDER: Final = "asset"
YEAR: Final = 365 * 24 * 3600


class Asset(NamedTuple):
    """One file as it is sent: plain and compressed."""

    media_type: str
    plain: bytes
    gzipped: bytes


@cache
def _source(name: str) -> bytes:
    if name == "plotly.js":
        return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return (HERE / name).read_bytes()


@cache
def _hashed(name: str) -> str:
    stem, _, suffix = name.partition(".")
    return f"{stem}.{hashlib.sha256(_source(name)).hexdigest()[:16]}.{suffix}"


@cache
def _asset(name: str) -> Asset:
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    plain = _source(name)
    return Asset(kind, plain, gzip.compress(plain, compresslevel=6, mtime=0))


NAMES: Final = ("chart.js", "chart.css", "plotly.js")


def warm() -> None:
    """Read, hash and compress every file once, so that no request has to."""
    for name in NAMES:
        _hashed(name)
        _asset(name)


def base_path() -> str:
    """Path the app is mounted under: "" or "/name" (server.baseUrlPath)."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def addresses() -> dict[str, str]:
    """Address of each file from the root of the host, by its name without suffix or kind."""
    return {name: f"{base_path()}/{FOLDER}/{_hashed(name)}" for name in NAMES}


def _serve(request: Request) -> Response:
    """Answer with the file whose name and content hash are asked for, or 404.

    A plain function on purpose: Starlette runs it in a thread, so a first request before
    `warm` compresses there and does not hold up the event loop.
    """
    wanted = request.path_params["name"]
    name = next((name for name in NAMES if _hashed(name) == wanted), None)
    if name is None:
        return PlainTextResponse("no such file", status_code=404)
    asset = _asset(name)
    headers = {
        "Cache-Control": f"public, max-age={YEAR}, immutable",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.gzipped, media_type=asset.media_type, headers=headers)
    return Response(asset.plain, media_type=asset.media_type, headers=headers)


# Any prefix is accepted because server.baseUrlPath is not known when routes are listed;
# the content hash alone decides what is served.
ROUTES: Final[list[Route]] = [
    Route(f"/{FOLDER}/{{name}}", _serve),
    Route(f"/{{base:path}}/{FOLDER}/{{name}}", _serve),
]
