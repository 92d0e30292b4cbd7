"""What the two codes did, in sentences and formulas; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pages.codes.answer import Answer, Question
from pages.shared.latex import tex
from pages.shared.numbers import every_digit
from pages.shared.words import Said, Value, listed, say, say_n
from wd_core import OPTIMIZERS
from wd_core.book.two_codes import MARKS, Standing

# A difference below this share of the largest weight is what float64 leaves of equal sums.
ROUNDING = 1e-12


def outcome(question: Question, found: Answer) -> str:
    """Which switches set the codes apart, and how far apart they end."""
    said: list[str] = _diverged(question, found) or _end(question, found)
    idle = [key for key, standing in question.standings.items() if standing == "idle"]
    if not question.acting and idle:
        said.append(
            say("Still written differently, without effect: {switches}.", switches=named(idle))
        )
    return " ".join([*said, _near(question, found)])


def _near(question: Question, found: Answer) -> Said:
    """How far the codes are from our engine, over the epochs at which they have numbers."""
    nearness = found.nearness
    if found.diverged_at == (None, None):
        if nearness == 0:
            return say(
                "At every epoch all weights and the bias of both are exactly those of our engine’s "
                "run of it."
            )
        return say(
            "At no epoch is a weight or the bias of either further from our engine’s run of it "
            "than {nearness} of the largest weight or bias that the code has had.",
            nearness=nearness,
        )
    scratch, concise = found.last_epochs
    return say(
        "At no epoch with numbers (scratch up to epoch {scratch_last}, concise up to epoch "
        "{concise_last}) is a weight or the bias of either further from our engine’s run of it "
        "than {nearness} of the largest weight or bias that the code has had.",
        scratch_last=scratch,
        concise_last=concise,
        nearness=nearness,
    )


def _end(question: Question, found: Answer) -> list[str]:
    """Whether the codes differ, and how far apart they are at the end."""
    apart, epochs = float(found.apart[-1]), question.run.epochs
    small = apart <= ROUNDING * float(found.size[-1].max())
    if not question.acting:
        return [say("The two codes are one computation."), _nothing(apart, epochs, small=small)]
    differ = _differ(question)
    if small:
        return [differ, _gone(apart, epochs)]
    scratch, concise = (float(loss) for loss in found.test_loss[-1])
    return [
        differ,
        say(
            "After epoch {epochs} a weight or the bias is {apart} apart, and the test loss is "
            "{test_scratch} from scratch and {test_concise} concise.",
            epochs=epochs,
            apart=apart,
            test_scratch=scratch,
            test_concise=concise,
        ),
    ]


def _nothing(apart: float, epochs: int, *, small: bool) -> Said:
    if apart == 0:
        return say("After epoch {epochs} no weight or bias differs at all.", epochs=epochs)
    if small:
        return say(
            "After epoch {epochs} no weight or bias differs by more than {apart}, which is "
            "rounding.",
            epochs=epochs,
            apart=apart,
        )
    return say(
        "After epoch {epochs} no weight or bias differs by more than {apart}, which is rounding "
        "that has grown.",
        epochs=epochs,
        apart=apart,
    )


def _gone(apart: float, epochs: int) -> Said:
    """What is left of a difference: nothing."""
    if apart == 0:
        return say(
            "Yet after epoch {epochs} no weight or bias differs at all: nothing is left of that.",
            epochs=epochs,
        )
    return say(
        "Yet after epoch {epochs} no weight or bias differs by more than {apart}: nothing is left "
        "of that.",
        epochs=epochs,
        apart=apart,
    )


def _diverged(question: Question, found: Answer) -> list[str]:
    scratch, concise = found.diverged_at
    first, second = question.programs
    values: dict[str, Value] = {}
    if scratch is not None:
        values |= {"scratch_lr": every_digit(first.lr), "scratch_diverged_at": scratch}
    if concise is not None:
        values |= {"concise_lr": every_digit(second.lr), "concise_diverged_at": concise}
    if not values:
        return []
    if concise is None:
        said = say(
            "The scratch code, at η = {scratch_lr}, diverged by epoch {scratch_diverged_at}; the "
            "other did not.",
            **values,
        )
    elif scratch is None:
        said = say(
            "The concise code, at η = {concise_lr}, diverged by epoch {concise_diverged_at}; the "
            "other did not.",
            **values,
        )
    else:
        said = say(
            "The scratch code, at η = {scratch_lr}, diverged by epoch {scratch_diverged_at} and "
            "the concise code, at η = {concise_lr}, by epoch {concise_diverged_at}.",
            **values,
        )
    differ = [_differ(question)] if question.acting else []
    return [said, *differ, say("Choose a smaller η.")]


def _differ(question: Question) -> Said:
    return say("The codes differ in {switches}.", switches=named(question.acting))


def named(keys: Iterable[str]) -> str:
    """The switches in a sentence: the ½ of the loss, the start of b and decay of b."""
    return listed([MARKS[key] for key in keys])


def heading(key: str, standing: Standing) -> Said:
    """A switch in which the codes differ, as the marks in the scripts have it."""
    if standing == "idle":
        return say("**= {switch}**", switch=MARKS[key])
    return say("**≠ {switch}**", switch=MARKS[key])


def effect(key: str, standing: Standing, alone: Mapping[str, float], size: float) -> str:
    """What this one switch does to the end of the run; `size`: of the largest weight."""
    if standing == "joint":
        return say(
            "No effect by itself: where the sum is divided by its rows, the step is the same. "
            "Where it is not, this acts together with {switch}.",
            switch=MARKS["divisor"],
        )
    if standing == "idle":
        return without_effect(key)
    said = [_alone(alone[key], size)]
    if key == "divisor" and "penalty" in alone:
        said.append(_with_penalty_moved(alone["penalty"], size))
    return " ".join(said)


def without_effect(key: str) -> Said:
    """Why a difference in this switch has no effect; the start of b always has one."""
    texts = {
        "loss": say("Without effect here: it is made up for by η and wd."),
        "rates": say("Without effect here: they make up for the ½."),
        "bias_decay": say("Without effect here: wd is 0."),
        "divisor": say("Without effect here: every batch is full."),
        "penalty": say("Without effect here: the step is the same."),
    }
    return texts[key]


def _alone(apart: float, size: float) -> Said:
    if math.isnan(apart):
        return say("With this alone, all else as “Make them equal” has it, a code diverges.")
    if apart <= ROUNDING * size:
        return say(
            "With this alone, all else as “Make them equal” has it, nothing is left of it at the "
            "end."
        )
    return say(
        "With this alone, all else as “Make them equal” has it, the codes end {alone} apart.",
        alone=apart,
    )


def _with_penalty_moved(apart: float, size: float) -> Said:
    if math.isnan(apart):
        return say("With the penalty added by the optimizer in both, a code diverges.")
    if apart <= ROUNDING * size:
        return say(
            "With the penalty added by the optimizer in both, nothing is left of it at the end."
        )
    return say(
        "With the penalty added by the optimizer in both, the codes end {moved} apart.",
        moved=apart,
    )


def alike(standings: Mapping[str, Standing]) -> str:
    """The switches in which the codes do not differ."""
    keys = [key for key, standing in standings.items() if standing == "alike"]
    return say("The same in both: {switches}.", switches=named(keys)) if keys else ""


# ---------------------------------------------------------------- formulas


def apart_in_more(question: Question) -> tuple[str, ...]:
    """The switches that other values of η and wd cannot make up for."""
    return tuple(k for k in question.acting if k not in ("loss", "rates", "bias_start"))


def mapping(question: Question) -> str:
    """concise(η, wd) in terms of scratch, in general and with the present numbers, in LaTeX.

    "" where no η and wd make the steps the same.
    """
    if apart_in_more(question):
        return ""
    scratch, concise = question.programs
    c = 2 if scratch.half and not concise.half else 1
    law = r"\text{concise}(\eta, wd) = \text{scratch}(" + (
        r"2\eta, \tfrac{wd}{2})" if c == 2 else r"\eta, wd)"
    )
    equal = (concise.lr * c, concise.weight_decay / c)
    needed = (scratch.lr / c, scratch.weight_decay * c)
    lines = [
        law,
        rf"\text{{concise}}{_pair(concise.lr, concise.weight_decay)} = \text{{scratch}}"
        + _pair(*equal),
    ]
    if equal != (scratch.lr, scratch.weight_decay):
        lines.append(
            rf"\text{{scratch}}{_pair(scratch.lr, scratch.weight_decay)} = \text{{concise}}"
            + _pair(*needed)
        )
    return _gathered(lines)


def of_mapping(question: Question) -> Said:
    """What the formulas say, or why there are none."""
    more = apart_in_more(question)
    if more:
        return say(
            "No η and wd make the steps of these two codes the same, for they differ in "
            "{switches}.",
            switches=named(more),
        )
    return say("The same steps from other numbers, with all else alike.")


def steps(question: Question) -> str:
    """What a step of each code on a full batch does to w, with the present numbers, in LaTeX."""
    return _steps(question, min(question.run.batch_size, question.settings.data.n_train))


def short_batch(question: Question) -> tuple[Said, str] | None:
    """That the last batch is short, and what a step on it does; None where every batch is full."""
    rows = question.settings.data.n_train % question.run.batch_size
    if not rows:
        return None
    said = say_n(
        "The last batch of an epoch has {n} row of {batch_size}:",
        "The last batch of an epoch has {n} rows of {batch_size}:",
        rows,
        batch_size=question.run.batch_size,
    )
    return said, _steps(question, rows)


def _steps(question: Question, rows: int) -> str:
    lines = []
    for program in question.programs:
        keep, data = program.step(rows)
        lines.append(
            rf"\text{{{program.code}:}}\ w \leftarrow {tex(keep, 4)}\,w"
            rf" - {tex(data, 4)} \textstyle\sum_i r_i x_i"
        )
    return _gathered(lines)


def _pair(lr: float, weight_decay: float) -> str:
    return rf"({tex(lr, 4)},\ {tex(weight_decay, 4)})"


def _gathered(lines: Iterable[str]) -> str:
    return r"\begin{gathered}" + r" \\ ".join(lines) + r"\end{gathered}"


def convention(question: Question) -> Said:
    """In which unit the losses are drawn, and what the codes themselves would plot."""
    scratch, concise = (program.half for program in question.programs)
    if scratch and concise:
        return say(
            "Losses are half mean squares, as both codes have them; the penalty is not in them."
        )
    if scratch:
        return say(
            "Losses are half mean squares for both, without the penalty; plotted in its own unit, "
            "without the ½, the concise code’s would stand twice as high."
        )
    return say(
        "Losses are half mean squares for both, without the penalty; plotted in their own unit, "
        "without the ½, those of both codes would stand twice as high."
    )


def not_plain(question: Question) -> list[Said]:
    """Why the run differs from that on Train, where it does."""
    run = question.settings.run
    rule = OPTIMIZERS[run.optimizer]
    if not rule.plain:
        return [
            say(
                "The present run on Train uses {optimizer}; the book’s codes know plain SGD only, "
                "and so does this page.",
                optimizer=rule.label,
            )
        ]
    short = question.settings.data.n_train % run.batch_size
    if run.decay == "decoupled" and short and run.weight_decay:
        return [
            say(
                "The present run on Train has decoupled decay, which a short last batch does not "
                "weaken; the book’s codes have the penalty where the switch says."
            )
        ]
    return []


def capped(question: Question) -> Said:
    """That only the first epochs are run."""
    return say_n(
        "Of the run’s {epochs} epochs the first is run here and in the scripts below: two codes "
        "with autograd take their time. Choose fewer examples, larger batches or fewer dimensions "
        "to see more of them.",
        "Of the run’s {epochs} epochs the first {n} are run here and in the scripts below: two "
        "codes with autograd take their time. Choose fewer examples, larger batches or fewer "
        "dimensions to see more of them.",
        question.run.epochs,
        epochs=question.settings.run.epochs,
    )


def rates(question: Question) -> Said:
    """What r is, and η and wd of the two codes: the caption of the formulas."""
    scratch, concise = question.programs
    return say(
        "r is the residual of each example in the batch. From scratch η = {scratch_lr} and wd = "
        "{scratch_weight_decay}, concise η = {concise_lr} and wd = {concise_weight_decay}.",
        scratch_lr=every_digit(scratch.lr),
        scratch_weight_decay=every_digit(scratch.weight_decay),
        concise_lr=every_digit(concise.lr),
        concise_weight_decay=every_digit(concise.weight_decay),
    )
