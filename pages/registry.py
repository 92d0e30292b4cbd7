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
from pages.shared.words import label, tells
from pages.train.routes import ROUTES as TRAIN
from pages.which.routes import ROUTES as WHICH
from wd_core.models import Offer


@tells("title", "question", "about")
@dataclass(frozen=True)
class Page:
    """One page.

    path: its folder and its address; title: its name in the navigation and the browser's tab;
    question: what it asks, its heading; group: where it stands in the navigation, beside all groups
    where it has none; routes: the addresses its charts ask; needs: what a model has to offer to be
    shown on it; pictured: whether it shows a picture, as all do that answer what they ask; about: a
    sentence for who sees its link, of what can be seen and done there whatever it is set to.
    """

    path: str
    title: str
    question: str
    group: str
    routes: tuple[Route, ...] = ()
    needs: frozenset[Offer] = frozenset()
    pictured: bool = True
    about: str = ""

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
    Page(
        "start",
        label("Start"),
        label("What is weight decay?"),
        "",
        about=label("The answer on one screen, and a picture that follows a slider."),
    ),
    Page(
        "train",
        label("Train"),
        label("Does weight decay stop overfitting?"),
        label("Watch"),
        TRAIN,
        about=label(
            "Train a model with any weight decay, and see its test loss beside the one without."
        ),
    ),
    Page(
        "step",
        label("One step"),
        label("What does weight decay do to w at each update?"),
        label("Watch"),
        needs=frozenset({"steps"}),
        about=label(
            "Take any optimizer's update apart into numbers, and see which rates are stable."
        ),
    ),
    Page(
        "geometry",
        label("Geometry"),
        label("Why does a penalty pull the optimum in?"),
        label("Understand"),
        GEOMETRY,
        EXACT,
        about=label(
            "Level sets, constraint and penalty in one picture, where λ and θ drive each other."
        ),
    ),
    Page(
        "act",
        label("What decay keeps"),
        label("Where does weight decay act?"),
        label("Understand"),
        needs=frozenset({"directions"}),
        about=label("See what λ and early stopping keep of each direction of the data."),
    ),
    Page(
        "dimension",
        label("When more hurts"),
        label("Can more features, or more data, hurt?"),
        label("Understand"),
        DIMENSION,
        EXACT,
        about=label(
            "The test loss over the number of features or examples, without decay and with it."
        ),
    ),
    Page(
        "zeros",
        label("Exact zeros"),
        label("Which penalty makes weights exactly zero?"),
        label("Understand"),
        about=label("The same data under the L1 norm and under weight decay, weight by weight."),
    ),
    Page(
        "prior",
        label("The prior"),
        label("What does a penalty believe about the weights?"),
        label("Understand"),
        about=label(
            "Likelihood times prior, in two dimensions: what a penalty takes the weights to be."
        ),
    ),
    Page(
        "which",
        label("The best decay"),
        label("How much weight decay is best?"),
        label("Choose"),
        WHICH,
        EXACT,
        about=label(
            "The test loss over λ, and what GCV, leave-one-out, validation and Bayes choose."
        ),
    ),
    Page(
        "map",
        label("Learning rate and decay"),
        label("Do the learning rate and λ pull together?"),
        label("Choose"),
        MAP,
        about=label("The test loss over learning rate and weight decay, coupled beside decoupled."),
    ),
    Page(
        "remedies",
        label("Other remedies"),
        label("What else stops overfitting?"),
        label("Choose"),
        REMEDIES,
        about=label(
            "More data, fewer features, stopping early and noisy inputs, beside weight decay."
        ),
    ),
    Page(
        "codes",
        label("The codes compared"),
        label("Do the book's two codes compute the same?"),
        label("The book"),
        CODES,
        frozenset({"steps"}),
        about=label("The book's scratch and concise code in lock-step, and what sets them apart."),
    ),
    Page(
        "book",
        label("The book’s numbers"),
        label("Can the book's numbers be reproduced?"),
        label("The book"),
        BOOK,
        EXACT,
        about=label("Every edition's printed numbers beside ours, over many seeds."),
    ),
    Page(
        "exercises",
        label("Exercises"),
        label("Can you work it out yourself?"),
        "",
        pictured=False,
        about=label(
            "Exercises: each is answered by a number, by a choice, or by what you do on its page."
        ),
    ),
)
PICTURED = tuple(page for page in PAGES if page.pictured)
# What is looked up beside them: it asks for no settings, and its terms are read one at a time.
GLOSSARY = Page(
    "glossary",
    label("Glossary"),
    label("What do the words mean?"),
    "",
    pictured=False,
    about=label("Every term in plain sentences, and where it is seen."),
)
TABLE = Page(
    "table",
    label("Your table"),
    label("What does decay do to your own data?"),
    label("Choose"),
    pictured=False,
    about=label("Bring a table, see what was understood of it, and train on it."),
)
SHOWN = (*PAGES, TABLE, GLOSSARY)
for page in SHOWN:
    import_module(f"pages.{page.path}.question")  # what it asks is known to all links from now on
    page.form.title = page.title
    _guide(f"pages.{page.path}.guide")
GROUPS = tuple(dict.fromkeys(page.group for page in SHOWN))
