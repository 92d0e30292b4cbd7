"""Whom a request is for, and which site's page sent it.

A page of another site that has given its own name this server's address (DNS rebinding) would
otherwise be taken for one of ours. No such name is an address in numbers: these all pass.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

from pages.shared import limits

LOCAL: Final = "localhost"
HOST: Final = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]{1,253}))(?::\d{1,5})?")


def is_ours(host: bytes) -> bool:
    """Whether the Host that a request names is this server."""
    found = HOST.fullmatch(host.decode("latin-1").lower())
    if found is None:
        return False
    name = (found["six"] or found["name"]).rstrip(".")
    return name == LOCAL or _in_numbers(name) or any(_covers(p, name) for p in limits.HOSTS.value)


def _in_numbers(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _covers(pattern: str, name: str) -> bool:
    return pattern in ("*", name) or (pattern[:2] == "*." and name.endswith(pattern[1:]))


def is_of_ours(origin: bytes, host: bytes | None) -> bool:
    """Whether the page whose Origin this is came from the very host that it asks.

    Streamlit would look up its own outer address in the internet to judge any other.
    """
    _, _, site = origin.partition(b"://")
    return host is not None and site.partition(b"/")[0] == host
