"""A page opened through AppTest, and what its charts were given."""

import json
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.act.sections import PARTS
from pages.book.sections import DOING
from pages.dimension.sections import CLAIM
from pages.shared.controls import FORMULAS, NUMBERS, READING
from pages.shared.form import FORMS
from pages.shared.payload import Events, Payload
from pages.step.sections import TERMS
from tests.misfits import misfits
from tests.unlinked import unlinked
from wd_core.arrays import Array

PAGES = Path(__file__).parents[2] / "pages"
TIMEOUT_SECONDS = 60
FOLDERS = ("Data", "Training", "Randomness")
# Those of single pages.
OWN_FOLDERS = (
    *("Repetition and range", "Drawing", "Chosen run"),
    *(
        READING,
        FORMULAS,
        NUMBERS,
        PARTS,
        "Does it matter which way λ is chosen?",
        "What do I type for this λ in scikit-learn, torch, Keras?",
        "The numbers at the mark",
    ),
    *("Which lines differ, and which of them matter?", "Both codes, to copy and run"),
    *("How hard does decay pull on each weight?", "What does decay alone do over time?"),
    "How large may the learning rate be?",
    *("What do its plots show with decay?", "What does decay do here?"),
    "Where does every printed number stand?",
    *(CLAIM, DOING, TERMS),
)


def unopened(view: str) -> AppTest:
    """The page of this view, before its first run."""
    path = str(PAGES / view / "view.py")
    return unfolded(AppTest.from_file(path, default_timeout=TIMEOUT_SECONDS), view)


def in_frame(view: str) -> AppTest:
    """The frame, gone to the page of this view, before that page's first run."""
    path = str(PAGES / "frame.py")
    page = AppTest.from_file(path, default_timeout=TIMEOUT_SECONDS).run()  # it registers the pages
    return page.switch_page(f"{view}/view.py")


def unfolded(page: AppTest, view: str) -> AppTest:
    """The page with its expanders open: closed ones hold nothing."""
    for label in (*FOLDERS, *OWN_FOLDERS):
        page.session_state[FORMS[view].slot(f"{label} opened")] = True
    return page


def opened(view: str, query: Mapping[str, str] | None = None) -> AppTest:
    """The page of this view at this address, and no exception on it."""
    page = unopened(view)
    for key, text in (query or {}).items():
        page.query_params[key] = text
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    """The page, which shows neither an exception nor an error."""
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def complaints(page: AppTest) -> list[str]:
    """What the link got wrong, one after the other; all of it stands in one box."""
    assert len(page.warning) <= 1
    return [line for box in page.warning for line in box.value.split("\n\n")]


def payloads(page: AppTest) -> list[dict[str, Any]]:
    """What the charts were given, in the page's order; each has the declared form."""
    charts = (made.proto.bytes for made in page.get("bidi_component") if made.proto.bytes)
    sent = [dict(json.loads(chart)["payload"]) for chart in charts]
    assert not [line for payload in sent for line in misfits(payload, Payload)]
    return sent


def text(page: AppTest) -> str:
    """Everything that the page says."""
    nodes = (*page.markdown, *page.caption, *page.latex, *page.warning)
    return "\n".join(unlinked(str(node.value)) for node in nodes)


def values(data: Any) -> Array:
    """The numbers of a trace, which are sent as text where they were an array."""
    if isinstance(data, dict):
        flat = np.frombuffer(b64decode(data["bdata"]), dtype=data["dtype"])
        sizes = str(data.get("shape", flat.size)).split(",")
        data = flat.reshape([int(size) for size in sizes])
    return np.asarray(data, dtype=np.float64)


def told(events: Events) -> list[Any]:
    """What a stream says, without its moments to stop."""
    return [event for event in events if event is not None]
