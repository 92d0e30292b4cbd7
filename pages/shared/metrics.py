"""What a monitoring may ask: the counts, and how things stand, in the text form of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.shared import limits, streams, visitors, work
from pages.shared.counts import REFUSALS, REGISTRY
from pages.shared.routes import NEVER_STORED
from pages.shared.store import STORE

# Whoever is answered so has done nothing wrong, or nothing of ours.
NO_REFUSALS = {404, 405, 500}


class Present(Collector):
    """How things stand at the moment in which somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A number each."""
        workers = work.employed()
        for name, text, value in (
            ("visitors", "Visitors who have a page open.", visitors.present()),
            ("streams", "Streams that are open.", len(streams.open_streams)),
            ("kept_bytes", "What is kept of results.", STORE.bytes),
            ("workers", "Worker processes that are alive.", workers.alive if workers else 0),
        ):
            yield GaugeMetricFamily(f"weight_decay_{name}", text, value)


class Counted:
    """Counts what is refused, whoever refuses it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does."""

        async def sent(message: Message) -> None:
            # an answer's start has one, and what a WebSocket is refused by
            status = message.get("status", 200)
            if status >= 400 and status not in NO_REFUSALS:
                REFUSALS.labels(str(status)).inc()
            await send(message)

        await self.app(scope, receive, sent)


async def _told(_: Request) -> Response:
    if not limits.METRICS.value:
        return Response(status_code=404)
    text = await run_in_threadpool(generate_latest, REGISTRY)
    return Response(text, headers=NEVER_STORED | {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


REGISTRY.register(Present())
ProcessCollector(registry=REGISTRY)
ROUTES = (Route("/metrics", _told),)
