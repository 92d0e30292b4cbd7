"""Links that nobody writes who means well, for every page."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from pages.shared.fields import Choice, Setting, Steps, Text
from pages.shared.form import Form
from pages.shared.link import PIN

Link = list[tuple[str, str]]

# What turns the line around in which it stands, or is no sign at all.
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BREAKING = "\0\a\t\n\r\x1b\x7f\x85\u2028\u2029"
LONE = "\ud800\udfff"
WORDS = (
    *(
        "",
        " ",
        "\n",
        "%{x}",
        "%{meta.series}",
        "<img src=x onerror=alert(1)>",
        "&rlm;x",
        "&#x202e;x",
    ),
    *("![x](//x.org/x)", "[x](javascript:x)", ":red[x]", "$x$", "`x`", "x\n\n# y", "http://x.org"),
    *(
        "None",
        "__class__",
        "{weight_decay}",
        "{0.__class__}",
        "../../etc/passwd",
        "'; DROP TABLE x",
    ),
    *(f"a{sign}b" for sign in TURNING + BREAKING + LONE),
    *("e" + "\u0301" * 500, "x" * 60_000, "\u202e" * 20_000, "\ud800" * 20_000),
)
NUMBERS = (
    *("9" * 5000, "-" + "9" * 5000, "9" * 60_000, "1e" + "9" * 5000, "0." + "0" * 5000 + "1"),
    *("nan", "inf", "-inf", "1e400", "-1e400", "1e-400", "1e-320", "-1e-320", "5e-324", "-0.0"),
    *("0x10", "1_000", "1,5", "½", "٣" * 5000, "+" * 60_000, "_" * 60_000, " " * 60_000 + "1"),
    *("2147483648", "9007199254740993", "18446744073709551616", "0", "-1", "1.5", "1e2"),
)
UNKNOWN = 900


def inside(setting: Setting, random: Random) -> str:
    """A value that the setting may have."""
    match setting:
        case Choice():
            return random.choice(list(setting.options))
        case Text():
            return random.choice(WORDS)
        case Steps():
            low, high = setting.steps[0], setting.steps[-1]
        case _:
            low, high = setting.least, min(setting.most, 1e6)
    value = random.uniform(low, high)
    return str(int(value)) if setting.whole else repr(value)


def hostile(page: Form[Any], random: Random) -> Link:
    """A link to the page, as bad as chance makes it."""

    def key() -> str:
        return random.choice([*page.settings])

    def bad() -> str:
        return random.choice(WORDS + NUMBERS)

    def pin() -> str:
        rest = {
            key(): bad()[:900] for _ in range(random.randrange(20))
        }  # an address ends somewhere
        return f"{bad()[:60]}?{urlencode(rest, errors='replace')}"

    def unknown() -> Link:
        end = random.choice(["", "%{x}", *TURNING, *LONE, *BREAKING])
        return [(f"colour {k}{end}", bad()) for k in range(UNKNOWN)]

    def mixed() -> Link:
        all_keys = page.settings.items()
        return [(k, bad() if random.random() < 0.4 else inside(s, random)) for k, s in all_keys]

    link = random.choice(
        [
            lambda: [(key(), bad())],
            lambda: [(k, bad()) for k in page.settings],
            lambda: [(key(), bad()) for _ in range(random.randrange(500))],
            lambda: [(PIN, pin()) for _ in range(random.randrange(20))],
            unknown,
            mixed,
        ]
    )()
    random.shuffle(link)
    return link


def links(page: Form[Any]) -> st.SearchStrategy[Link]:
    """Links to the page of all that may stand in one."""
    sign = st.characters()  # lone surrogates and nulls among them
    texts = st.text(sign) | st.sampled_from(WORDS + NUMBERS)
    numbers = st.integers().map(str) | st.floats().map(repr) | st.integers(1, 6000).map("7".__mul__)
    keys = st.sampled_from([*page.settings, PIN]) | st.text(sign)
    return st.lists(st.tuples(keys, texts | numbers), max_size=60)
