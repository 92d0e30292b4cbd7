"""What every answer tells the browser: nothing of it needs, or belongs to, any other site."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from streamlit import file_util

from pages.shared import limits

# A host that the policy can name: there is no form for an address of the kind [::1].
NAMED: Final = re.compile(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*(:\d+)?")
INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def headers(host: bytes | None) -> list[tuple[bytes, bytes]]:
    """Those of an answer from this host, which is ours."""
    return [
        (b"content-security-policy", "; ".join(_rules(host)).encode("latin-1")),
        (b"x-content-type-options", b"nosniff"),
        # a link says what somebody looks at
        (b"referrer-policy", b"same-origin"),
    ]


def _rules(host: bytes | None) -> Iterator[str]:
    # Streamlit runs a chart's first lines from a blob, and writes its styles as it goes; what
    # drives a browser in a test has it evaluate what it waits for
    yield "default-src 'self'"
    yield f"script-src 'self' blob: 'unsafe-eval' {' '.join(_inline())}"
    yield "style-src 'self' 'unsafe-inline'"
    yield "img-src 'self' data: blob:"
    yield "font-src 'self' data:"
    yield "worker-src 'self' blob:"
    # older browsers do not take a WebSocket for the page's own
    yield f"connect-src 'self'{_sockets(host)}"
    yield "object-src 'none'"
    yield "base-uri 'self'"
    yield "form-action 'self'"
    yield " ".join(("frame-ancestors 'self'", *limits.FRAMES.value))


def _sockets(host: bytes | None) -> str:
    name = (host or b"").decode("latin-1")
    return f" ws://{name} wss://{name}" if NAMED.fullmatch(name) else ""


@cache
def _inline() -> tuple[str, ...]:
    """The scripts in Streamlit's page itself, by their hashes."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_bytes()
    hashes = (hashlib.sha256(script).digest() for script in INLINE.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
