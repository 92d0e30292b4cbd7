"""Every link opens: with the defaults for what is wrong, and a few sentences that quote it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import product
from random import Random
from threading import current_thread, main_thread
from typing import Any, NoReturn
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

import anyio
import hypothesis
import pytest
from hypothesis import strategies as st
from starlette.requests import Request
from streamlit.runtime.state.query_params import sanitize_query_string
from streamlit.testing.v1 import AppTest

from pages.registry import PAGES
from pages.shared import long_links, routes
from pages.shared.fields import Choice, Text
from pages.shared.form import FORMS, Form
from pages.shared.link import LONGEST_NAME, MOST_SAID, PIN, few, printable
from pages.shared.run import RUN, Pin
from pages.shared.settings import settings_of
from pages.shared.store import STORE
from pages.shared.streams import NAMED, REST_SECONDS, WITHOUT_REST, Streamed
from pages.train.payload.picture import training_picture
from tests.pages.hostile import BREAKING, LONE, NUMBERS, TURNING, UNKNOWN, WORDS, hostile, links
from tests.pages.opening import opened, unopened

PATHS = [page.path for page in PAGES]
ROUTES = {route.path: route for page in PAGES for route in page.routes}
STREAMS = [path for path, route in ROUTES.items() if isinstance(route, Streamed)]
LINKS = 250
# What reading a link may take.
SECONDS = 0.05
# Signs of a sentence: a line of the box on a wide screen has about 150, on a phone 45.
LONGEST_SENTENCE = 300


@pytest.fixture
def no_work() -> Any:
    """Whoever asks for an answer that is worked out fails."""

    def fail(*_: Any) -> NoReturn:
        raise AssertionError("a link is read by working something out")

    with patch.object(STORE, "entry", fail):
        yield


def hold(page: Form[Any], link: list[tuple[str, str]]) -> None:
    """What is true of every link, whatever it says."""
    asked, said = page.read(link)
    assert len(said) <= MOST_SAID + 1
    assert all(len(sentence) <= LONGEST_SENTENCE for sentence in said)
    assert all(sentence.endswith(".") for sentence in said)
    assert not {*TURNING, *BREAKING, *LONE} & {*"".join(said)}
    values = page.values(asked)
    for key, setting in page.settings.items():
        assert type(values[key]) in ((str,) if isinstance(setting, Choice | Text) else (int, float))
    for pin in getattr(asked, "pins", ()):
        assert pin.name
        assert pin.name == printable(pin.name)


def fastest(read: Callable[[], object]) -> float:
    """The CPU time of the quicker of two, so that nothing else is measured."""
    spent = []
    for _ in range(2):
        begin = time.thread_time()
        read()
        spent.append(time.thread_time() - begin)
    return min(spent)


# ---- reading


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("path", PATHS)
def test_hundreds_of_hostile_links_are_read_in_no_time(
    path: str, pytestconfig: pytest.Config
) -> None:
    page, random = FORMS[path], Random(path)
    for _ in range(LINKS * (4 if pytestconfig.getoption("--whole-matrix") else 1)):
        link = hostile(page, random)
        hold(page, link)
        begin = time.thread_time()
        page.read(link)
        if time.thread_time() - begin > SECONDS / 2:
            assert fastest(lambda: page.read(link)) < SECONDS, [key for key, _ in link][:5]  # noqa: B023


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("path", PATHS)
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(st.data())
def test_whatever_stands_in_a_link_it_is_read(path: str, data: st.DataObject) -> None:
    hold(FORMS[path], data.draw(links(FORMS[path])))


@pytest.mark.parametrize("path", PATHS)
def test_what_is_wrong_has_its_default(path: str) -> None:
    page = FORMS[path]
    for bad, (key, setting) in product([*WORDS, *NUMBERS], page.settings.items()):
        try:
            setting.read(bad)
        except ValueError:
            asked, said = page.read([(key, bad)])
            assert asked == page.of({}), key
            assert said[0].startswith(f"{setting.label}: “{printable(bad)}” in the link "), key


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"{k:x}" for k in range(13_000)),
        "&".join(["pin=a"] * 10_000),
        "&".join(["seed=x"] * 9_000),
        "&".join("pin=a%3F" + "%26".join(f"{k:x}" for k in range(1400)) for _ in range(6)),
        "seed=" + "%FF" * 20_000,
        "seed=" + "9" * 60_000,
    ],
    ids=["unknown", "pins", "repeated", "in pins", "no UTF-8", "digits"],
)
def test_a_link_as_long_as_an_address_can_be_is_read_in_no_time(path: str, query: str) -> None:
    pairs = parse_qsl(query, keep_blank_values=True)
    assert fastest(lambda: FORMS[path].read(pairs)) < SECONDS
    hold(FORMS[path], pairs)


def test_a_few_sentences_say_how_much_more_is_wrong() -> None:
    said = [f"{k} is wrong." for k in range(MOST_SAID + 2)]
    assert few(said[:MOST_SAID]) == said[:MOST_SAID]
    assert few(said[:-1])[MOST_SAID:] == ["One more thing in the link makes no sense."]
    assert few(said)[MOST_SAID:] == ["2 more things in the link make no sense."]
    wrong = {key: "?" for key, one in RUN.settings.items() if not isinstance(one, Text)}
    n_pins = 3
    query = [*wrong.items(), *[(PIN, f"x?{urlencode(wrong)}")] * n_pins]
    _, read = FORMS["train"].read(query)
    assert len(read) == MOST_SAID + 1
    assert read[-1].startswith(f"{(1 + n_pins) * len(wrong) - MOST_SAID} more things")
    assert FORMS["train"].take(query, {}) == read


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\0c\ud800d\u2066e", "abcde"),
        ("中文\u3000名\u00a0x", "中文 名 x"),
        ("e" + "\u0301" * 30 + "x", "e\u0301\u0301\u0301x"),
        ("ก" + "\u0e34\u0e48", "ก\u0e34\u0e48"),
        ("x" * 99, "x" * LONGEST_NAME),
    ],
)
def test_a_quoted_text_stays_in_its_line(text: str, shown: str) -> None:
    assert printable(text) == shown


# ---- pins


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("%{x} and <b>", "%\u2060{x} and &lt;b&gt;"),
        ("%{meta.series}", "%\u2060{meta.series}"),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_a_pins_name_stands_in_the_legend_as_it_is(name: str, drawn: str) -> None:
    asked, _ = FORMS["train"].read([(PIN, f"{name}?lr=0.01")])
    assert [pin.name for pin in asked.pins] == [name]
    figure = training_picture(settings_of({"epochs": 5}), asked.pins)["figure"]
    names = {trace["name"] for trace in figure["data"]}
    assert f"test, {drawn}" in names


def test_a_pins_name_turns_no_line_around() -> None:
    (pin,) = FORMS["train"].read([(PIN, "a\u202eb\0\ud800?seed=4")])[0].pins
    assert pin == Pin("ab", settings_of({"seed": 4}))


# ---- the addresses that charts ask


def asked_by(query: bytes) -> dict[str, Any]:
    """A request with this query."""
    return {"type": "http", "method": "GET", "query_string": query, "headers": []}


def answer_of(path: str, query: bytes) -> tuple[int, Any]:
    """What a route answers, and the status."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await anyio.sleep_forever()

    scope = asked_by(query) | {"path": path, "path_params": {}, "root_path": ""}
    anyio.run(ROUTES[path], scope, receive, send)
    return sent[0]["status"], json.loads(b"".join(part.get("body", b"") for part in sent))


