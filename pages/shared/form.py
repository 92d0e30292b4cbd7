"""A page's question as links and sessions say it: one reader and one writer for all pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from pages.shared.fields import Choice, Setting, Value, as_text, usual
from pages.shared.foreign import is_foreign
from pages.shared.guessing import GuessAxis
from pages.shared.language import LANG, with_language
from pages.shared.link import LESSON, PIN, few, read_values, written
from pages.shared.reasons import reason
from pages.shared.words import say, told

Question = TypeVar("Question")
Values = Mapping[str, Value]
Query = Iterable[tuple[str, str]]
State = MutableMapping[Any, Any]

# The page at the root of the site.
HOME = "start"


@dataclass(frozen=True)
class Link:
    """Where a link leads: a page, and what it is asked there."""

    page: str
    query: str

    @property
    def path(self) -> str:
        """The link as it stands below the site's own place."""
        page = "" if self.page == HOME else self.page
        return f"/{page}" + (f"?{self.query}" if self.query else "")

    @property
    def told(self) -> str:
        """The same in the language that is spoken."""
        return Link(self.page, with_language(self.query)).path


class Form(Generic[Question]):
    """The settings of a page, and the question that their values are.

    make: the question with these values, ValueError where they do not go together; values: its
    values, as a session keeps them. reads: the keys of the settings that such values read, all if
    left out. said: the values as a link has them, without what follows from the rest. mended: a
    question put right, with a sentence for each mend; it is also given what the link said.
    worked_out: the same of what takes work to be put right, for which no reading of a link waits.
    limited: a setting within the limits that the other values put to it. aside: what may differ
    from a preset that is still the same.
    """

    def __init__(
        self,
        page: str,
        settings: Mapping[str, Setting],
        make: Callable[..., Question],
        *,
        values: Callable[[Question], Values] = asdict,  # type: ignore[assignment]
        reads: Callable[[Values], Collection[str]] | None = None,
        said: Callable[[Question], Values] | None = None,
        mended: Callable[[Question, Values], tuple[Question, list[str]]] | None = None,
        worked_out: Callable[[Question], tuple[Question, list[str]]] | None = None,
        limited: Callable[[Setting, Values], Setting] | None = None,
        aside: Collection[str] = (),
        axes: Mapping[str, GuessAxis] | None = None,
    ) -> None:
        """A form with no page is a part of others; any other is known from now on to all links.

        Its `title` is the registry's to say.
        """
        self._title = page
        self.page, self.settings, self.make, self.values = page, settings, make, values
        self.reads = reads or (lambda _: self.settings.keys())
        self.said = said or values
        self.mended = mended or (lambda question, _: (question, []))
        self.worked_out = worked_out or (lambda question: (question, []))
        self.limited = limited or (lambda setting, _: setting)
        self.aside = frozenset(aside)
        self.axes = axes or {}
        if page:
            FORMS[page] = self

    @property
    def title(self) -> str:
        """The page's name in words."""
        return told(self._title)

    @title.setter
    def title(self, title: str) -> None:
        self._title = title

    @property
    def defaults(self) -> dict[str, Value]:
        """The default of every setting."""
        return {key: usual(setting) for key, setting in self.settings.items()}

    def of(self, values: Values) -> Question:
        """The question with these values; a missing one has its default."""
        return self.make(**{**self.defaults, **values})

    def varied(self, question: Question, values: Values) -> Question:
        """The question with other values; what it holds beside its values stays."""
        return self.of({**self.values(question), **values})

    @property
    def named(self) -> Collection[str]:
        """All that a link to the page may name."""
        return self.settings.keys()

    def others(self, *keys: str) -> list[str]:
        """The settings beside these."""
        return [key for key in self.settings if key not in keys]

    # ---- the link

    def differences(self, question: Question) -> dict[str, Value]:
        """What a link to the question says: defaults, and what is not read, are left out."""
        read, defaults = self.reads(self.values(question)), self.defaults
        said = self.said(question).items()
        return {key: value for key, value in said if key in read and value != defaults[key]}

    def query(self, question: Question) -> str:
        """The question as the query of a link."""
        return written(self.differences(question))

    def link(self, question: Question) -> Link:
        """The link to the question."""
        return Link(self.page, self.query(question))

    def read(self, query: Query) -> tuple[Question, list[str]]:
        """The question in a query, and a few sentences for what in it makes no sense."""
        question, complaints = self.understood(query)
        return question, few(complaints)

    def understood(self, query: Query) -> tuple[Question, list[str]]:
        """The question in a query, and a sentence for everything in it that makes no sense."""
        values, complaints = self.given(query)
        question, mends = self.settled(values)
        return question, [*complaints, *mends]

    def given(self, query: Query) -> tuple[dict[str, Value], list[str]]:
        """The values that a query names, and a sentence for everything that is none."""
        return read_values(query, self.settings, self.defaults, unknown)

    def settled(self, values: Values) -> tuple[Question, list[str]]:
        """The question that these values are after all, and a sentence for every change."""
        try:
            question = self.of(values)
        except ValueError as error:
            said = say("The link's settings do not go together: {why}.", why=reason(error))
            return self.of({}), [said]
        return self.mended(question, values)

    def says(self, question: Question) -> bool:
        """Whether the page has such a question: no value of it is beyond its setting."""
        try:
            for key, value in self.differences(question).items():
                self.settings[key].read(as_text(value))
        except ValueError:
            return False
        return True

    def told(self, question: Question) -> dict[str, Value]:
        """What a link to the question says, without what a preset leaves open."""
        said = self.differences(question).items()
        return {key: value for key, value in said if key not in self.aside}

    # ---- the session

    def slot(self, key: str) -> str:
        """The name by which a session keeps what belongs to the page, a setting's value above all.

        Pages with a name in common have the setting in common.
        """
        return f"{self.page} {key}" if self.page else key

    @property
    def slots(self) -> frozenset[str]:
        """The names of all settings."""
        return frozenset(self.slot(key) for key in self.settings)

    def take(self, query: Query, state: State) -> list[str]:
        """Take over the question in a query, once that is worked out; a few of its complaints."""
        question, complaints = self.understood(query)
        question, mends = self.worked_out(question)
        self.keep(question, state)
        return few([*complaints, *mends])

    def keep(self, question: Question, state: State) -> None:
        """Set the controls to a question."""
        self.show(self.values(question), state)

    def show(self, values: Values, state: State) -> None:
        """Set the controls; a setting that is not named takes its default."""
        for key, default in self.defaults.items():
            state[self.slot(key)] = values.get(key, default)

    def kept(self, state: Mapping[Any, Any]) -> dict[str, Value]:
        """The values in a session."""
        return dict(InSession(self, state))

    def memory(self, values: Values, state: Mapping[Any, Any]) -> str:
        """All that a session with these values keeps of the page, as a query: the unread, too."""
        defaults = self.defaults
        return written({key: value for key, value in values.items() if value != defaults[key]})

    def recall(self, memory: str, state: State) -> None:
        """Keep in a session what another one kept of the page."""
        values, _ = self.given(parse_qsl(memory, keep_blank_values=True))
        self.show(values, state)

    def chosen(self, state: Mapping[Any, Any]) -> Question:
        """The question in a session. ValueError where its values do not go together."""
        return self.of(self.kept(state))


