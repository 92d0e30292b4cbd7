"""Where the two parts of w end, in sentences with their numbers; no Streamlit."""

from __future__ import annotations

from pages.act.answer.parts import ROUNDING, Split
from pages.act.words.kept import share
from pages.shared.numbers import exact, plain
from pages.shared.words import Said, Value, joined, say, say_n, told
from wd_core.optimizers import Known

# Measured and predicted norms within this share of each other are called the same.
SAME = 1e-6


def outcome(found: Split) -> str:
    """Where the two parts of w ended."""
    if found.diverged_at >= 0:
        return say(
            "The run diverged by epoch {diverged_at}: choose a smaller η. The curves stop there.",
            diverged_at=found.diverged_at,
        )
    return joined([_reached(found), *_to_end(found), *_beyond(found)])


def _reached(found: Split) -> Said:
    return say_n(
        "After epoch {epochs} the part of w in the row space ({rank} dimension) has norm "
        "{reached}.",
        "After epoch {epochs} the part of w in the row space ({rank} dimensions) has norm "
        "{reached}.",
        found.rank,
        epochs=int(found.epoch[-1]),
        rank=found.rank,
        reached=float(found.reached[-1]),
    )


def _to_end(found: Split) -> list[Said]:
    """How far it is from where the run goes, or why that is not said."""
    end = found.does.end
    if end.kind == "box" and end.bound is not None:
        return [
            say(
                "This run goes to no ridge solution. It ends at the least loss with every weight "
                "within ±{formula} = ±{bound}.",
                formula=end.bound.text,
                bound=end.bound.value,
            )
        ]
    if end.weight_decay is None:
        return [say("The run is compared with no exact solution. {why}", why=told(end.why))]
    last, first = float(found.to_end[-1]), float(found.to_end[0])
    if end.weight_decay.value == 0:
        if not last:
            return [say("It is a least squares solution, up to rounding.")]
        return [
            say(
                "It is {to_end} from the nearest least squares solution; at the start it was "
                "{to_end_start} away.",
                to_end=last,
                to_end_start=first,
            )
        ]
    named: dict[str, Value] = {
        "formula": end.weight_decay.text,
        "end_weight_decay": plain(end.weight_decay.value),
    }
    if not last:
        return [
            say(
                "It is the exact ridge solution at {formula} = {end_weight_decay}, up to rounding.",
                **named,
            )
        ]
    return [
        say(
            "It is {to_end} from the exact ridge solution at {formula} = {end_weight_decay}; at "
            "the start it was {to_end_start} away.",
            **named,
            to_end=last,
            to_end_start=first,
        )
    ]


def _beyond(found: Split) -> list[Said]:
    """What became of the part that no example reaches."""
    beyond = found.beyond
    if beyond == 0:
        return [say("The rows span every dimension: there is no null space here.")]
    start, end = float(found.left[0]), float(found.left[-1])
    if start == 0 and end == 0:
        return [
            say_n(
                "In the null space ({n} dimension) the start is 0, so there is nothing to shrink.",
                "In the null space ({n} dimensions) the start is 0, so there is nothing to shrink.",
                beyond,
            )
        ]
    if start == 0:
        return [
            say_n(
                "In the null space ({n} dimension) the start is 0, and the run ends at {left}.",
                "In the null space ({n} dimensions) the start is 0, and the run ends at {left}.",
                beyond,
                left=end,
            ),
            *_why(found),
        ]
    return [_course(beyond, start, end), *_predicted(found, end)]


def _course(beyond: int, start: float, end: float) -> Said:
    values: dict[str, Value] = {"left_start": start, "left": end, "share": share(end / start)}
    if plain(start) == plain(end):
        return say_n(
            "In the null space ({n} dimension) the norm stays at {left_start}.",
            "In the null space ({n} dimensions) the norm stays at {left_start}.",
            beyond,
            left_start=start,
        )
    if end > start:
        return say_n(
            "In the null space ({n} dimension) the norm grows from {left_start} to {left}, {share} "
            "of it.",
            "In the null space ({n} dimensions) the norm grows from {left_start} to {left}, "
            "{share} of it.",
            beyond,
            **values,
        )
    return say_n(
        "In the null space ({n} dimension) the norm falls from {left_start} to {left}, {share} of "
        "it.",
        "In the null space ({n} dimensions) the norm falls from {left_start} to {left}, {share} of "
        "it.",
        beyond,
        **values,
    )


