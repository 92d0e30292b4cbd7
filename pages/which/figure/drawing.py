"""What is drawn on the page “which”, and what is not; no Streamlit.

While runs and choices come, or have been stopped, how many there are stands at the picture alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages.shared.words import Said, joined, say
from pages.which.answer.measured import Seen
from pages.which.answer.solutions import Exact
from pages.which.figure.scale import Scale
from pages.which.figure.traces import Mark
from pages.which.question import Problem
from pages.which.words.places import SHARE


def drawing(seen: Seen, marks: Sequence[Mark]) -> str:
    """What is drawn, and what is not."""
    parts = [*_points(seen), *_exact(seen), *_lines(seen, marks)]
    return joined(parts)


def _points(seen: Seen) -> list[str]:
    problem, trained, count = seen.problem, seen.trained, seen.found.count
    said: list[str] = []
    if count and not trained.whole:
        said += [say("Points: the runs so far, as medians of each λ."), _apart(problem)]
    elif count > 1:
        said += [_medians(count), _apart(problem)]
    elif count and problem.same_for_every_seed:
        said.append(say("Points: one run for each λ, for nothing in it is random."))
    elif count:
        said.append(say("Points: one run for each λ."))
    if trained.count and trained.count < problem.seeds and not problem.same_for_every_seed:
        said.append(
            say("{n_seeds} runs for each λ would take too long here.", n_seeds=problem.seeds)
        )
    return [*said, *_below_of_trained(seen)]


def _medians(count: int) -> Said:
    return say(
        "Points: medians of {n_runs} runs; bands: the middle {share} of them.",
        n_runs=count,
        share=SHARE,
    )


def _apart(problem: Problem) -> str:
    """What tells the runs of one λ apart."""
    if problem.same_for_every_seed:
        return ""
    if problem.run.init_std == 0:
        return say("All are on the same data, in other batch orders.")
    if problem.run.batch_size >= problem.data.n_train:
        return say("All are on the same data, from other starts.")
    return say("All are on the same data, from other starts and in other batch orders.")


def _below_of_trained(seen: Seen) -> list[Said]:
    """Which trained losses are 0 somewhere; where all are, the panel itself says it."""
    train, test, said = seen.found.train, seen.found.test, []
    if (train == 0).any() and train.any():
        said.append(
            say(
                "Where the trained runs' training loss is 0, up to rounding, it lies below the "
                "picture."
            )
        )
    if (test == 0).any() and test.any():
        said.append(
            say(
                "Where the trained runs' test loss is 0, up to rounding, it lies below the picture."
            )
        )
    return said


def _exact(seen: Seen) -> list[str]:
    exact = seen.exact
    if exact is None:
        return []
    total, drawn = exact.paths.total, len(exact.paths.names)
    said = [_weights(drawn, total)]
    if not exact.paths.near:
        said.append(
            say(
                "At λ = 0 some weights lie beyond their panel, up to {size} in size.",
                size=float(np.abs(exact.paths.weights[0]).max()),
            )
        )
    return [*said, *_below(exact)]


def _weights(drawn: int, total: int) -> Said:
    if total == 1:
        return say("Weights: the only one.")
    if drawn == total:
        return say("Weights: all {total}.", total=total)
    return say("Weights: the {drawn} largest of {total}.", drawn=drawn, total=total)


def _below(exact: Exact) -> list[Said]:
    """Which exact losses are 0, without decay or ever: a logarithmic axis has no place for it."""
    train, test, said = exact.fine.train, exact.fine.test, []
    if not train.any():
        said.append(say("At every λ the exact training loss is 0, which is below the picture."))
    elif train[0] == 0:
        said.append(say("At λ = 0 the exact training loss is 0, which is below the picture."))
    if not test.any():
        said.append(say("At every λ the exact test loss is 0, which is below the picture."))
    elif test[0] == 0:
        said.append(say("At λ = 0 the exact test loss is 0, which is below the picture."))
    return said


def _lines(seen: Seen, marks: Sequence[Mark]) -> list[Said]:
    scale = Scale(seen.problem.span.least, seen.problem.span.most)
    if not any(scale.shows(m.weight_decay) for m in marks if not math.isnan(m.weight_decay)):
        return []
    return [
        say(
            "Upright lines: the λ of the rows below the losses, in their colours and with their "
            "marks."
        )
    ]
