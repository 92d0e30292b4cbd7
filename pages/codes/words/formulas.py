"""How η and wd of the two codes translate, and their steps, as formulas and sentences."""

from __future__ import annotations

from collections.abc import Iterable

from pages.codes.answer import Question
from pages.codes.words.switches import named
from pages.shared.codes import CODES
from pages.shared.latex import tex
from pages.shared.numbers import every_digit
from pages.shared.words import Said, say, say_n


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
    other = r"2\eta, \tfrac{wd}{2}" if c == 2 else r"\eta, wd"
    law = rf"{_text('concise')}(\eta, wd) = {_text('scratch')}({other})"
    equal = (concise.lr * c, concise.weight_decay / c)
    needed = (scratch.lr / c, scratch.weight_decay * c)
    lines = [
        law,
        rf"{_text('concise')}{_pair(concise.lr, concise.weight_decay)} = {_text('scratch')}"
        + _pair(*equal),
    ]
    if equal != (scratch.lr, scratch.weight_decay):
        lines.append(
            rf"{_text('scratch')}{_pair(scratch.lr, scratch.weight_decay)} = {_text('concise')}"
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
            rf"\text{{{CODES[program.code]}:}}\ w \leftarrow {tex(keep, 4)}\,w"
            rf" - {tex(data, 4)} \textstyle\sum_i r_i x_i"
        )
    return _gathered(lines)


def _text(code: str) -> str:
    return rf"\text{{{CODES[code]}}}"


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
