"""Whether a run settles, and what makes it settle: both found by running it for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pages.shared import cached
from pages.shared.settings import SETTINGS, Settings, Steps
from pages.shared.step.replays import measured
from wd_core import OPTIMIZERS
from wd_core.trials import EPOCHS, Course, affordable, courses
from wd_core.types import Dataset, Hyperparameters

# So many candidates run at once; the first ones mostly serve.
AT_ONCE = 4
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
class Tried:
    """A run with one setting changed, and what it does: where it fails, or after long."""

    run: Hyperparameters
    course: Course


@dataclass(frozen=True)
class Mend:
    """What was tried of one setting, the mildest change first, down to the first that settles.

    key: "lr", "weight_decay" or "momentum".
    """

    key: str
    tried: tuple[Tried, ...]

    @property
    def found(self) -> Tried | None:
        """The one that settles; None where none does."""
        return next((t for t in self.tried if t.course.settles), None)


@lru_cache(maxsize=64)
def outcome(settings: Settings) -> Outcome:
    """What the run does."""
    data, run = cached.dataset(settings.data), settings.run
    own = courses(data, [run], epochs=1)[0] if cached.is_short(settings) else None
    ended = own is not None and own.diverged_at is not None
    doubted = measured(settings).broken not in ("none", "unknown") or not (own and own.settles)
    if ended or not doubted or not affordable(data, [run]):
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
    limit = measured(settings).limit
    return [lr for lr in _below("lr", settings.run.lr) if not lr >= limit]


@lru_cache(maxsize=64)
def mends(settings: Settings) -> tuple[Mend, ...] | None:
    """What was tried: smaller η, and where none settles, smaller λ and μ, down to what serves.

    None where running them takes too long: then none of them may be advised.
    """
    data, run = cached.dataset(settings.data), settings.run
    changes: list[tuple[str, list[float]]] = [
        ("lr", candidates(settings)),
        ("weight_decay", _below("weight_decay", run.weight_decay)),
    ]
    if "momentum" in OPTIMIZERS[run.optimizer].reads:
        changes.append(("momentum", [mu for mu in MOMENTA if mu < run.momentum]))
    done: list[Mend] = []
    for key, values in changes:
        tried = _tried(data, [replace(run, **{key: value}) for value in values])  # type: ignore[arg-type]
        if tried is None:
            return tuple(done) or None
        done.append(Mend(key, tried))
        if done[-1].found:
            break
    return tuple(done)


def _below(key: str, value: float) -> list[float]:
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    return sorted((float(step) for step in setting.steps if step < value), reverse=True)


def _tried(data: Dataset, runs: Sequence[Hyperparameters]) -> tuple[Tried, ...] | None:
    """These runs one after the other, down to the first that settles; None: it takes too long."""
    done: list[Tried] = []
    for at in range(0, len(runs), AT_ONCE):
        some = runs[at : at + AT_ONCE]
        if not affordable(data, some):
            return None
        owns, longs = (courses(data, some, epochs) for epochs in (1, EPOCHS))
        both = zip(some, owns, longs, strict=True)
        for run, own, long in both:
            done.append(Tried(run, long if own.settles else own))
            if done[-1].course.settles:
                return tuple(done)
    return tuple(done)
