"""Whether a run settles, and what makes it settle: both found by running it for long."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pages.shared import cached
from pages.shared.remedies import smaller
from pages.shared.settings import Settings
from pages.shared.work import heavy, kept
from pages.step.answer.replays import ended, measured
from wd_core import OPTIMIZERS
from wd_core.trials import SECONDS, Course, Trial, affordable, course, courses, settling

# The μ that are tried where no smaller η helps.
MOMENTA = (0.9, 0.5, 0.1)


@dataclass(frozen=True)
class Outcome:
    """What a run does: in its own epochs, and run on; each None where it was not run.

    It is run on where a limit is broken or it has not settled, unless it has diverged.
    """

    own: Course | None
    long: Course | None

    @property
    def settles(self) -> bool | None:
        """Whether it does, in its own epochs and later; None where nothing was run."""
        ran = [course.settles for course in (self.own, self.long) if course is not None]
        return all(ran) if ran else None


@dataclass(frozen=True)
class Mend:
    """What was tried of one setting, the mildest change first, down to the first that settles.

    key: "lr", "weight_decay" or "momentum".
    """

    key: str
    tried: tuple[Trial, ...]

    @property
    def found(self) -> Trial | None:
        """The one that settles; None where none does."""
        return next((t for t in self.tried if t.settles), None)


@kept
def outcome(settings: Settings) -> Outcome:
    """What the run does."""
    data, run = cached.dataset(settings.data), settings.run
    ends = ended(settings)
    own = None if ends is None else course(data, ends)
    diverged = own is not None and own.diverged_at is not None
    doubted = measured(settings).broken not in ("none", "unknown") or not (own and own.settles)
    if diverged or not doubted or not affordable(data, [run]):
        return Outcome(own, None)
    (long,) = courses(data, [run])
    return Outcome(own, long)


def ill(settings: Settings) -> bool:
    """Whether the run breaks an exact limit, or does not settle; by a limit, if it was not run."""
    found, settles = measured(settings), outcome(settings).settles
    if found.broken in ("decay", "full"):
        return True
    if settles is not None:
        return not settles
    beyond = found.full is not None and found.lr >= found.full.value
    return found.broken == "batch" or (found.broken == "unknown" and beyond)


def candidates(settings: Settings) -> list[float]:
    """The slider's learning rates below the present one and the limit, the largest first."""
    return smaller("lr", float(np.fmin(settings.run.lr, measured(settings).limit)))


@heavy(lambda settings: SECONDS)
def mends(settings: Settings) -> tuple[Mend, ...] | None:
    """What was tried: smaller η, and where none settles, smaller λ and μ, down to what serves.

    None where running them takes too long: then none of them may be advised.
    """
    data, run = cached.dataset(settings.data), settings.run
    changes: list[tuple[str, list[float]]] = [
        ("lr", candidates(settings)),
        ("weight_decay", smaller("weight_decay", run.weight_decay)),
    ]
    if "momentum" in OPTIMIZERS[run.optimizer].reads:
        changes.append(("momentum", [mu for mu in MOMENTA if mu < run.momentum]))
    done: list[Mend] = []
    for key, values in changes:
        tried = settling(data, [replace(run, **{key: value}) for value in values])  # type: ignore[arg-type]
        if tried is None:
            return tuple(done) or None
        done.append(Mend(key, tried))
        if done[-1].found:
            break
    return tuple(done)