def _predicted(found: Split, end: float) -> list[Said]:
    if not found.does.has_factor:
        return _why(found)
    predicted = float(found.predicted[-1])
    if abs(end - predicted) <= SAME * max(end, predicted):
        return [say("That is what decay alone predicts.")]
    if end == 0 and predicted < ROUNDING * float(found.weight_norm.max()):
        return [
            say("Decay alone predicts {predicted}, which is lost in rounding.", predicted=predicted)
        ]
    return [say("Decay alone predicts {predicted}.", predicted=predicted)]


def _why(found: Split) -> list[Said]:
    return [
        say(
            "Under {optimizer} no factor predicts it. {why}",
            optimizer=told(found.does.rule.label),
            why=told(found.does.no_factor),
        )
    ]


# ---------------------------------------------------------------- beside the picture


def end_help(end: Known) -> Said:
    """What the distance to the end is measured to."""
    if end.value == 0:
        return say(
            "How far what is learned still is from the nearest exact least squares solution: its "
            "difference along the directions that the data vary in."
        )
    return say(
        "‖Pw − w*‖: how far what is learned still is from the exact ridge solution at {formula} = "
        "{end_weight_decay}.",
        formula=end.text,
        end_weight_decay=plain(end.value),
    )


def end_name(end: Known) -> Said:
    """What the curve of that distance is called."""
    if end.value == 0:
        return say("its distance to least squares")
    return say("its distance to ridge, λ = {end_weight_decay}", end_weight_decay=plain(end.value))


def norm_name(*, inside: bool, outside: bool) -> Said:
    """What the curve of ‖w‖ is called: with no other part beside it, it is that part's, too."""
    if inside and not outside:
        return say("‖w‖, all in the row space")
    if outside and not inside:
        return say("‖w‖, all in the null space")
    return say("‖w‖")


def decay_alone(found: Split, *, pictured: bool) -> str:
    """What happens outside the row space; `pictured`: beside the picture of directions."""
    said = [
        say(
            "Every gradient of the data loss is a weighted sum of training rows, so it lies in "
            "their span, the row space."
        ),
        *_outside(found),
    ]
    if pictured and found.centred < found.rank:
        said.append(
            say_n(
                "The picture above has {n} direction, for it centres the data; here the mean of "
                "the rows is one more, which w and b learn together.",
                "The picture above has {n} directions, for it centres the data; here the mean of "
                "the rows is one more, which w and b learn together.",
                found.centred,
            )
        )
    return joined(said)


def _outside(found: Split) -> list[Said]:
    """What decay does to what no gradient moves, if there is anything of the kind."""
    if found.beyond == 0:
        return [
            say_n(
                "The rows span the only dimension: there is no rest that decay alone acts on.",
                "The rows span all {n} dimensions: there is no rest that decay alone acts on.",
                found.n_features,
            )
        ]
    if found.does.has_factor:
        return [_factor(found), _goes(found)]
    return [
        say(
            "Under {optimizer} no single factor describes the rest of the start. {why}",
            optimizer=told(found.does.rule.label),
            why=told(found.does.no_factor),
        )
    ]


def predicted_help(found: Split) -> Said:
    """What is predicted for the part out of reach."""
    run, shrinking = found.does.run, found.does.shrinking
    if shrinking.full == shrinking.last:
        return say(
            "What ‖w − Pw‖ is at the start, multiplied by 1 − ηλ = {factor} at every step.",
            factor=exact(shrinking.full),
        )
    return say(
        "What ‖w − Pw‖ is at the start, multiplied at every step by 1 − ηλ = {factor}, but at the "
        "last of an epoch, on m = {short_rows} of B = {batch_size} rows, by 1 − ηλ·m/B = "
        "{last_factor}.",
        factor=exact(shrinking.full),
        short_rows=found.does.short_rows,
        batch_size=run.batch_size,
        last_factor=exact(shrinking.last),
    )


def _factor(found: Split) -> Said:
    run, shrinking = found.does.run, found.does.shrinking
    if shrinking.full == shrinking.last:
        return say(
            "Every step multiplies the rest of the start by 1 − ηλ, with ηλ = {product}, whatever "
            "the batch order.",
            product=run.lr * run.weight_decay,
        )
    return say(
        "Every step multiplies the rest of the start by 1 − ηλ, with ηλ = {product}, but the last "
        "of an epoch, on m = {short_rows} of B = {batch_size} rows, by 1 − ηλ·m/B, whatever the "
        "batch order.",
        product=run.lr * run.weight_decay,
        short_rows=found.does.short_rows,
        batch_size=run.batch_size,
    )


def _goes(found: Split) -> Said:
    """What an epoch of such steps makes of it."""
    growth = found.does.shrinking.growth
    if growth == 0:
        return say("Its length stays as it is.")
    if growth > 0:
        return say("It grows with every epoch.")
    return say("It only shrinks.")
