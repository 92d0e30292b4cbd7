"""Faults in a line, without what they say: it may quote a visitor's table, or a pin's name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from traceback import FrameSummary, extract_tb

ROOT = Path(__file__).parents[2]
# Where packages lie; what stands before it tells of the machine alone.
PACKAGES = "site-packages/"
# So many steps of the way to a fault are told, the last ones.
STEPS = 12
IN_WORKER = "in a worker: "


def told(error: BaseException) -> str:
    """The kind of a fault and the way through the code to it, and the same of its cause."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    parts = [f"{type(error).__name__}: {' > '.join(_way(error))}"]
    parts += [note for note in getattr(error, "__notes__", ()) if note.startswith(IN_WORKER)]
    if error.__cause__ is not None:
        parts.append(f"from {told(error.__cause__)}")
    return "; ".join(parts)


def note_worker(error: BaseException) -> None:
    """Have a fault that leaves a worker tell its way there, which no pickle holds."""
    error.add_note(IN_WORKER + " > ".join(_way(error)))


def _way(error: BaseException) -> Iterator[str]:
    """The steps in code of ours, and the last one wherever it is."""
    steps = extract_tb(error.__traceback__)
    ours = [step for step in steps[:-1] if _is_ours(step)]
    for step in [*ours, *steps[-1:]][-STEPS:]:
        yield f"{_place(step.filename)}:{step.lineno} {step.name}"


def _is_ours(step: FrameSummary) -> bool:
    return Path(step.filename).is_relative_to(ROOT) and PACKAGES not in step.filename


def _place(filename: str) -> str:
    """A file, from the root of the app or of the packages."""
    path = Path(filename).as_posix()
    if PACKAGES in path:
        return path.rpartition(PACKAGES)[2]
    return path.removeprefix(f"{ROOT.as_posix()}/")
