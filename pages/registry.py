"""All pages: where each is found, what it asks, and what it needs; one entry is enough for a page.

A page's folder holds the rest: `view.py` draws it, `routes.py` has the addresses that its charts
ask without a rerun, `guide.py` the cards of its guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from starlette.routing import Route

from pages.book.routes import ROUTES as BOOK
from pages.codes.routes import ROUTES as CODES
from pages.dimension.routes import ROUTES as DIMENSION
from pages.geometry.routes import ROUTES as GEOMETRY
from pages.map.routes import ROUTES as MAP
from pages.remedies.routes import ROUTES as REMEDIES
from pages.shared.form import FORMS, Form
from pages.shared.guide import Card
from pages.train.routes import ROUTES as TRAIN
from pages.which.routes import ROUTES as WHICH
from wd_core.models import Offer


@dataclass(frozen=True)
class Page:
    """One page.

    path: its folder and its address; title: its name in the navigation and the browser's tab;
    question: what it asks, its heading; group: where it stands in the navigation, beside all groups
    where it has none; routes: the addresses its charts ask; needs: what a model has to offer to be
    shown on it; pictured: whether it shows a picture, as all do that answer what they ask.
    """

    path: str
    title: str
    question: str
    group: str
    routes: tuple[Route, ...] = ()
    needs: frozenset[Offer] = frozenset()
    pictured: bool = True

    @property
    def view(self) -> str:
        """The script that draws it, beside the frame."""
        return f"{self.path}/view.py"

    @property
    def form(self) -> Form[Any]:
        """The form of what it asks."""
        return FORMS[self.path]

    @property
    def cards(self) -> Sequence[Card]:
        """Its guide, which may be left out."""
        return _guide(f"pages.{self.path}.guide")


@cache  # no file is looked for while somebody waits
def _guide(module: str) -> Sequence[Card]:
    return cast(Sequence[Card], import_module(module).CARDS) if find_spec(module) else ()


EXACT: frozenset[Offer] = frozenset({"exact solutions"})

# The first is the one that opens.
PAGES = (
    Page("start", "Start", "What is weight decay?", ""),
    Page("train", "Train", "Does weight decay stop overfitting?", "Watch", TRAIN),
    Page(
        "step",
        "One step",
        "What does weight decay do to w at each update?",
        "Watch",
        needs=frozenset({"steps"}),
    ),
    Page(
        "geometry",
        "Geometry",
        "Why does a penalty pull the optimum in?",
        "Understand",
        GEOMETRY,
        EXACT,
    ),
    Page(
        "act",
        "What decay keeps",
        "Where does weight decay act?",
        "Understand",
        needs=frozenset({"directions"}),
    ),
    Page(
        "dimension",
        "When more hurts",
        "Can more features, or more data, hurt?",
        "Understand",
        DIMENSION,
        EXACT,
    ),
    Page("zeros", "Exact zeros", "Which penalty makes weights exactly zero?", "Understand"),
    Page("prior", "The prior", "What does a penalty believe about the weights?", "Understand"),
    Page("which", "The best decay", "How much weight decay is best?", "Choose", WHICH, EXACT),
    Page(
        "map", "Learning rate and decay", "Do the learning rate and λ pull together?", "Choose", MAP
    ),
    Page("remedies", "Other remedies", "What else stops overfitting?", "Choose", REMEDIES),
    Page(
        "codes",
        "The codes compared",
        "Do the book's two codes compute the same?",
        "The book",
        CODES,
        frozenset({"steps"}),
    ),
    Page("book", "The book", "Can the book's numbers be reproduced?", "The book", BOOK, EXACT),
    Page("exercises", "Exercises", "Can you work it out yourself?", "", pictured=False),
)
PICTURED = tuple(page for page in PAGES if page.pictured)
# What is looked up beside them: it asks for no settings, and its terms are read one at a time.
GLOSSARY = Page("glossary", "Glossary", "What do the words mean?", "", pictured=False)
SHOWN = (*PAGES, GLOSSARY)
for page in SHOWN:
    import_module(f"pages.{page.path}.question")  # what it asks is known to all links from now on
    page.form.title = page.title
    _guide(f"pages.{page.path}.guide")
GROUPS = tuple(dict.fromkeys(page.group for page in SHOWN))
