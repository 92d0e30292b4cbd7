"""A worker process: works out what it is told to, one thing after the other."""

from __future__ import annotations

import importlib
import math
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from inspect import unwrap
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import torch
from threadpoolctl import threadpool_limits

from pages.shared import heap
from pages.shared.brought import tables
from pages.shared.faults import note_worker
from pages.shared.store import STORE
from pages.shared.turns import Turns
from pages.shared.words import say
from wd_core import Table

MEGABYTE = 2**20
# Of its memory a worker keeps results of its own, as far as these go.
KEPT_SHARE = 1 / 8
# A compiled part that finds none may forget to say so.
NO_MEMORY = (MemoryError, SystemError)
# What torch says instead of raising a MemoryError.
TORCH_HAS_NO_MEMORY = "can't allocate memory"


@dataclass(frozen=True)
class Task:
    """A function of a module by its name, as its decorators found it, and what it is given.

    brought: visitors' tables that it works on, which are there for as long as the task is.
    """

    module: str
    name: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...] = ()
    brought: tuple[Table, ...] = ()

    @classmethod
    def of(cls, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
        """The task to call this function with these."""
        said = tuple(kwargs.items())
        return cls(work.__module__, work.__qualname__, args, said, tables.needed(args, said))

    def __call__(self) -> Any:
        """Do it."""
        tables.carry(self.brought)
        named: Any = reduce(getattr, self.name.split("."), importlib.import_module(self.module))
        return unwrap(named)(*self.args, **dict(self.kwargs))


class NoAnswerError(Exception):
    """A worker could not work it out: says why, and what to do, in a sentence."""

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()


class TooLargeError(NoAnswerError):
    """A work needs more memory than there is for it: so many bytes of so many, if that is known."""

    def __init__(self, needed: float | None = None, most: float = 0.0) -> None:
        super().__init__(
            say("These settings need more memory than one visitor may take. Choose smaller ones.")
            if needed is None
            else say(
                "These settings need about {needed} MB of memory, and one visitor may take {most} "
                "MB here. Choose fewer examples or a smaller dimension.",
                needed=math.ceil(needed / MEGABYTE),
                most=int(most / MEGABYTE),
            )
        )


class Desk:
    """What a worker can be told: each method is an order, what it returns the reply."""

    def __init__(self) -> None:
        self._growing: dict[int, tuple[Task, Turns[Any]]] = {}

    def answer(self, task: Task) -> Any:
        """What the task returns."""
        return task()

    def turn(self, number: int, task: Task, seconds: float) -> tuple[list[Any], bool]:
        """A turn of the work of this number; the task begins it where there is none yet."""
        if number not in self._growing:
            self._growing[number] = task, Turns(task())
        try:
            parts, ends = self._growing[number][1].turn(seconds)
        except BaseException:
            self.end(number)
            raise
        if ends:
            self.end(number)
        return parts, ends

    def end(self, number: int) -> None:
        """End the work of this number, if it has been begun."""
        if (work := self._growing.pop(number, None)) is not None:
            work[1].close()


def serve(connection: Connection, bytes_more: int, niceness: int = 0) -> None:
    """Do what the orders say until nobody gives any; of memory, take so many bytes and no more.

    The reply to an order is (True, what came of it) or (False, the error). `niceness`: how far it
    steps back behind other processes.
    """
    os.nice(niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is asked at the terminal ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    heap.keep_little()
    torch.set_num_threads(1)
    threadpool_limits(1)
    _limit_memory(bytes_more)
    STORE.budget = int(KEPT_SHARE * bytes_more)
    desk = Desk()
    while True:
        try:
            order, arguments = connection.recv()
            connection.send_bytes(_reply(getattr(desk, order), arguments))
        except (EOFError, OSError):  # whoever gives orders has gone
            return


def _reply(order: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    try:
        return bytes(ForkingPickler.dumps((True, order(*arguments))))
    except Exception as error:
        if isinstance(error, NO_MEMORY) or TORCH_HAS_NO_MEMORY in str(error):
            return _sendable(TooLargeError())
        note_worker(error)
        return _sendable(error)


def _sendable(error: Exception) -> bytes:
    """The error; where it cannot be sent, one that says the same."""
    try:
        reply = bytes(ForkingPickler.dumps((False, error)))
        ForkingPickler.loads(reply)
    except Exception:
        kind = ValueError if isinstance(error, ValueError) else RuntimeError
        spare = kind(str(error)).with_traceback(error.__traceback__)
        note_worker(spare)
        reply = bytes(ForkingPickler.dumps((False, spare)))
    return reply


def _limit_memory(bytes_more: int) -> None:
    if sys.platform != "linux":
        return
    import resource  # which not every system has

    # the sixth: data and stack, in pages
    now = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (now + bytes_more,) * 2)
