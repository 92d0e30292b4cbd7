"""What this server grants, and to whom: all of it in one place, as variables of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

# A name that may come before others: *.example.org stands for all names that end so.
NAME: Final = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
SITE: Final = re.compile(r"\*|https?://(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:\d{1,5}|:\*)?")


@dataclass(frozen=True)
class Limit(Generic[T]):
    """One of them: its variable, what it is where that is not set, what it is for, how it is read.

    `read` raises ValueError with what a value must be.
    """

    variable: str
    default: str
    meaning: str
    read: Callable[[str], T]

    @property
    def value(self) -> T:
        """What the environment says; ValueError with a sentence where that is no such value."""
        text = os.environ.get(self.variable, "").strip() or self.default
        try:
            return self.read(text)
        except ValueError as error:
            raise ValueError(f"{self.variable} is {text!r}, but must be {error}.") from None


def _bytes(text: str, least: int = 1) -> int:
    try:
        megabytes = float(text)
    except ValueError:
        megabytes = 0.0
    if not least <= megabytes <= 1e9:
        raise ValueError(f"a number of megabytes, {least} or more")
    return int(megabytes * 2**20)


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", text):
        raise ValueError("a whole number, 1 or more")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    names = [name.lower() for name in re.split(r"[\s,]+", text) if name]
    if not all(NAME.fullmatch(name) for name in names):
        raise ValueError(
            "names of hosts without https:// and without a port, such as "
            "decay.example.org or *.example.org, with commas between them, or *"
        )
    return tuple(name.rstrip(".") for name in names)


def _folder(text: str) -> Path | None:
    if not text:
        return None
    folder = Path(text)
    try:
        next(folder.iterdir(), None)
    except OSError:
        raise ValueError("a folder on this machine that can be read") from None
    return folder


def _sites(text: str) -> tuple[str, ...]:
    sites = tuple(site.lower().rstrip("/") for site in re.split(r"[\s,]+", text) if site)
    if not all(SITE.fullmatch(site) for site in sites):
        raise ValueError(
            "addresses of sites without a path, such as https://course.example.org, "
            "with commas between them, or *"
        )
    return sites


KEPT: Final = Limit(
    "WEIGHT_DECAY_KEPT_MB",
    "512",
    "megabytes in which results are kept; the least recently used go first",
    _bytes,
)
WORKER: Final = Limit(
    "WEIGHT_DECAY_WORKER_MB",
    "1536",
    "megabytes that a worker takes for what it works on, and all runs on large data together; "
    "64 or more",
    partial(_bytes, least=64),
)
HOSTS: Final = Limit(
    "WEIGHT_DECAY_HOSTS",
    "",
    "names that the server goes by, with commas between them, beside `localhost` and any address "
    "in numbers; `*.example.org` for all names that end so, `*` for every name",
    _names,
)
FRAMES: Final = Limit(
    "WEIGHT_DECAY_FRAMES",
    "",
    "other sites that may show its pages in a frame, with commas between them: "
    "`https://course.example.org`",
    _sites,
)
VISITS: Final = Limit(
    "WEIGHT_DECAY_VISITS",
    "600",
    "pages that are open at once",
    _count,
)
VISITS_OF_ADDRESS: Final = Limit(
    "WEIGHT_DECAY_ADDRESS_VISITS",
    "300",
    "those of them that one address opens; a class may share one",
    _count,
)
WORKS_OF_ADDRESS: Final = Limit(
    "WEIGHT_DECAY_ADDRESS_WORKS",
    "200",
    "works (runs, maps, pictures while a control is dragged) that one address has going at once",
    _count,
)
METRICS: Final = Limit(
    "WEIGHT_DECAY_METRICS",
    "0",
    "with 1, `/metrics` tells a Prometheus how the server does",
    _switch,
)
PREPARE: Final = Limit(
    "WEIGHT_DECAY_PREPARE",
    "1",
    "what the pages show at first is worked out before the first visitor comes; with 0 the server "
    "starts in less time",
    _switch,
)
LESSONS: Final = Limit(
    "WEIGHT_DECAY_LESSONS",
    "",
    "a folder of lessons and exercises, instead of our own",
    _folder,
)
LIMITS: Final[tuple[Limit[Any], ...]] = tuple(
    limit for limit in list(globals().values()) if isinstance(limit, Limit)
)


def faults() -> Iterator[str]:
    """A sentence for each variable that has none of its values."""
    for limit in LIMITS:
        try:
            limit.value  # noqa: B018
        except ValueError as error:
            yield str(error)


# Here, because nothing that reads one of them is imported before.
if _FAULTS := list(faults()):
    raise SystemExit("\n".join(_FAULTS))
