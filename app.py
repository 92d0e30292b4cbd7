"""The ASGI entry, `streamlit run app.py`: warms up, and adds the addresses that the charts ask."""

from __future__ import annotations

import asyncio
import gc
import importlib
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
import torch
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from threadpoolctl import threadpool_limits

import pages.registry
from pages.registry import PAGES, SHOWN
from pages.shared import (
    assets,
    head,
    health,
    heap,
    limits,
    log,
    long_links,
    metrics,
    offered,
    old_links,
    options,
    paper,
    sessions,
    state,
    store,
    theme,
    unused,
    uploads,
    work,
)
from pages.shared.cards import Cards
from pages.shared.door import Door
from pages.shared.encoding import encode
from pages.shared.language import Spoken
from pages.shared.lessons.path import path
from pages.shared.sockets import allow_files, end_silent_ones, send_at_once
from pages.shared.streams import Streamed, end_streams_on_signals
from pages.shared.visitors import moved_on
from pages.shared.worker import NoAnswerError
from pages.shared.workers import Workers
from pages.start.payload import picture
from pages.start.question import Question
from pages.train.routes import dragged

# Streamlit's threads let go of the interpreter with every message they send, and each wait to get
# it back lasts this long: at Python's 5 ms thirty people wait while half of the machine idles.
SWITCH_SECONDS = 0.001


# What processes share in memory: on Linux a folder that is there even where no file can be written.
SHARED_MEMORY = "/dev/shm"

# The start waits so long for what is prepared; the rest comes while the server answers.
PREPARING_SECONDS = 10.0


async def home(request: Request) -> Response:
    """The page that opens has no path of its own in Streamlit: its name leads to the root."""
    query = request.url.query
    return RedirectResponse(f"{assets.base_path()}/" + (f"?{query}" if query else ""))


def warm() -> None:
    """Pay what the first visitor would pay: imports, a small run with its figure, the files.

    What stands then is taken out of the garbage collector's sight: walking through it costs every
    session a hundred milliseconds a time.
    """
    # Streamlit's tables import the first two on first use, torch.optim's first step the third
    for module in ("pandas", "pyarrow", "torch._dynamo"):
        importlib.import_module(module)

    sys.setswitchinterval(SWITCH_SECONDS)
    torch.set_num_threads(1)
    threadpool_limits(1)
    assets.warm()
    encode(dragged([]))
    encode(picture(Question()))
    path()
    gc.collect()
    gc.freeze()


def have_scratch() -> None:
    """Have a temporary directory: torch and the workers' sockets need one to start."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        os.environ["TMPDIR"] = SHARED_MEMORY


def employ() -> None:
    """Have workers, where the system can."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        work.employ(Workers([pages.registry.__name__], moved_on))


def prepare() -> None:
    """Have whole what the pages show by default, as far as it is streamed, before anybody asks."""
    try:
        for route in OURS:
            if isinstance(route, Streamed) and limits.PREPARE.value:
                with suppress(NoAnswerError):  # the server may end meanwhile
                    route.prepare()
    finally:
        health.PREPARED.set()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Warm up before the first request."""
    if threading.current_thread() is threading.main_thread():  # signals reach no other
        end_streams_on_signals()
    log.tell_briefly()
    heap.keep_little()
    have_scratch()
    allow_files()
    send_at_once()
    end_silent_ones()
    sessions.leave_files_unwatched()
    offered.keep_a_while()
    long_links.take()
    options.read_freely()
    theme.read_once()
    uploads.keep_in_memory()
    state.look_up_singly()
    unused.leave_unheard()
    employ()
    preparing = threading.Thread(target=prepare, daemon=True)
    preparing.start()
    warm()
    preparing.join(PREPARING_SECONDS)
    tending = [asyncio.create_task(tend()) for tend in (sessions.tend, offered.tend, store.tend)]
    yield
    health.PREPARED.clear()
    for task in tending:
        task.cancel()
    work.dismiss()


def below(route: Route) -> Route:
    """The same below any path: which one the app has is not known when routes are listed."""
    return Route(f"/{{base:path}}{route.path}", route.endpoint)


CARDS = Cards(SHOWN)
# Below a path the home's name would be found at the end of other addresses: it comes last.
OURS = [
    *health.ROUTES,
    *metrics.ROUTES,
    *paper.ROUTES,
    *CARDS.routes,
    *(route for page in PAGES for route in page.routes),
    Route(f"/{PAGES[0].path}", home),
]

# Streamlit starts what it finds assigned here; outside it, the door sees faults' answers too.
app: ASGIApp = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    middleware=[
        Middleware(log.Asked),
        Middleware(unused.Unused),
        Middleware(uploads.Bounded),
        Middleware(old_links.OldLinks),
        Middleware(head.Head, told=CARDS),
    ],
    routes=[
        *assets.ROUTES,
        *OURS,
        *map(below, OURS),
    ],
)
app = metrics.Counted(Spoken(Door(app)))