def only_wrong(path: str) -> list[bytes]:
    """Links in which nothing is right, so that the default is asked."""
    keys = FORMS[path].settings
    return [
        urlencode(dict.fromkeys(keys, "9" * 1000)).encode(),
        urlencode(dict.fromkeys(keys, "%{x}\u202e\0")).encode(),
        urlencode({f"colour{k}": "x" * 50 for k in range(UNKNOWN)}).encode(),
        b"\xff\xfe=%ff&&&=&=x&;&lr=%ud800&seed=%00&" + b"a" * 50_000,
        b"&".join([b"seed=x"] * 2000),
    ]


def of_page(path: str) -> str:
    return next(page.path for page in PAGES if path in [route.path for route in page.routes])


@pytest.mark.parametrize("path", sorted(ROUTES.keys() - STREAMS))
def test_every_route_answers_a_hostile_link_with_its_default(path: str) -> None:
    status, usual = answer_of(path, b"")
    assert status == 200
    for query in only_wrong(of_page(path)):
        assert answer_of(path, query) == (200, usual)


@pytest.mark.parametrize("path", STREAMS)
def test_every_stream_begins_whatever_its_link_says(path: str) -> None:
    route = ROUTES[path]
    assert isinstance(route, Streamed)
    for query in only_wrong(of_page(path)):
        events = route._events(routes.asked(Request(asked_by(query))))
        next(events)
        events.close()


