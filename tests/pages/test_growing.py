"""Pages whose pictures grow: each says where the rest comes from, can be stopped, and goes on."""

import ast
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pages.book import answer as book_answer
from pages.book import payload as book_payload
from pages.book.question import FORM as BOOK
from pages.codes import answer as codes_answer
from pages.codes import payload as codes_payload
from pages.codes.question import FORM as CODES
from pages.dimension import answer as dimension_answer
from pages.dimension import payload as dimension_payload
from pages.dimension.question import FORM as DIMENSION
from pages.map import payload as map_payload
from pages.map.question import FORM as MAP
from pages.remedies import answer as remedies_answer
from pages.remedies import payload as remedies_payload
from pages.remedies.question import FORM as REMEDIES
from pages.shared import pace, work
from pages.shared.encoding import encode
from pages.shared.payload import Events, Payload
from pages.shared.store import Store
from pages.which import payload as which_payload
from pages.which.answer import measured
from pages.which.question import FORM as WHICH
from tests.pages.opening import opened, told

# More epochs than are ready in one part; the switches act, so that there are runs of each alone.
CODES_LINK = {"n_features": 3, "n_train": 4, "batch_size": 3, "epochs": 12}

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Growing:
    """A page that grows: its name, a link to a little of it, its payload and its stream."""

    page: str
    query: dict[str, str]
    payload: Callable[[], Payload]
    events: Callable[[], Events]
    units: tuple[str, ...]


def _map() -> Any:
    return MAP.of({"n_features": 3, "n_train": 4, "epochs": 3, "per_decade": 1, "seeds": 2})


def _which() -> Any:
    return WHICH.of({"epochs": 3, "seeds": 2, "draws": 5})


def _codes() -> codes_answer.Question:
    asked = CODES.of(CODES_LINK)
    return codes_answer.Question(asked.settings, asked.shown)


def _dimension() -> Any:
    return DIMENSION.of({"n_train": 20, "draws": 10})


def _book() -> Any:
    return BOOK.of({"seeds": 50})


def _remedies() -> Any:
    return REMEDIES.of({"n_train": 5, "n_features": 3, "epochs": 3})