class InSession(Mapping[str, Value]):
    """What `kept` gives, each value looked up when it is asked for: Streamlit takes long for it."""

    def __init__(self, form: Form[Any], state: Mapping[Any, Any]) -> None:
        self._form, self._state = form, state
        self._seen: dict[str, Value] = {}

    def __getitem__(self, key: str) -> Value:
        if key not in self._seen:
            setting = self._form.settings[key]
            value = self._state.get(self._form.slot(key), usual(setting))
            # a tab may stand where there was a choice that there is none of any more
            known = not isinstance(setting, Choice) or value in setting.options
            self._seen[key] = value if known else usual(setting)
        return self._seen[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._form.settings)

    def __len__(self) -> int:
        return len(self._form.settings)


# The form of every page, by the page's name.
FORMS: dict[str, Form[Any]] = {}


def unknown(keys: Iterable[str]) -> list[str]:
    """Those that are settings of no page, and that no other service adds to links."""
    own = {PIN, LESSON, LANG}.union(*(form.settings for form in FORMS.values()))
    return [key for key in keys if key not in own and not is_foreign(key)]


def set_control(slot: str, text: str, state: State) -> None:
    """Set the control that a session keeps by this name to the value in a text."""
    for form in FORMS.values():
        for key, setting in form.settings.items():
            if form.slot(key) == slot:
                with suppress(ValueError):
                    state[slot] = setting.read(text)
                return


def link_to(page: str, values: Values) -> Link | None:
    """The link to a question of any page; None where the page has none like it."""
    form = FORMS[page]
    try:
        question = form.of(values)
    except ValueError:
        return None
    return form.link(question) if form.says(question) else None
