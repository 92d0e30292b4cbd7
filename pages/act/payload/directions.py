"""From a run to the payloads of the page's charts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.act.answer.states import States, states
from pages.act.figure import directions as figure
from pages.act.question.matching import (
    most_weight_decay,
    spectrum,
    steps_on_offer,
    weight_decays,
)
from pages.act.question.shown import FORM, SETTINGS, Shown
from pages.act.words import kept as words
from pages.act.words import plain as plain_words
from pages.shared import cached
from pages.shared.encoding import as_series
from pages.shared.moves import Moves, as_drawn, curves, places
from pages.shared.numbers import plain
from pages.shared.payload import Payload, Slider, Tile
from pages.shared.run import Asked, Pin
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.settings import Settings
from pages.shared.tiles import in_words
from pages.shared.words import label
from wd_core.arrays import Array
from wd_core.linear.filters import degrees_of_freedom, descent_filter, filter_distance, ridge_filter
from wd_core.linear.spectrum import Spectrum
from wd_core.records import Dataset

# Points of a moving curve, and directions that get a dot.
POINTS, DOTS = 49, 24
# The axis of s reaches this many decades below the weakest direction and above the strongest.
BELOW, ABOVE = 1.0, 0.1
# So many shares are worked out at once: what they take stays in the cache.
AT_ONCE = 1 << 15
# Where a mark stands that is not to be seen: far below every axis.
AWAY = -1e3
# Weights below this share of the largest, or that fit less than this share of the targets, are
# rounding, and get no dot.
ROUNDING = 1e-13

TILES: list[Tile] = [
    {
        "label": label("Degrees of freedom, ridge"),
        "series": "ridge_dof",
        "help": label("1 + Σ s/(s + λ): the trace of the hat matrix, the intercept included."),
    },
    {
        "label": label("… early stopping"),
        "series": "stopped_dof",
        "help": label("1 + Σ (1 − (1 − ηs)ᵗ): the same for t steps without decay from w = 0."),
    },
    {
        "label": label("… both together"),
        "series": "both_dof",
        "help": label("The same for t steps with decay; for t → ∞ that of ridge."),
    },
    {
        "label": label("Ridge and stopping differ by"),
        "series": "distance",
        "help": label(
            "Root mean square, over the directions with s > 0, of the difference of the shares "
            "that ridge and early stopping keep; the match makes it least."
        ),
    },
    {
        "label": label("ηλt (rule of thumb: 1)"),
        "series": "rule",
        "help": label(
            "The rule of thumb t ≈ 1/(ηλ), or λ ≈ 1/(ηt), calls ridge and stopping alike where "
            "ηλt = 1."
        ),
    },
]


def directions(settings: Settings, shown: Shown, pins: Sequence[Pin] = ()) -> Payload:
    """What is kept of each direction at every stop of the sliders; this chart carries the link."""
    parts, now = spectrum(settings.data), states(settings, shown)
    link = FORM.query(Asked(settings, shown, tuple(pins)))
    given = _given(settings, parts, now)
    return {
        "run": link or "defaults",
        "query": link,
        "figure": figure.directions(given, revision=f"{settings.data} {now.lr}"),
        "moves": _moves(np.abs(_sizes(parts, cached.dataset(settings.data))), now, given),
        "series": _series(now),
        "sliders": _sliders(now),
        "position": now.chosen,
        "sentences": plain_words.sentences(now),
        "tiles": in_words(TILES),
        "total": len(now.steps) - 1,
        "stream": None,
    }


def spread(count: int) -> Array:
    """The directions that get a dot: all, or evenly spread ones with both ends."""
    return np.unique(np.linspace(0, count - 1, min(count, DOTS)).round().astype(int))


def _given(settings: Settings, parts: Spectrum, now: States) -> figure.Directions:
    data, s, picked = cached.dataset(settings.data), parts.s, spread(len(parts.s))
    least = np.abs(_sizes(parts, data))
    lams, steps = np.array(weight_decays()), np.array(steps_on_offer(s, now.lr))
    truth = np.zeros(0) if data.w_true is None else np.abs(data.w_true @ parts.V)[picked]
    stopped = degrees_of_freedom(descent_filter(s, now.lr, steps[:, None]))
    return figure.Directions(
        s=s[picked],
        least=least[picked],
        faintest=least * np.minimum(ridge_filter(s, most_weight_decay()), now.lr * s),
        truth=_without_rounding(truth),
        nothing=data.n_features - len(s),
        low=float(np.log10(s[-1])) - BELOW,
        high=float(np.log10(s[0])) + ABOVE,
        top=max(1.0, float(now.stopped.max())) if now.arrives else 1.0,
        weight_decay=lams,
        ridge_dof=degrees_of_freedom(ridge_filter(s, lams[:, None])),
        steps=steps,
        stopped_dof=stopped if now.arrives else np.full(len(steps), np.nan),
        most_dof=1 + len(s),
        drawn=("ridge",)
        + ("stopped",) * now.arrives
        + ("both",) * bool(now.arrives_decayed[now.chosen]),
    )


def _sizes(parts: Spectrum, data: Dataset) -> Array:
    """The coordinates of least squares, c_j/√s_j."""
    fitted = np.abs(parts.c) > ROUNDING * np.abs(data.y_train).max()
    return _without_rounding(np.where(fitted, parts.c / np.sqrt(parts.s), 0.0))


def _without_rounding(values: Array) -> Array:
    return np.where(np.abs(values) < ROUNDING * np.abs(values).max(initial=0.0), 0.0, values)


def _moves(least: Array, now: States, given: figure.Directions) -> Moves:
    x, picked = np.linspace(given.low, np.log10(now.s[0]), POINTS), spread(len(now.s))
    lam, t = now.weight_decay[:, None], now.steps[:, None]
    s, sizes = 10**x, least[picked]
    stopped = np.where(now.arrives, descent_filter(s, now.lr, t), np.nan)
    both = descent_filter(s, now.lr, t, lam)
    moves: Moves = {
        "ridge": curves(x, ridge_filter(s, lam)),
        "stopped": curves(x, stopped),
        "both": curves(x, np.where(now.arrives_decayed[:, None], both, np.nan)),
        "both dof": curves(np.log10(given.steps), _both_over_steps(now, given.steps)),
    }
    over_steps = np.log10(np.clip(now.steps, given.steps[0], given.steps[-1]))
    over_lam = figure.over_weight_decay(now.weight_decay, given)
    for name, kept in (("ridge", now.ridge), ("stopped", now.stopped), ("both", now.both)):
        dots, place = np.log10(given.s), over_lam if name == "ridge" else over_steps
        moves[f"{name} dots"] = curves(dots, _shown(kept[:, picked]))
        moves[f"{name} sizes"] = curves(dots, _shown(_logs(np.abs(kept[:, picked]) * sizes)))
        dof = _shown(degrees_of_freedom(kept))
        moves[f"{name} now"] = places(np.column_stack([place, dof]))
    return as_drawn(moves)


def _shown(values: Array) -> Array:
    """A mark without a place would be left where it last was: it goes out of sight instead."""
    return np.where(np.isfinite(values), values, AWAY)


def _logs(values: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log10(values))


def _both_over_steps(now: States, steps: Array) -> Array:
    """Degrees of freedom with decay over t, for the λ of every picture, [K, T]."""
    lams, back = np.unique(now.weight_decay, return_inverse=True)
    parts = np.array_split(lams, max(1, len(lams) * len(steps) * len(now.s) // AT_ONCE))
    curves = [
        degrees_of_freedom(descent_filter(now.s, now.lr, steps[:, None], lam[:, None, None]))
        for lam in parts
    ]
    return np.where(now.arrives_decayed[:, None], np.concatenate(curves)[back], np.nan)


def _series(now: States) -> dict[str, list[float | None]]:
    with np.errstate(invalid="ignore"):  # no λ for ever more steps
        rule = now.lr * now.weight_decay * np.where(now.arrives, now.steps, np.nan)
    columns = {
        "step": np.arange(len(now.steps)),
        "weight_decay": now.weight_decay,
        "steps": now.steps,
        "ridge_dof": degrees_of_freedom(now.ridge),
        "stopped_dof": degrees_of_freedom(now.stopped),
        "both_dof": degrees_of_freedom(now.both),
        "distance": filter_distance(now.ridge, now.stopped),
        "rule": rule,
    }
    return {name: as_series(values) for name, values in columns.items()}


def _sliders(now: States) -> list[Slider]:
    """Two range inputs over the same pictures."""
    return [
        {
            "key": "weight_decay",
            "label": TRAIN["weight_decay"].label,
            "help": TRAIN["weight_decay"].help,
            "role": "penalty",
            "stops": now.by_weight_decay,
            "texts": [plain(lam) for lam in now.weight_decay.tolist()],
        },
        {
            "key": "steps",
            "label": SETTINGS["steps"].label,
            "help": SETTINGS["steps"].help,
            "role": "penalty",
            "stops": now.by_steps,
            "texts": [words.steps(now, k) for k in range(len(now.steps))],
        },
    ]
