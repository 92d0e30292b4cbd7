"""The door: who is let in by which name, what every answer carries, and how many may come."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Scope
from starlette.websockets import WebSocket

from pages.registry import PAGES
from pages.shared import routes
from pages.shared.door import Door

HERE = "localhost:8501"
POLICY = {"content-security-policy", "x-content-type-options", "referrer-policy"}


class Answer:
    """What came of a request: its start, and its text."""

    def __init__(self, messages: list[Message]) -> None:
        first = messages[0]
        self.accepted = first["type"] == "websocket.accept"
        self.status = first.get("status", 101 if self.accepted else 403)
        self.headers = {name.decode(): value.decode() for name, value in first.get("headers", [])}
        self.text = b"".join(message.get("body", b"") for message in messages).decode()


async def broken(_: Request) -> Response:
    raise RuntimeError("broken")


async def plain(request: Request) -> Response:
    return PlainTextResponse("here")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()


APP = Starlette(
    routes=[
        Route("/", plain),
        Route("/api/work", plain),
        Route("/some/place/api/work", plain),
        Route("/away", lambda _: RedirectResponse("http://elsewhere.example/x")),
        Route("/home", lambda _: RedirectResponse(f"https://{HERE}/wd/?weight_decay=1")),
        Route("/by", lambda _: RedirectResponse(f"http://elsewhere.example/?to=http://{HERE}/x")),
        Route("/twice", lambda _: RedirectResponse(f"http://{HERE}//elsewhere.example")),
        Route("/broken", broken),
        WebSocketRoute("/_stcore/stream", socket),
    ]
)


def scope_of(path: str, headers: dict[str, str], kind: str, address: str) -> Scope:
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": (address, 1234),
        "server": ("127.0.0.1", 8501),
        "extensions": {"websocket.http.response": {}},
        "subprotocols": [],
    }


async def ask(
    door: Door,
    path: str = "/",
    kind: str = "http",
    address: str = "192.0.2.1",
    receive: Callable[[], Awaitable[Message]] | None = None,
    **headers: str,
) -> Answer:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    messages = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect"}])

    async def come() -> Message:
        return next(messages)

    named = {"Host": HERE} | {name.replace("_", "-"): text for name, text in headers.items()}
    with anyio.fail_after(30):
        scope = scope_of(path, {k: v for k, v in named.items() if v}, kind, address)
        try:
            await door(scope, receive or come, send)
        except RuntimeError as error:
            assert str(error) == "broken"  # noqa: PT017  # it goes on to the log
    return Answer(sent)


def asked(path: str = "/", kind: str = "http", **headers: str) -> Answer:
    return anyio.run(lambda: ask(Door(APP), path, kind, **headers))


OWN = [
    *("localhost", "localhost:8501", "LOCALHOST:80", "localhost.", "127.0.0.1", "127.9.9.9:8501"),
    *("[::1]", "[::1]:8501", "192.168.1.20:8501", "10.0.0.7", "[fe80::1]:9000", "203.0.113.5"),
]
FOREIGN = [
    *("evil.example", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example"),
    *("2130706433", "0x7f.1", "127.1", "localhost@evil.example", "localhost:8501/x", ":8501", "["),
    *("[evil.example]", "[::1", "a b", "localhost:port", "decay.example.org"),
]


@pytest.mark.parametrize("host", OWN)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_addresses_in_numbers_and_this_machine_are_let_in(host: str, kind: str) -> None:
    path = "/" if kind == "http" else "/_stcore/stream"
    assert asked(path, kind, Host=host).status in (200, 101)


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize(
    ("path", "kind"), [("/", "http"), ("/api/work", "http"), ("/_stcore/stream", "websocket")]
)
def test_a_foreign_name_is_not(host: str, path: str, kind: str) -> None:
    answer = asked(path, kind, Host=host)
    assert answer.status == 403
    assert "WEIGHT_DECAY_HOSTS" in answer.text
    assert answer.headers.keys() >= POLICY
    assert "evil" not in answer.headers["content-security-policy"]


def test_a_program_may_leave_the_name_out() -> None:
    """A load balancer's check says HTTP/1.0 and no name."""
    assert asked(Host="").status == 200


@pytest.mark.parametrize(
    ("host", "let_in"),
    [
        ("decay.example.org", True),
        ("DECAY.example.org:443", True),
        ("other.example.org", False),
        ("a.school.example", True),
        ("b.a.school.example", True),
        ("school.example", False),
        ("badschool.example", False),
        ("localhost", True),
    ],
)
def test_names_are_added_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, host: str, let_in: bool
) -> None:
    monkeypatch.setenv("WEIGHT_DECAY_HOSTS", "decay.example.org, *.school.example")
    assert (asked(Host=host).status == 200) == let_in


def test_every_name_may_be_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHT_DECAY_HOSTS", "*")
    assert asked(Host="any.example").status == 200
    assert asked(Host="a b").status == 403
    assert asked(Host="any.example", Origin="http://evil.example").status == 403


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "https://evil.example:8501", "null", "", "http://localhost"),
        *("http://localhost:3000", "http://127.0.0.1:8501", "http://localhost:8501.evil.example"),
    ],
)
@pytest.mark.parametrize(
    ("path", "kind"), [("/", "http"), ("/api/work", "http"), ("/_stcore/stream", "websocket")]
)
def test_a_page_of_another_site_is_not_let_in(origin: str, path: str, kind: str) -> None:
    answer = asked(path, kind, Origin=origin or "about:blank")
    assert answer.status == 403
    assert "own pages" in answer.text


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_of_ours_is(scheme: str) -> None:
    """The scheme is the proxy's that has ended TLS."""
    assert asked("/_stcore/stream", "websocket", Origin=f"{scheme}://{HERE}").accepted
    assert asked("/api/work", Origin=f"{scheme}://{HERE}").status == 200


