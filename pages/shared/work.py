"""Long work: an answer is whole or grows in parts, is shared by all who ask, and can be stopped.

A work is a function of a module, its question the arguments: hashable, and fit to be sent to
another process, as are the parts. Whoever asks sees no more than answers and parts.

Work that grows is moved on by those who watch it, a turn at a time, and by no thread of its own: so
nothing runs that nobody waits for, and nothing is left when the last one goes. Between two turns
nobody holds anything. A watcher that stalls holds nobody up, for the next one takes the turn; and a
stop is heard at the end of a block.

Once workers are employed, what grows and what is heavy is done by them; until then, and in a worker
itself, it is done here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import wraps
from threading import Lock, RLock
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pages.shared.alone import LARGE, Alone
from pages.shared.places import Places
from pages.shared.store import STORE as STORE
from pages.shared.store import Entry
from pages.shared.turns import Parts as Parts
from pages.shared.turns import Source, Turns
from pages.shared.worker import Task
from pages.shared.workers import Workers

# So many works are moved on at once, whoever watches: more would only slow each other down.
MOVED_ON = Places(2)
# A turn ends with the block in which this time is up.
TURN_SECONDS = 0.05
# What has not been begun is worked on for so long before there is a first picture.
AT_FIRST = 0.25
# What takes longer than this is too heavy for the interpreter that serves the pages.
LIGHT_SECONDS = 0.05
# Who has no turn waits for it so long, and may then see whether he is still wanted.
MOMENT = 0.1

Q = ParamSpec("Q")
A = TypeVar("A")
Ask = TypeVar("Ask", bound="Callable[..., Growth[Any]]")
P = TypeVar("P")

_workers: Workers | None = None
_RUNNING: set[Growth[Any]] = set()


def kept(work: Callable[Q, A]) -> Callable[Q, A]:
    """The work's answer, worked out once for all who ask the same, and kept while there is room.

    Who asks meanwhile waits for it. What it raises goes to all who wait, and is not kept.
    """
    return _kept(work, _nothing, _nothing)


def _nothing(*_: Any, **__: Any) -> float:
    return 0.0


def heavy(
    seconds: Callable[Q, float], takes: Callable[Q, float] = _nothing
) -> Callable[[Callable[Q, A]], Callable[Q, A]]:
    """The same of a work that may take long: about so many seconds, by the same arguments.

    `takes`: and so many bytes of memory at its peak.
    """
    return lambda work: _kept(work, seconds, takes)


def _kept(
    work: Callable[Q, A], seconds: Callable[Q, float], takes: Callable[Q, float]
) -> Callable[Q, A]:
    _check(work)

    @wraps(work)
    def ask(*args: Q.args, **kwargs: Q.kwargs) -> A:
        def answer() -> A:
            workers, long = _workers, seconds(*args, **kwargs)
            if workers is None or long <= LIGHT_SECONDS:
                return work(*args, **kwargs)
            task = Task.of(work, *args, **kwargs)
            return workers.answer(task, long, takes(*args, **kwargs))  # type: ignore[no-any-return]

        return STORE.entry(_question(work, args, kwargs), _Answer[A]).ask(answer)

    return ask


def growing(work: Callable[Q, Parts[P]]) -> Callable[Q, Growth[P]]:
    """What is there of the work's parts, for all who ask the same.

    When the last one goes before the end, what has come is dropped.
    """
    _check(work)

    @wraps(work)
    def ask(*args: Q.args, **kwargs: Q.kwargs) -> Growth[P]:
        def begin(_: Sequence[P]) -> Task:
            return Task.of(work, *args, **kwargs)

        return STORE.entry(
            _question(work, args, kwargs), lambda asked: Growth(asked, begin, resumes=False)
        )

    return ask


def resumable(work: Callable[Concatenate[Sequence[P], Q], Parts[P]]) -> Callable[Q, Growth[P]]:
    """The same of a work that goes on after the parts it is given: what has come is kept."""
    _check(work)

    @wraps(work)
    def ask(*args: Q.args, **kwargs: Q.kwargs) -> Growth[P]:
        def begin(so_far: Sequence[P]) -> Task:
            return Task.of(work, so_far, *args, **kwargs)

        return STORE.entry(
            _question(work, args, kwargs), lambda asked: Growth(asked, begin, resumes=True)
        )

    return ask


def taking(
    takes: Callable[..., float], seconds: Callable[..., float] = _nothing
) -> Callable[[Ask], Ask]:
    """The same of a work that grows and takes about so many bytes of memory at its peak.

    One that takes much has a worker to itself, when there is a place for it: of those that wait,
    who came first or takes fewer seconds is first.
    """

    def sized(ask: Ask) -> Ask:
        @wraps(ask)
        def asked(*args: Any, **kwargs: Any) -> Growth[Any]:
            growth = ask(*args, **kwargs)
            if growth.takes is None:  # nobody has asked before: what it takes does not change
                growth.takes, growth.seconds = takes(*args, **kwargs), seconds(*args, **kwargs)
            return growth

        return asked  # type: ignore[return-value]

    return sized


def count_again(work: Callable[Q, A], *args: Q.args, **kwargs: Q.kwargs) -> None:
    """Count anew what is kept of an answer of `kept`, which has grown as it was used."""
    asked = _question(work.__wrapped__, args, kwargs)  # type: ignore[attr-defined]
    answer = STORE.entry(asked, _Answer[A])
    if answer.ready:
        STORE.count_again(answer, answer.value)


def running() -> frozenset[Growth[Any]]:
    """The works that have been begun and not ended."""
    return frozenset(_RUNNING)


def employ(workers: Workers) -> None:
    """Let these do what grows and what is heavy from now on."""
    global _workers
    _workers = workers


def employed() -> Workers | None:
    """The workers that do so."""
    return _workers


def dismiss() -> None:
    """Do all work here again; the workers end."""
    global _workers
    if _workers is not None:
        _workers.retire()
        _workers = None


@contextmanager
def in_turn(places: Places) -> Iterator[None]:
    """Have one of these places, once it is free, unless one is no longer wanted by then."""
    while True:
        with places.place(MOMENT) as mine:
            if mine:
                yield
                return
        _heed()


def _heed() -> None:
    """End the waiting of who is no longer wanted."""
    if (workers := _workers) is not None:
        workers.wanted()


def _question(work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
    return work, args, *sorted(kwargs.items())


def _check(work: Callable[..., object]) -> None:
    if "<" in work.__qualname__:
        raise ValueError(f"{work.__qualname__} has no name by which another process finds it")


class _Answer(Entry, Generic[A]):
    """An answer that is there or being worked out."""

    value: A
    ready = False
    error: Exception | None = None

    def __init__(self, question: Hashable) -> None:
        super().__init__(question)
        self._working = Lock()

    @property
    def busy(self) -> bool:
        return not self.ready

    def ask(self, work: Callable[[], A]) -> A:
        """The answer; one works it out while the others wait."""
        while not self.ready:
            if self._working.acquire(timeout=MOMENT):
                try:
                    if not self.ready:
                        self._work_out(work)
                finally:
                    self._working.release()
            else:
                _heed()
        return self.value

    def _work_out(self, work: Callable[[], A]) -> None:
        if self.error is not None:
            raise self.error
        try:
            self.value = work()
        except BaseException as error:
            # who is ended from outside has found nothing wrong with the question
            self.error = error if isinstance(error, Exception) else None
            STORE.drop(self)
            raise
        self.ready = True
        STORE.add(self, self.value)


class Here(Turns[P]):
    """The parts of a work that is done in this process, by a few threads at once and no more."""

    def __init__(self, begin: Task) -> None:
        super().__init__(begin())

    def turn(self, seconds: float) -> tuple[list[P], bool]:
        """The parts that come in about so long, and whether they are the last."""
        with MOVED_ON.place(MOMENT) as mine:
            return super().turn(seconds) if mine else ([], False)


class Growth(Entry, Generic[P]):
    """The parts of a work so far, the same for all who ask for it."""

    def __init__(
        self, question: Hashable, begin: Callable[[Sequence[P]], Task], *, resumes: bool
    ) -> None:
        super().__init__(question)
        self.whole = False
        self.takes: float | None = None
        self.seconds = 0.0
        self._begin, self._resumes = begin, resumes
        self._parts: list[P] = []
        self._work: Source[P] | None = None
        self._error: BaseException | None = None
        self._watchers = 0
        self._counting, self._turn = RLock(), Lock()

    @property
    def parts(self) -> tuple[P, ...]:
        """What has come."""
        return tuple(self._parts)

    @property
    def busy(self) -> bool:
        return self._watchers > 0

    @property
    def ahead(self) -> int | None:
        """How many works get a place before this one; None where it waits for none."""
        work = self._work
        return None if work is None else work.ahead

    def watch(self, turn: float = math.inf) -> Generator[tuple[P, ...], None, None]:
        """The parts: what is there, then what comes; nothing at a moment to stop.

        It works on while it is asked for more, for no longer than `turn` seconds at a time.
        Closing it ends the work, unless others watch too.
        What the work raises goes to all who watch; who comes later begins anew.
        """
        with self._counting:
            self._watchers += 1
        try:
            seen = 0
            while True:
                ends, error = self.whole, self._error
                new = tuple(self._parts[seen:])
                seen += len(new)
                if new or not (ends or error):
                    yield new
                if error:
                    raise error
                if ends:
                    return
                if len(self._parts) == seen:
                    self._move_on(seen, min(turn, TURN_SECONDS))
        finally:
            self._leave()

    def have(self, parts: Sequence[P], *, whole: bool) -> None:
        """Take in what is known otherwise of a work that has not been begun; `whole`: all of it."""
        with self._turn:
            if self._work is None and not self._parts and not self.whole:
                self._parts += parts
                self.whole = whole
                STORE.add(self, *parts)

    def begin(self, *, least: int = 0, share: float = 1.0, expected: float = 0.0) -> tuple[P, ...]:
        """Work for a share of a moment where nothing has come yet: what is quick is whole by then.

        However long that takes, so many parts have come. What is expected to take more seconds than
        there are is left alone, and so is what may have to wait for a place. The parts: who asked
        for the work anew might find it dropped, for want of room.
        """
        moment = share * AT_FIRST
        quick = expected <= moment and not self.is_large
        if len(self._parts) < max(least, 1) and not self.whole and quick:
            self.grow(moment, least=least)
        return self.parts

    def grow(self, seconds: float, *, least: int = 0) -> None:
        """Work for about so long and until so many parts have come, or to the end."""
        until = time.monotonic() + seconds
        with closing(self.watch(seconds)) as coming:
            for _ in coming:
                if time.monotonic() >= until and len(self._parts) >= least:
                    break
                self._rest()

    def finish(self) -> tuple[P, ...]:
        """Work to the end: all parts."""
        for _ in self.watch():
            self._rest()
        return self.parts

    def _rest(self) -> None:
        """Between two turns of who does nothing else: for a moment while there is no place."""
        _heed()
        if self.ahead is not None:
            time.sleep(MOMENT)

    def _move_on(self, seen: int, seconds: float) -> None:
        """A turn of work, unless another takes it; then wait for what comes of it, for a moment."""
        if not self._turn.acquire(timeout=MOMENT):
            return
        try:
            if len(self._parts) == seen and not self.whole and not self._error:
                self._take_turn(seconds)
        finally:
            self._turn.release()

    def _take_turn(self, seconds: float) -> None:
        try:
            if self._work is None:
                self._work = self._source()
                _RUNNING.add(self)
            parts, self.whole = self._work.turn(seconds)
        except BaseException as error:
            self._error = error
            self._end()
            STORE.drop(self)
            return
        self._parts += parts
        if self.whole:
            self._end()
        STORE.add(self, *parts)

    def _source(self) -> Source[P]:
        workers = _workers
        if workers is None:
            return Here(self._begin(self.parts))
        if self.is_large:
            return Alone(workers, self._to_begin, self.takes or 0.0, self.seconds)
        return workers.growing(self._to_begin)

    @property
    def is_large(self) -> bool:
        """Whether it has a worker to itself, and may have to wait for a place."""
        return _workers is not None and (self.takes or 0.0) > LARGE

    def _to_begin(self) -> tuple[Task, int]:
        return self._begin(self.parts), 0 if self._resumes else len(self._parts)

    def _end(self) -> None:
        if self._work is not None:
            self._work.close()
            self._work = None
        _RUNNING.discard(self)

    def _leave(self) -> None:
        with self._counting:
            self._watchers -= 1
            last = not self._watchers
        if last:
            with self._turn, self._counting:
                if self._work is not None and not self._watchers:
                    self._end()
                    if not self._resumes:
                        self._parts.clear()
                        STORE.drop(self)
