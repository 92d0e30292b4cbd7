"""What is said of one cell: over it, and of the chosen one below the maps."""

from __future__ import annotations

from pages.map.answer.cells import Middle
from pages.map.question import Plan
from pages.shared.settings import Settings, kind_of
from pages.shared.words import Said, joined, say, told
from wd_core import OPTIMIZERS

At = tuple[int, int, int]


def hover(plan: Plan, middle: Middle, panel: int) -> list[list[str]]:
    """Each cell's numbers."""
    lrs, decays = plan.lr_and_decay(panel)
    # without the values, of which there would be thousands
    return [
        [
            str(_cell(middle, (panel, row, column), lr, lam))
            for column, (lr, lam) in enumerate(zip(lrs.tolist(), decays_of_row, strict=True))
        ]
        for row, decays_of_row in enumerate(decays.tolist())
    ]


def _cell(middle: Middle, at: At, lr: float, lam: float) -> Said:
    trained, lost = int(middle.trained[at]), int(middle.lost[at])
    product = lr * lam
    epoch = int(middle.diverged_at[at])
    if epoch >= 0 and trained == 1:
        return say(
            "η = {lr}, λ = {weight_decay}, ηλ = {product}<br>diverged at epoch {epoch}",
            lr=lr,
            weight_decay=lam,
            product=product,
            epoch=epoch,
        )
    if epoch >= 0:
        return say(
            "η = {lr}, λ = {weight_decay}, ηλ = {product}<br>diverged at epoch {epoch} "
            "({lost} of {seeds} seeds)",
            lr=lr,
            weight_decay=lam,
            product=product,
            epoch=epoch,
            lost=lost,
            seeds=trained,
        )
    test, train, norm = _losses(middle, at)
    if lost:
        return say(
            "η = {lr}, λ = {weight_decay}, ηλ = {product}<br>test loss {test}, train loss {train}, "
            "‖w‖ {weight_norm}<br>{lost} of {seeds} seeds diverged",
            lr=lr,
            weight_decay=lam,
            product=product,
            test=test,
            train=train,
            weight_norm=norm,
            lost=lost,
            seeds=trained,
        )
    return say(
        "η = {lr}, λ = {weight_decay}, ηλ = {product}<br>test loss {test}, train loss {train}, "
        "‖w‖ {weight_norm}",
        lr=lr,
        weight_decay=lam,
        product=product,
        test=test,
        train=train,
        weight_norm=norm,
    )


def _losses(middle: Middle, at: At) -> tuple[float, float, float]:
    return float(middle.test[at]), float(middle.train[at]), float(middle.norm[at])


def chosen(plan: Plan, middle: Middle, at: At | None, settings: Settings) -> str:
    """The chosen run and its numbers, as far as it is a cell that is trained."""
    run = settings.run
    name = say(
        "**Chosen: {optimizer}, {decay}, η = {lr}, λ = {weight_decay}.**",
        optimizer=told(OPTIMIZERS[run.optimizer].label),
        decay=kind_of(run.optimizer, run.decay),
        lr=run.lr,
        weight_decay=run.weight_decay,
    )
    return joined([name, _chosen(middle, at, run.seed)])


def _chosen(middle: Middle, at: At | None, seed: int) -> Said:
    if at is None:
        return say("It is none of the cells: click one to see its numbers here.")
    trained, lost, epoch = (int(of[at]) for of in (middle.trained, middle.lost, middle.diverged_at))
    if trained == 0:
        return say("Click its cell once it has come: its numbers are shown here.")
    if epoch >= 0 and trained == 1:
        return say("It diverged at epoch {epoch}.", epoch=epoch)
    if epoch >= 0:
        return say(
            "It diverged at epoch {epoch}; of {seeds} seeds {lost} did.",
            epoch=epoch,
            seeds=trained,
            lost=lost,
        )
    test, train, norm = _losses(middle, at)
    if trained == 1:
        return say(
            "Test loss {test}, train loss {train}, ‖w‖ {weight_norm}: seed {seed}.",
            test=test,
            train=train,
            weight_norm=norm,
            seed=seed,
        )
    if lost:
        return say(
            "Test loss {test}, train loss {train}, ‖w‖ {weight_norm}: seed {seed}, the middle one "
            "of {seeds}, of which {lost} diverged.",
            test=test,
            train=train,
            weight_norm=norm,
            seed=seed,
            seeds=trained,
            lost=lost,
        )
    return say(
        "Test loss {test}, train loss {train}, ‖w‖ {weight_norm}: seed {seed}, the middle one of "
        "{seeds}.",
        test=test,
        train=train,
        weight_norm=norm,
        seed=seed,
        seeds=trained,
    )
