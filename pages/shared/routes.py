"""The addresses that a chart asks without a rerun, answered whole; `streams` has the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared import counts
from pages.shared.brought import tables
from pages.shared.encoding import encode
from pages.shared.leaving import GoneError, listening
from pages.shared.reasons import reason
from pages.shared.worker import NoAnswerError

# Below it stand the addresses that work is done for.
API = "/api/"
Query = Sequence[tuple[str, str]]
NEVER_STORED = {"Cache-Control": "no-store"}
# In it an address says for whom, where that matters.
VISITOR = "visitor"


def asked(request: Request) -> Query:
    """What an address asks: to read a long one is nothing for the thread that serves all.

    From then on this thread works for the visitor whose secret the address has.
    """
    said = request.query_params.multi_items()
    tables.work_for(dict(said).get(VISITOR, ""))
    return [pair for pair in said if pair[0] != VISITOR]


def answered(path: str, answer: Callable[[Query], Mapping[str, Any]]) -> Route:
    """The address of what is drawn while a control is being dragged, below that of its page."""
    seconds = counts.MOVES.labels(path.split("/")[2], "route")

    async def endpoint(request: Request) -> Response:
        if request.method == "HEAD":  # asks what kind of answer there is, and for no work
            return Response(media_type="application/json", headers=NEVER_STORED)
        begun = time.perf_counter()
        try:
            async with listening(request.receive):
                text = await run_in_threadpool(lambda: encode(answer(asked(request))))
        except GoneError:
            return Response(status_code=499)
        except (ValueError, NoAnswerError) as error:
            text = encode({"message": reason(error)})
            return Response(text, 400, media_type="application/json")
        seconds.observe(time.perf_counter() - begun)
        return Response(text, media_type="application/json", headers=NEVER_STORED)

    return Route(path, endpoint)
