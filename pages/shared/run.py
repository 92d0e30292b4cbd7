"""A run as a page's question: its settings, what the page shows of it, and the pins beside it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from pages.shared.fields import Choice, Number, Setting, Steps, Value, usual
from pages.shared.form import Form, Query, State, Values
from pages.shared.guessing import GuessAxis
from pages.shared.link import PIN, few, printable, written
from pages.shared.settings import SETTINGS, Settings, relevant, settings_of, within
from pages.shared.sources import chosen
from pages.shared.words import say, tell
from wd_core import DatasetSpec
from wd_core.data import OWN

MOST_PINS = 6
# The name by which a session keeps the pins.
PINS = "pins"

Shown = TypeVar("Shown")


def read_by_run(values: Values) -> set[str]:
    """The settings of a run that a run with these values reads."""
    return relevant(str(values["source"]), str(values["optimizer"]))


def within_data(setting: Setting, values: Values) -> Setting:
    """A setting of a run within what its data have, and its sources those that there are."""
    match setting:
        case Steps():
            return within(setting, chosen(values))
        case Number():
            return within(setting, chosen(values))
        case Choice(key="source") if values["source"] != OWN and not values["target"]:
            others = {name: label for name, label in setting.options.items() if name != OWN}
            return replace(setting, options=others)
    return setting


def too_large(data: DatasetSpec, values: Values) -> list[str]:
    """A sentence for each size in a link that is more than its data have."""
    said: list[str] = []
    given, used = int(values.get("n_train", 0)), data.n_train
    if used == 1 < given:
        said.append(
            say(
                "Training examples n: {given} in the link is more than these data have; the only "
                "one is used.",
                given=given,
            )
        )
    elif used < given:
        said.append(
            say(
                "Training examples n: {given} in the link is more than these data have; {used} are "
                "used.",
                given=given,
                used=used,
            )
        )
    given, used = int(values.get("n_features", 0)), data.n_features
    if used == 1 < given:
        said.append(
            say(
                "Dimension d: {given} in the link is more than these data have; their only feature "
                "is used.",
                given=given,
            )
        )
    elif used < given:
        said.append(
            say(
                "Dimension d: {given} in the link is more than these data have; {used} features "
                "are used.",
                given=given,
                used=used,
            )
        )
    return said


# A run by itself, a part of the forms of the pages that show one.
RUN = Form(
    "",
    SETTINGS,
    lambda **values: settings_of(values),
    values=Settings.values,
    reads=read_by_run,
    mended=lambda settings, given: (settings, too_large(settings.data, given)),
    limited=within_data,
)


@dataclass(frozen=True)
class Pin:
    """A run that is kept beside the present one."""

    name: str
    settings: Settings

    def text(self) -> str:
        """The pin as one value in a link: its name, a question mark, its settings."""
        return f"{self.name}?{RUN.query(self.settings)}"


@dataclass(frozen=True)
class Asked(Generic[Shown]):
    """A run, what a page shows of it, and the runs that are pinned beside it."""

    settings: Settings
    shown: Shown
    pins: tuple[Pin, ...] = ()


class RunForm(Form[Asked[Shown]]):
    """The form of a page that shows a run: the run's settings, which all such pages share, its own.

    own: the settings of the page alone; shown: what their values are. The rest is as in `Form`.
    """

    def __init__(
        self,
        page: str,
        own: dict[str, Setting],
        shown: Callable[..., Shown],
        *,
        reads: Callable[[Values], Collection[str]] | None = None,
        said: Callable[[Asked[Shown]], Values] | None = None,
        mended: Callable[[Asked[Shown], Values], tuple[Asked[Shown], list[str]]] | None = None,
        worked_out: Callable[[Asked[Shown]], tuple[Asked[Shown], list[str]]] | None = None,
        limited: Callable[[Setting, Values], Setting] | None = None,
        aside: Collection[str] = (),
        axes: Mapping[str, GuessAxis] | None = None,
    ) -> None:
        """ValueError where a setting of the page has the key of one of the run's."""
        if both := own.keys() & SETTINGS.keys():
            raise ValueError(f"{page}: a run has settings {sorted(both)} of its own")
        self.own, self.shown = own, shown
        super().__init__(
            page,
            ChainMap(own, SETTINGS),
            self._asked,
            values=_values,
            reads=reads or (lambda values: {*read_by_run(values), *own}),
            said=said,
            mended=mended,
            worked_out=worked_out,
            limited=limited or within_data,
            aside=aside,
            axes=axes,
        )

    def _asked(self, **values: Value) -> Asked[Shown]:
        run, own = self._parts(values)
        return Asked(RUN.of(run), self.shown(**own))

    def _parts(self, values: Values) -> tuple[dict[str, Value], dict[str, Value]]:
        """The run's and the page's own."""
        own = {key: value for key, value in values.items() if key in self.own}
        return {key: value for key, value in values.items() if key not in own}, own

    def varied(self, question: Asked[Shown], values: Values) -> Asked[Shown]:
        """The question with other values; its pins stay."""
        return replace(super().varied(question, values), pins=question.pins)

    # ---- the link

    @property
    def named(self) -> Collection[str]:
        """All that a link to the page may name: pins, too."""
        return {*self.settings, PIN}

    def query(self, question: Asked[Shown]) -> str:
        """The run, its pins and the page's own as the query of a link."""
        run, own = self._parts(self.differences(question))
        return _joined(written(run), _written_pins(question.pins), written(own))

    def understood(self, query: Query) -> tuple[Asked[Shown], list[str]]:
        """The question in a query, and a sentence for everything in it that makes no sense."""
        pairs = list(query)
        asked, complaints = super().understood([pair for pair in pairs if pair[0] != PIN])
        pins, wrong = read_pins([text for key, text in pairs if key == PIN])
        return replace(asked, pins=pins), [*complaints, *wrong]

    def settled(self, values: Values) -> tuple[Asked[Shown], list[str]]:
        """A run that cannot be is the default one; what is shown of it stays."""
        run, own = self._parts(values)
        settings, complaints = RUN.settled(run)
        asked, mends = self.mended(Asked(settings, self._own(own)), values)
        return asked, [*complaints, *mends]

    def _own(self, values: Values) -> Shown:
        defaults = {key: usual(setting) for key, setting in self.own.items()}
        return self.shown(**{**defaults, **values})

    # ---- the session

    def slot(self, key: str) -> str:
        """The name by which a session keeps it: a run's setting by that of all such pages."""
        return RUN.slot(key) if key in RUN.settings else super().slot(key)

    def take(self, query: Query, state: State) -> list[str]:
        """Take over the question in a query, once that is worked out; a few of its complaints.

        In a session that has a run already, only the page's own: the run is what it is.
        """
        if PINS not in state:
            return super().take(query, state)
        values, complaints = self.given([pair for pair in query if pair[0] in self.own])
        present = replace(self.chosen(state), shown=self._own(values))
        question, mends = self.mended(present, values)
        question, more = self.worked_out(question)
        for key in self.own:
            state[self.slot(key)] = self.values(question)[key]
        return few([*complaints, *mends, *more])

    def keep(self, question: Asked[Shown], state: State) -> None:
        """Set the controls to a question, and its pins."""
        super().keep(question, state)
        state[PINS] = question.pins

    def memory(self, values: Values, state: Mapping[Any, Any]) -> str:
        """All that a session with these values keeps of the page, as a query: the unread, too."""
        return _joined(super().memory(values, state), _written_pins(state.get(PINS, ())))

    def recall(self, memory: str, state: State) -> None:
        """Keep in a session what another one kept of the page."""
        super().recall(memory, state)
        pairs = parse_qsl(memory, keep_blank_values=True)
        state[PINS], _ = read_pins([text for key, text in pairs if key == PIN])

    def chosen(self, state: Mapping[Any, Any]) -> Asked[Shown]:
        """The question in a session. ValueError where its values do not go together."""
        return replace(super().chosen(state), pins=state.get(PINS, ()))