def test_no_link_is_read_by_the_thread_that_serves_all() -> None:
    threads = []

    def asked(request: Request) -> Any:
        threads.append(current_thread())
        return []

    with patch.object(routes, "asked", asked), patch("pages.shared.streams.asked", asked):
        answer_of("/api/train", b"")
        streamed = ROUTES["/api/train/stream"]
        assert isinstance(streamed, Streamed)
        response: Any = anyio.run(streamed._answer, Request(asked_by(b"")))
        assert len(threads) == 1  # what begins the work has read nothing yet
        response._work.next()
        response._work.close()
    assert len(threads) == 2
    assert threads[0] is not main_thread()


@pytest.mark.parametrize(
    ("query", "rest"),
    [(b"", REST_SECONDS), (b"lr=1&at_once=1", 0), (b"at_once", 0), (b"x=at_once", REST_SECONDS)],
)
def test_a_stream_begins_at_once_where_its_link_says_so(query: bytes, rest: float) -> None:
    streamed = Streamed("/", lambda _: iter(()), rests=True)  # type: ignore[arg-type, return-value]
    response: Any = anyio.run(streamed._answer, Request(asked_by(query)))
    assert response._rest == rest
    assert bool(NAMED.search(query)) == (WITHOUT_REST in dict(parse_qsl(query.decode(), True)))


# ---- the pages


def warned(page: AppTest) -> list[str]:
    """The sentences of the one box that the page begins with."""
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    (box,) = page.warning
    assert not {*TURNING, *BREAKING, *LONE} - {"\n"} & {*box.value}
    sentences: list[str] = box.value.split("\n\n")
    assert len(sentences) <= MOST_SAID + 1
    assert all(len(sentence) <= 2 * LONGEST_SENTENCE for sentence in sentences)  # signs are escaped
    return sentences


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("bad", ["9" * 5000, "%{x}\u202e<b>\0", "nan", "x" * 10_000])
def test_a_page_opens_with_the_default_for_all_that_is_wrong(path: str, bad: str) -> None:
    usual, page = opened(path), unopened(path)
    for key in FORMS[path].settings:
        page.query_params[key] = bad
    assert warned(page.run())
    form = FORMS[path]
    assert form.kept(page.session_state) == form.kept(usual.session_state)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", PATHS)
def test_a_link_with_more_fields_than_streamlit_reads_is_no_silence(path: str) -> None:
    page = unopened(path)
    for k in range(3 * UNKNOWN):
        page.query_params[f"colour {k}"] = "\u202e"
    (said,) = warned(page.run())
    assert f"names {3 * UNKNOWN} settings that do not exist" in said


def test_streamlit_hands_on_a_link_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "CLIENT_STATE_QUERY_STRING_MAX_FIELDS"
    module = long_links.query_params
    monkeypatch.setattr(module, name, getattr(module, name))  # as it was, after the test
    query = "a&" * 30_000
    assert sanitize_query_string(query) == ""
    long_links.take()
    assert sanitize_query_string(query) == query


SMALLEST = 1e-320


@pytest.mark.parametrize("path", PATHS)
def test_numbers_as_small_as_there_are_make_a_page(path: str) -> None:
    """A warning of NumPy would be an exception here."""
    for key, setting in FORMS[path].settings.items():
        try:
            setting.read(str(SMALLEST))
        except ValueError:
            continue
        page = unopened(path)
        page.query_params[key] = str(SMALLEST)
        page.run()
        assert not page.exception, (key, page.exception[0].value)
        assert not page.error, (key, page.error[0].value)
