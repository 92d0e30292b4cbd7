"""What of the run on Train the two codes leave out, in sentences; no Streamlit."""

from __future__ import annotations

from pages.codes.answer import Question
from pages.shared.words import Said, say, say_n, told
from wd_core import OPTIMIZERS


def not_plain(question: Question) -> list[Said]:
    """Why the run differs from that on Train, where it does."""
    run = question.settings.run
    rule = OPTIMIZERS[run.optimizer]
    if not rule.plain:
        return [
            say(
                "The present run on Train uses {optimizer}; the book’s codes know plain SGD only, "
                "and so does this page.",
                optimizer=told(rule.label),
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
