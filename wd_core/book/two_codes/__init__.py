"""The book's two codes, from scratch and with the framework, in lock-step on the same numbers."""

from wd_core.book.two_codes.lockstep import (
    Moment,
    foreseen,
    lock_step,
    lock_step_in_blocks,
    seconds_an_epoch,
)
from wd_core.book.two_codes.program import (
    SIDES,
    Program,
    Standing,
    Switches,
    equalised,
    programs,
    standings,
)
from wd_core.book.two_codes.source import IDLE, MARKS, lines_about, script

__all__ = [
    "IDLE",
    "MARKS",
    "SIDES",
    "Moment",
    "Program",
    "Standing",
    "Switches",
    "equalised",
    "foreseen",
    "lines_about",
    "lock_step",
    "lock_step_in_blocks",
    "programs",
    "script",
    "seconds_an_epoch",
    "standings",
]
