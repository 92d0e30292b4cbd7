"""Whether people can be sent here: asked by the container, and by a proxy before several."""

from __future__ import annotations

from threading import Event

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import runtime

from pages.shared import work
from pages.shared.routes import NEVER_STORED

# What pages show by default has been worked out, as far as it is.
PREPARED = Event()


async def _told(_: Request) -> JSONResponse:
    """503 until all is ready, and where there should be workers and none is alive.

    Then one is started, for the next who asks: nobody is sent here who would have it start one.
    """
    workers = work.employed()
    alive = None if workers is None else workers.alive
    ready = PREPARED.is_set() and await _is_running()
    told = {"up": True, "ready": ready, "workers": alive}
    start = BackgroundTask(workers.revive) if workers is not None and not alive else None
    status = 200 if ready and alive != 0 else 503
    return JSONResponse(told, status, headers=NEVER_STORED, background=start)


async def _is_running() -> bool:
    if not runtime.exists():
        return False
    running, _ = await runtime.get_instance().is_ready_for_browser_connection
    return running


ROUTES = (Route("/healthz", _told),)
