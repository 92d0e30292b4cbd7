"""What a run is measured against: the solution that it goes to, and the simplest prediction."""

from __future__ import annotations

from collections.abc import Iterator

from pages.shared.cached import Baselines
from pages.shared.numbers import plain
from pages.shared.words import Said, say
from wd_core.linear.outcomes import End


def constant(test: float, constant_test: float) -> Said:
    """A run with this test loss beside the simplest prediction."""
    if plain(constant_test) == plain(test):
        return say(
            "Always predicting the training mean, whatever the features are, has a test loss of "
            "{constant_test}, the same as this run.",
            constant_test=constant_test,
        )
    if constant_test < test:
        return say(
            "Always predicting the training mean, whatever the features are, has a test loss of "
            "{constant_test}, better than this run.",
            constant_test=constant_test,
        )
    return say(
        "Always predicting the training mean, whatever the features are, has a test loss of "
        "{constant_test}, worse than this run.",
        constant_test=constant_test,
    )


def exact(test: float, baselines: Baselines, end: End, fits: bool) -> Iterator[Said]:
    """A run with this test loss beside the exact solution; `fits`: its training loss is 0."""
    yield _exact(test, baselines, end)
    to_any = end.weight_decay is not None and end.weight_decay.value == 0
    if fits and to_any and baselines.many and baselines.ridge_test is not None:
        yield say("This run ends at one of them, too.")


def _exact(test: float, baselines: Baselines, end: End) -> Said:
    if end.kind == "unknown":
        return say("This run is compared with no exact solution: it is not known where it ends.")
    if end.kind == "box":
        return say("This run is compared with no exact solution: it goes to no ridge solution.")
    if baselines.ridge_test is None:
        return say("The exact solution is left out: at this size it costs too much.")
    assert end.weight_decay is not None
    if end.weight_decay.value:
        return _ridge(test, baselines.ridge_test, end.weight_decay.text, end.weight_decay.value)
    if baselines.many:
        return _least_norm(test, baselines.ridge_test)
    return _least_squares(test, baselines.ridge_test)


def _ridge(test: float, ridge: float, formula: str, weight_decay: float) -> Said:
    if plain(ridge) == plain(test):
        return say(
            "For comparison, the exact ridge solution for {formula} = {end_weight_decay} has "
            "{ridge_test}, the same as this run.",
            formula=formula,
            end_weight_decay=weight_decay,
            ridge_test=ridge,
        )
    if ridge < test:
        return say(
            "For comparison, the exact ridge solution for {formula} = {end_weight_decay} has "
            "{ridge_test}, better than this run.",
            formula=formula,
            end_weight_decay=weight_decay,
            ridge_test=ridge,
        )
    return say(
        "For comparison, the exact ridge solution for {formula} = {end_weight_decay} has "
        "{ridge_test}, worse than this run.",
        formula=formula,
        end_weight_decay=weight_decay,
        ridge_test=ridge,
    )


def _least_squares(test: float, ridge: float) -> Said:
    if plain(ridge) == plain(test):
        return say(
            "For comparison, the exact least squares solution has {ridge_test}, the same as this "
            "run.",
            ridge_test=ridge,
        )
    if ridge < test:
        return say(
            "For comparison, the exact least squares solution has {ridge_test}, better than this "
            "run.",
            ridge_test=ridge,
        )
    return say(
        "For comparison, the exact least squares solution has {ridge_test}, worse than this run.",
        ridge_test=ridge,
    )


def _least_norm(test: float, ridge: float) -> Said:
    """Of the many solutions the one that is drawn; the start decides which one a run goes to."""
    if plain(ridge) == plain(test):
        return say(
            "For comparison, of the many exact least squares solutions the one of least norm has "
            "{ridge_test}, the same as this run.",
            ridge_test=ridge,
        )
    if ridge < test:
        return say(
            "For comparison, of the many exact least squares solutions the one of least norm has "
            "{ridge_test}, better than this run.",
            ridge_test=ridge,
        )
    return say(
        "For comparison, of the many exact least squares solutions the one of least norm has "
        "{ridge_test}, worse than this run.",
        ridge_test=ridge,
    )
