"""The addresses that a chart asks without a rerun, answered whole; `streams` has the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared.encoding import encode
from pages.shared.worker import NoAnswerError

Query = Sequence[tuple[str, str]]
NEVER_STORED = {"Cache-Control": "no-store"}


def answered(path: str, answer: Callable[[Query], Mapping[str, Any]]) -> Route:
    """The address of what is drawn while a control is being dragged."""

    async def endpoint(request: Request) -> Response:
        query = request.query_params.multi_items()
        try:
            text = await run_in_threadpool(lambda: encode(answer(query)))
        except (ValueError, NoAnswerError) as error:
            text = encode({"message": str(error)})
            return Response(text, 400, media_type="application/json")
        return Response(text, media_type="application/json", headers=NEVER_STORED)

    return Route(path, endpoint)