PAGES = [
    Growing(
        "map",
        {"n_features": "3", "n_train": "4", "epochs": "3", "per_decade": "1", "seeds": "2"},
        lambda: map_payload.maps(_map().settings, _map().shown),
        lambda: map_payload.stream(_map().settings, _map().shown),
        ("run",),
    ),
    Growing(
        "which",
        {"epochs": "3", "seeds": "2", "draws": "5"},
        lambda: which_payload.picture(measured.begun(_which())),
        lambda: which_payload.stream(_which()),
        ("run", "data set"),
    ),
    Growing(
        "dimension",
        {"n_train": "20", "draws": "10"},
        lambda: dimension_payload.descent(dimension_answer.begun(_dimension())),
        lambda: dimension_payload.stream(_dimension()),
        ("part",),
    ),
    Growing(
        "book",
        {"seeds": "50"},
        lambda: book_payload.prints(book_answer.begun(_book())),
        lambda: book_payload.stream(_book()),
        ("seed",),
    ),
    Growing(
        "remedies",
        {"n_train": "5", "n_features": "3", "epochs": "3"},
        lambda: remedies_payload.picture(remedies_answer.begun(_remedies())),
        lambda: remedies_payload.stream(_remedies()),
        ("draw",),
    ),
    Growing(
        "codes",
        {name: str(value) for name, value in CODES_LINK.items()},
        lambda: codes_payload.lock_step(codes_answer.begun(_codes()), ()),
        lambda: codes_payload.stream(_codes()),
        ("epoch",),
    ),
]
each = pytest.mark.parametrize("growing", PAGES, ids=lambda growing: growing.page)


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is whole at first, every part is sent, and turns and parts are small."""
    monkeypatch.setattr(work, "STORE", Store(2**28))
    monkeypatch.setattr(work, "AT_FIRST", 0.0)
    monkeypatch.setattr(work, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(dimension_answer, "PART_SECONDS", 1e-3)
    monkeypatch.setattr(book_answer, "BLOCK", 10)
    monkeypatch.setattr(codes_answer, "PART_SECONDS", 1e-3)
    growing = map_payload, which_payload, dimension_payload, book_payload, codes_payload
    for page in (*growing, remedies_payload):
        monkeypatch.setattr(page, "PACE_SECONDS", 0.0)
    threads = threading.active_count()
    yield
    assert work.running() == frozenset()
    assert threading.active_count() == threads


@each
def test_the_rest_comes_in_a_stream_that_ends_with_the_whole_picture(growing: Growing) -> None:
    opening = growing.payload()
    address, _, _ = str(opening["stream"]).partition("?")
    assert address == f"/api/{growing.page}/stream"
    assert opening["resumes"] is True
    events = told(growing.events())
    assert [name for name, _ in events[-2:]] == ["picture", "done"]
    assert sum(name == "picture" for name, _ in events) > 2
    units = [data["unit"] for name, data in events if name == "picture" and "unit" in data]
    assert tuple(dict.fromkeys([opening["unit"], *units])) == growing.units
    whole = growing.payload()
    assert whole["stream"] is None
    final = events[-2][1]
    for name in final:
        if name != "figure":
            assert encode({name: final[name]}) == encode({name: whole[name]})  # type: ignore[literal-required]
    assert encode(final["figure"]["data"]) == encode(whole["figure"]["data"])


@each
def test_the_count_rises_to_the_end(growing: Growing) -> None:
    total = {growing.payload()["unit"]: growing.payload()["total"]}
    counts: dict[str, list[int]] = {}
    unit = growing.payload()["unit"]
    for name, data in told(growing.events()):
        if name == "picture":
            unit = data.get("unit", unit)
            total[unit] = data.get("total", total.get(unit))
        elif name == "rows":
            counts.setdefault(unit, []).append(data["epoch"])
            assert data["epoch"] <= total[unit]
            assert data["seconds_left"] is None or data["seconds_left"] >= 0
    assert all(count == sorted(count) for count in counts.values())


@each
def test_a_payload_says_how_many_have_come_as_its_stream_counts_them(growing: Growing) -> None:
    # some have a block, or a draw, at least
    assert growing.payload()["come"] == 0 or growing.page in ("book", "remedies")
    with closing(growing.events()) as events:
        rows = (event[1] for event in events if event is not None and event[0] == "rows")
        for data in rows:
            assert growing.payload()["come"] == data["epoch"]
            if data["epoch"] > 2:
                break
    assert growing.payload()["come"] == data["epoch"] > 0
    told(growing.events())
    assert growing.payload()["come"] == growing.payload()["total"]


def test_a_picture_and_its_count_are_of_one_moment() -> None:
    """What comes between the two is in neither."""
    entry, counts = _book(), iter(range(10_000))
    growth, seen = book_answer.work(entry), []

    def now() -> int:
        return next(counts)

    events = told(pace.pictures(growth, 0.0, now, lambda k: {"total": k}, lambda k: (k, 10_000)))
    for (name, before), (after, data) in pairwise(events):
        if (name, after) == ("picture", "rows"):
            assert before["total"] == data["epoch"]
            seen.append(data["epoch"])
    assert seen == sorted(set(seen))
    assert len(seen) > 2


@each
def test_a_stop_keeps_what_came_and_it_goes_on(growing: Growing) -> None:
    def came(events: Events) -> int:
        """Stop after a few parts: how many pictures were sent."""
        pictures = 0
        with closing(events):
            for event in events:
                pictures += event is not None and event[0] == "picture"
                if pictures == 3:
                    break
        return pictures

    assert came(growing.events()) == 3
    assert work.running() == frozenset()
    stopped = growing.payload()
    assert stopped["stream"]
    rest = told(growing.events())
    assert rest[-1][0] == "done"
    assert rest[-2][1]["figure"]["data"]
    assert growing.payload()["stream"] is None
    in_pieces = encode(growing.payload())
    work.STORE.clear()
    told(growing.events())
    assert encode(growing.payload()) == in_pieces


@each
def test_a_page_left_in_mid_work_leaves_nothing_running(growing: Growing) -> None:
    """Nor does one that comes again while another's stream works."""
    page = opened(growing.page, growing.query)
    assert work.running() == frozenset()
    events = growing.events()
    while not work.running():
        next(events)
    page.run()
    assert not page.exception
    assert len(work.running()) == 1
    events.close()
    assert work.running() == frozenset()