def _values(asked: Asked[Any]) -> dict[str, Value]:
    return {**asked.settings.values(), **asdict(asked.shown)}


def _joined(*parts: str) -> str:
    return "&".join(filter(None, parts))


def _written_pins(pins: Iterable[Pin]) -> str:
    return urlencode([(PIN, pin.text()) for pin in pins])


def read_pins(texts: Sequence[str]) -> tuple[tuple[Pin, ...], list[str]]:
    """The pins in a link, and a sentence for everything in them that makes no sense."""
    pins: list[Pin] = []
    complaints: list[str] = []
    for text in texts[:MOST_PINS]:
        name, mark, rest = text.rpartition("?")  # no query holds a bare question mark
        name = printable(name if mark else text)
        name = name or tell("Run {i}", i=len(pins) + 1)
        settings, wrong = RUN.understood(parse_qsl(rest if mark else "", keep_blank_values=True))
        pins.append(Pin(name, settings))
        complaints += [say("Pinned run “{name}”: {wrong}", name=name, wrong=said) for said in wrong]
    if len(texts) > MOST_PINS:
        complaints.append(
            say(
                "The link pins {n_pins} runs; the first {most} are shown.",
                n_pins=len(texts),
                most=MOST_PINS,
            )
        )
    return tuple(pins), complaints
