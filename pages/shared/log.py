"""What the log tells of faults: a line each, with the page and the link, nothing of a visitor's.

Whoever finds a fault writes it down in his own way, Streamlit, the web server, a thread of its own:
all of them with what the error says and a screen of code. So it is caught where all of them pass.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.logger import get_logger
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from pages.shared import counts
from pages.shared.faults import told
from pages.shared.fields import Text, as_text
from pages.shared.form import FORMS, HOME, Link, Query
from pages.shared.link import written

NO_PAGE = "no page"

_address: ContextVar[Scope | None] = ContextVar("the address that is asked", default=None)


class Asked:
    """Remembers what is asked, for faults on the way to the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does."""
        # never taken back: each request is answered in a task, and so in a context, of its own, and
        # the web server tells of the fault after this has returned
        _address.set(scope)
        await self.app(scope, receive, send)


def tell_briefly() -> None:
    """Have all faults told so from now on, whoever logs them."""
    before = logging.getLogRecordFactory()

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = before(*args, **kwargs)
        if made.exc_info and made.exc_info[1] is not None:
            counts.FAULTS.inc()
            made.msg, made.args = line(made.exc_info[1]), ()
            made.exc_info = made.stack_info = None
        return made

    logging.setLogRecordFactory(record)
    if logging.lastResort is not None:  # who has no handler of his own writes no time
        logging.lastResort.setFormatter(
            logging.Formatter(config.get_option("logger.messageFormat"))
        )
    threading.excepthook = sys.unraisablehook = _told_by_nobody


def _told_by_nobody(fault: Any) -> None:
    """What a thread or a finalizer ends with; the end of the interpreter is none of it."""
    if fault.exc_value is not None and not isinstance(fault.exc_value, SystemExit):
        get_logger("weight_decay").error("", exc_info=fault.exc_value)


def line(error: BaseException) -> str:
    """A fault of who is served in this thread or task."""
    try:
        here = where()
    except Exception:  # whoever logs a fault gets no other one
        here = NO_PAGE
    return f"fault at {here}: {told(error)}"


def where() -> str:
    """The link to what is being made: the page and its settings, and no other word of a visitor."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        return _of_session(context)
    if (asked := _address.get()) is None or asked["type"] != "http":
        return NO_PAGE
    return _of_request(asked["path"], asked["query_string"].decode("latin-1"))


def _of_session(context: ScriptRunContext) -> str:
    page = context.pages_manager.get_pages().get(context.page_script_hash)
    path = (page and page["url_pathname"]) or HOME
    if path not in FORMS:
        return NO_PAGE
    form, state = FORMS[path], context.session_state.filtered_state
    return _link(path, [(key, as_text(value)) for key, value in form.kept(state).items()])


def _of_request(path: str, query: str) -> str:
    named = [part for part in path.split("/") if part in FORMS]
    return _link(named[0], parse_qsl(query)) if named else NO_PAGE


def _link(page: str, query: Query) -> str:
    form = FORMS[page]
    # what is typed elsewhere may hold a table, or the name of a file
    told = [pair for pair in query if not isinstance(form.settings.get(pair[0]), Text)]
    values, _ = form.given(told)
    said = {key: value for key, value in values.items() if value != form.defaults[key]}
    return Link(page, written(said)).path