@pytest.mark.parametrize("page", ["which", "dimension"])
def test_another_mark_is_the_same_work(page: str) -> None:
    form, picture, begun = {
        "which": (WHICH, which_payload.picture, measured.begun),
        "dimension": (DIMENSION, dimension_payload.descent, dimension_answer.begun),
    }[page]
    streams = {
        picture(begun(form.of({"at": at})))["stream"]  # type: ignore[arg-type, attr-defined]
        for at in ((0.1, 1.0, 5.0) if page == "which" else (0, 30, 50))
    }
    assert len(streams) == 1


def test_the_time_that_is_left_is_told_by_the_speed_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 4.0, 6.0, 10.0, 100.0])
    monkeypatch.setattr(pace.time, "monotonic", partial(next, now))
    told_of = pace.Pace(1.0, done=10)
    assert told_of.seconds_left(10, 50) is None
    assert told_of.seconds_left(20, 50) == pytest.approx(6.0 / 10 * 30)
    assert told_of.seconds_left(20, 50) == pytest.approx(6.0 / 10 * 30 - 4)
    assert told_of.seconds_left(20, 50) == 0


# ---------------------------------------------------------------- nothing grows elsewhere

# What may be kept by number: by the function that is kept, the reason why its entries are tiny.
TINY = {
    "pages/book/question.py: on_train": "a link; asked for each of many numbers",
    "pages/shared/head.py: mounting": "the names of Streamlit's files",
    "pages/shared/language.py: places": "the places of a literal",
    "pages/shared/language.py: catalogues": "the texts of each language",
    "pages/shared/language.py: _translated": "a literal in a language",
    "pages/shared/language.py: _fitting": "the same, of those with a number",
    "pages/shared/settings.py: _names": "the names of a class's fields",
    "pages/shared/door.py": "what is said to a host's name, of 256 names",
    "pages/shared/policy.py: _inline": "hashes of the scripts in Streamlit's page",
    "pages/shared/cached.py: _run_seconds": "a number for each of 256 runs",
    "pages/which/question.py: _grid": "the λ of an axis; asked for many times a move",
    "pages/shared/lessons/path.py: path": "the lessons of this server, which have a largest size",
    "pages/registry.py: _guide": "the guide of each page",
    "pages/shared/glossary/links.py: _pattern": "one pattern a language: the glossary's words",
    "pages/shared/glossary/links.py: _words": "those words, in each language",
    "pages/shared/theme.py: told": "the theme's sections, of which there are six",
    "pages/shared/cards.py: picture": "the pictures of the pages, which lie in the package",
    "pages/shared/paper.py: code": "a QR code of 60 kB at most, of 32 links",
    "pages/shared/assets.py": "the browser's files, as many as there are in the package",
}
CACHES = {"lru_cache", "cache", "OrderedDict"}


def test_what_is_kept_is_kept_by_its_bytes() -> None:
    """Every other memory of the pages is an answer of work.py, under one budget."""
    found = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name == "pages/shared/store.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            decorators = [ast.unparse(d) for d in getattr(node, "decorator_list", [])]
            uses = [text for text in decorators if CACHES & set(text.partition("(")[0].split("."))]
            if uses and isinstance(node, ast.FunctionDef):
                found.add(name if name in TINY else f"{name}: {node.name}")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in CACHES:
                inside = any(ast.unparse(node) in text for text in _decorators(tree))
                assert inside or name in TINY, f"{name} keeps by number: {ast.unparse(node)}"
                found |= set() if inside else {name}
    assert found == TINY.keys()


def _decorators(tree: ast.AST) -> list[str]:
    return [
        ast.unparse(decorator)
        for node in ast.walk(tree)
        for decorator in getattr(node, "decorator_list", [])
    ]