@pytest.mark.parametrize("path", ["/api/work", "/some/place/api/work"])
@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)],
)
def test_no_work_is_done_for_another_site(path: str, site: str, status: int) -> None:
    assert asked(path, Sec_Fetch_Site=site).status == status


def test_links_elsewhere_lead_to_pages() -> None:
    assert asked("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200


def test_all_addresses_that_work_is_done_for_stand_below_one() -> None:
    assert all(route.path.startswith(routes.API) for page in PAGES for route in page.routes)


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/nothing", 404), ("/away", 307), ("/broken", 500)]
)
def test_every_answer_carries_the_policy(path: str, status: int) -> None:
    answer = asked(path)
    assert answer.status == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    rules = answer.headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'self'" in rules
    assert f"connect-src 'self' ws://{HERE} wss://{HERE}" in rules


@pytest.mark.parametrize("host", ["[::1]:8501", "localhost.", ""])
def test_what_the_policy_cannot_name_is_its_own_page(host: str) -> None:
    """A browser would complain of the rest, and needs only the first."""
    assert "connect-src 'self'; " in asked(Host=host).headers["content-security-policy"]


def test_a_site_may_be_allowed_to_show_pages_in_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHT_DECAY_FRAMES", "https://course.example.org/, http://a.example:8000")
    rules = asked().headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'self' https://course.example.org http://a.example:8000" in rules


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/home", "/wd/?weight_decay=1"),
        ("/away", "http://elsewhere.example/x"),
        ("/by", f"http://elsewhere.example/?to=http://{HERE}/x"),
        ("/twice", f"http://{HERE}//elsewhere.example"),
    ],
)
def test_who_is_led_on_stays_with_the_scheme_he_came_by(path: str, leads_to: str) -> None:
    assert asked(path).headers["location"] == leads_to


# ---------------------------------------------------------------- how many


class Held:
    """Requests that stay open until they are let go."""

    def __init__(self) -> None:
        self.go = anyio.Event()
        self.door = Door(self.app)

    async def app(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["path"] != "/" or scope["type"] == "websocket":
            await self.go.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async def more(self, tasks: Any, count: int, path: str, kind: str, address: str) -> None:
        for _ in range(count):
            tasks.start_soon(lambda: ask(self.door, path, kind, address))
        await anyio.wait_all_tasks_blocked()


async def at_limit(path: str, kind: str, ask_on: str, kind_on: str) -> tuple[Answer, ...]:
    """One more from an address that has three open, from another, and when they are done."""
    held = Held()
    async with anyio.create_task_group() as tasks:
        await held.more(tasks, 3, path, kind, "192.0.2.1")
        page = {"Accept": "text/html"}
        refused = await ask(held.door, ask_on, kind_on, "192.0.2.1", **page)
        held.go.set()
        other = await ask(held.door, ask_on, kind_on, "192.0.2.2", **page)
    return refused, other, await ask(held.door, ask_on, kind_on, "192.0.2.1", **page)


@pytest.mark.parametrize(
    ("path", "kind", "ask_on", "kind_on", "sentence"),
    [
        ("/api/x/stream", "http", "/api/x", "http", "Too much is being worked out"),
        ("/_stcore/stream", "websocket", "/_stcore/stream", "websocket", "All places are taken"),
        ("/wd/_stcore/stream", "websocket", "/", "http", "All places are taken"),
    ],
)
def test_one_address_takes_so_much_and_no_more(
    monkeypatch: pytest.MonkeyPatch, path: str, kind: str, ask_on: str, kind_on: str, sentence: str
) -> None:
    for name in ("WORKS", "VISITS"):
        monkeypatch.setenv(f"WEIGHT_DECAY_ADDRESS_{name}", "3")
    refused, other, later = anyio.run(at_limit, path, kind, ask_on, kind_on)
    assert refused.status == 429
    assert sentence in refused.text
    assert refused.headers["retry-after"]
    assert refused.headers.keys() >= POLICY
    assert (other.status, later.status) == (200, 200)


def test_all_addresses_together_open_so_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHT_DECAY_VISITS", "4")

    async def crowded() -> tuple[Answer, Answer]:
        held = Held()
        async with anyio.create_task_group() as tasks:
            for number in range(4):
                address = f"192.0.2.{number}"
                await held.more(tasks, 1, "/_stcore/stream", "websocket", address)
            refused = await ask(held.door, "/_stcore/stream", "websocket", "192.0.2.9")
            work = await ask(held.door, "/", address="192.0.2.9")  # a file for who is in
            held.go.set()
        return refused, work

    refused, work = anyio.run(crowded)
    assert (refused.status, work.status) == (429, 200)


def test_a_class_behind_one_router_has_room() -> None:
    async def thirty() -> Answer:
        held = Held()
        async with anyio.create_task_group() as tasks:
            await held.more(tasks, 30 * 5, "/_stcore/stream", "websocket", "192.0.2.1")
            await held.more(tasks, 30 * 5, "/api/x/stream", "http", "192.0.2.1")
            answer = await ask(held.door, Accept="text/html")
            held.go.set()
        return answer

    assert anyio.run(thirty).status == 200
