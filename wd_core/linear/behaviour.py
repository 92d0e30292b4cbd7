"""What a run does, known before it is run: where it goes, what decay takes, how large η may be.

Everything is worked out from the entry of the run's optimizer, its kind of decay, the number of
training examples and the batch size, and comes with the formula that gave it. Where nothing is
known, that is said, with the reason: nothing may then be compared with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

from wd_core.checks import require_one_of, require_whole
from wd_core.linear.cycles import cycle_limit
from wd_core.linear.outcomes import End, SameSteps, StabilityLimit
from wd_core.linear.shrinking import Shrinking, shrinking
from wd_core.linear.spectrum import stability
from wd_core.optimizers import (
    FOLLOWING,
    OPTIMIZERS,
    PENALTIES,
    Decay,
    Hyperparameters,
    Known,
    Loss,
    Optimizer,
)
from wd_core.records import Dataset
from wd_core.signatures import typed

# Why the end of a run is not known, where its rule and kind of decay are not the reason.
DECAYED_BIAS = "The bias is decayed, too, and the solutions shown here leave it free."
HELD = "After each step w is pulled back onto ‖w‖ ≤ max_norm, which no λ stands for."
UNEVEN_MEAN = (
    "The mean over a short last batch weighs its examples more than those of the other batches."
)
TOO_LONG = "Finding it for so large a training set would take too long."
FALLING_LIMIT = "No limit of η is known where η falls as the run goes on."
STAYS_BEHIND = (
    "Decay does not fall as η does. Its strength beside the gradients changes with the steps, and "
    "no one λ stands for it."
)
CHANGING = "η changes from step to step, and with it what decay takes of w."
NO_LIMIT = "No limit of η is known for this optimizer."
NOISY = "Fresh noise on the inputs moves every weight, in every direction."
NOISY_LIMIT = "No limit of η is known where every step sees its inputs with fresh noise."
NOISY_END = (
    "Where fresh noise on the inputs leads is known only of optimizers whose steps are linear in "
    "the gradients, and not under an L1 penalty."
)


@dataclass(frozen=True)
class Behaviour:
    """What a run on `n_train` examples does; None: batches that divide the examples evenly."""

    run: Hyperparameters
    n_train: int | None

    @property
    def rule(self) -> Optimizer:
        """The entry of the run's optimizer."""
        return OPTIMIZERS[self.run.optimizer]

    @property
    def decay(self) -> Decay:
        """The facts about its kind of decay."""
        return self.rule.decays[self.run.decay]

    @property
    def takes_all(self) -> bool:
        """Whether every step takes all examples."""
        return self.n_train is not None and self.run.batch_size >= self.n_train

    @property
    def short_rows(self) -> int:
        """The rows of a last batch that holds fewer than B of them; 0 where every batch is full."""
        return 0 if self.n_train is None else self.n_train % self.run.batch_size

    @property
    def symbols(self) -> dict[str, float]:
        """The numbers of the run by the symbols that formulas have for them."""
        run = self.run
        known = {"λ": run.weight_decay, "μ": run.momentum, "η": run.lr, "B": run.batch_size}
        known["ρ"] = run.l1_ratio
        return known if self.n_train is None else {**known, "n": self.n_train, "m": self.short_rows}

    # ------------------------------------------------------------ where it goes

    @cached_property
    def end(self) -> End:
        """Where the run goes."""
        run = self.run
        # without decay it does not matter of which kind it would be
        towards = (self.decay if run.weight_decay else self.rule.decays["coupled"]).end
        if run.decay_bias and run.weight_decay:
            return End("unknown", why=DECAYED_BIAS)
        if run.max_norm is not None:
            return End("unknown", why=HELD)
        if run.weight_decay and run.lr_falls and FOLLOWING[run.decay_follows].power != 1:
            return End("unknown", why=STAYS_BEHIND)
        if towards.strength is None or not (towards.on_batches or self.takes_all):
            return End("unknown", why=towards.elsewhere)
        if run.input_noise and (run.sharp or not self.rule.linear):
            return End("unknown", why=NOISY_END)
        if run.loss == "mse" and self.short_rows and not self.takes_all:
            return End("unknown", why=UNEVEN_MEAN)
        strength = towards.strength.at(self.symbols)
        if towards.shape == "box":
            return End("box", bound=strength)
        if run.sharp:
            return End("lasso", l1=self._weighed(strength), why=PENALTIES[run.penalty].end)
        return End("ridge", weight_decay=self._weighed(strength))

    def _weighed(self, strength: Known) -> Known:
        """λ of the ridge solution, with what the loss convention and short batches make of it."""
        run, n = self.run, self.n_train
        if run.loss == "mse":
            strength = _times(strength, 1 / 2, "/2", r"/2", {})
        B = run.batch_size
        if n is not None and self.short_rows and run.loss != "mse" and run.decay != "coupled":
            share, latex = B * math.ceil(n / B) / n, r"\cdot\tfrac{B\lceil n/B\rceil}{n}"
            strength = _times(strength, share, "·B⌈n/B⌉/n", latex, {"B": B, "n": n})
        return _with_noise(strength, run.input_noise) if run.input_noise else strength

    # ------------------------------------------------------------ what decay takes

    @property
    def shrinking(self) -> Shrinking:
        """What decay alone multiplies w by, where a step multiplies it by a factor as such."""
        return shrinking(self.run, self.n_train or self.run.batch_size)

    @property
    def has_factors(self) -> bool:
        """Whether that is what becomes of the part of w that no example reaches.

        It is then `shrinking.left`, be the factor the same at every step or not.
        """
        return not self._no_factors

    @property
    def has_factor(self) -> bool:
        """Whether that is so with one factor for all steps on full batches."""
        return not self.no_factor

    @property
    def no_factor(self) -> str:
        """Why no single factor describes that part, in a sentence; "" where one does.

        Without decay no rule that stays in the span touches it: the factor is 1.
        """
        return self._no_factors or (CHANGING if self.run.changes_decay else "")

    @property
    def _no_factors(self) -> str:
        """Why it is not multiplied by factors at all."""
        if self.run.max_norm is not None:
            return HELD
        if self.run.input_noise:
            return NOISY
        if self.run.sharp:
            return PENALTIES[self.run.penalty].corners
        passes = self.decay.no_factor if self.run.weight_decay else ""
        return self.rule.leaves_span or passes

    @property
    def factor(self) -> Known:
        """What a step on a full batch multiplies w by, with η at its full size."""
        return Known(self.shrinking.full, "1 − ηλ", r"1-\eta\lambda", self._of("η", "λ"))

    @property
    def epoch_factor(self) -> Known:
        """What an epoch multiplies w by; infinite beyond floats, NaN where epochs differ in it."""
        found = self.shrinking
        steps = found.an_epoch
        value = math.nan if self.run.changes_decay else float(found.left(steps))
        if found.full == found.last:
            power = {"k": float(steps)}
            return Known(value, "(1 − ηλ)^k", r"(1-\eta\lambda)^k", {**self._of("η", "λ"), **power})
        return Known(
            value,
            "(1 − ηλ)^k · (1 − ηλ·m/B)",
            r"(1-\eta\lambda)^k\,(1-\eta\lambda\tfrac{m}{B})",
            {**self._of("η", "λ", "m", "B"), "k": float(steps - 1)},
        )

    @property
    def grows_alone(self) -> bool:
        """Whether decay alone makes w longer with every epoch, or in all where it changes."""
        return self._multiplies and self.shrinking.growth > 0

    @property
    def limit_alone(self) -> Known | None:
        """The η from which a full step of decay alone makes w longer; None where none does."""
        lam = self.run.weight_decay
        if not self._multiplies or lam == 0:
            return None
        return Known(2 / lam, "2/λ", r"\tfrac{2}{\lambda}", self._of("λ"))

    @property
    def _multiplies(self) -> bool:
        """Whether what decay does at a step is to multiply w."""
        return self.decay.factor and not self.run.sharp

    def _of(self, *names: str) -> dict[str, float]:
        return {name: float(self.symbols[name]) for name in names}

    # ------------------------------------------------------------ how large η may be

    @property
    def _share_of_all(self) -> float:
        """What a step on all examples counts, n/B where they are fewer than a batch holds."""
        if not self.takes_all or self.run.loss == "mse" or self.n_train is None:
            return 1.0
        return self.n_train / self.run.batch_size

    @property
    def counted(self) -> Known | None:
        """What the curvature in its limit counts in the place of λ; None without a known limit."""
        if self.decay.limit is None:
            return None
        if self.run.sharp:  # such a penalty goes with plain steps alone
            return PENALTIES[self.run.penalty].smooth.at(self.symbols)
        return self.decay.limit.counted.at(self.symbols)

    @typed
    def limit(self, dataset: Dataset) -> StabilityLimit:
        """From which η the run diverges on this training set."""
        share = self._share_of_all
        decoupled = self.run.decay == "decoupled"
        strength = self.run.weight_decay / share if decoupled else self.run.weight_decay
        known = stability(dataset.X_train, replace(self.run, weight_decay=strength))
        if known is None:
            why = NOISY_LIMIT if self.run.input_noise else NO_LIMIT
            why = FALLING_LIMIT if self.run.lr_falls and self.decay.limit is not None else why
            return StabilityLimit("none", math.nan, why=why)
        if self.takes_all:
            h = known.symbols["h"] * share
            known = replace(known, value=known.value / share, symbols={**known.symbols, "h": h})
            return StabilityLimit("full", known.value, known)
        lr = cycle_limit(dataset, self.run)
        if math.isnan(lr):
            return StabilityLimit("none", lr, why=TOO_LONG)
        return StabilityLimit("cycle", lr)

    # ------------------------------------------------------------ the same in another convention

    @typed
    def in_loss(self, loss: Loss) -> SameSteps | None:
        """The same steps from another loss convention; None where no η and λ make them.

        With gradients c times as large (2 under the mean square without ½) coupled decay needs cλ,
        and the step c^degree times as large needs η/c^degree; decoupled decay then has λ·c^degree,
        for ηλ stays. A short last batch counts otherwise in the two: no numbers make up for that.
        """
        run, symbols = self.run, self._of("η", "λ")
        require_one_of("loss", loss, get_args(Loss))
        if self.short_rows:
            return None
        c = {"half_mse": 1, "mse": 2}[loss] / {"half_mse": 1, "mse": 2}[run.loss]
        step = c**self.rule.degree
        pull = c if run.decay == "coupled" else step
        same = replace(
            run, loss=loss, lr=run.lr / step, weight_decay=run.weight_decay * pull, eps=run.eps * c
        )
        lr, decay = _scaled("η", r"\eta", 1 / step), _scaled("λ", r"\lambda", pull)
        return SameSteps(
            same,
            Known(same.lr, *lr, {"η": symbols["η"]}),
            Known(same.weight_decay, *decay, {"λ": symbols["λ"]}),
        )


@typed
def behaviour(run: Hyperparameters, n_train: int | None = None) -> Behaviour:
    """What this run does on so many training examples; None: batches divide them evenly.

    ValueError for a number of examples that is no whole number from 1 on.
    """
    if n_train is not None:
        require_whole("n_train", n_train, 1)
    return Behaviour(run, n_train)


@typed
def fixed_point(run: Hyperparameters, n_train: int | None = None) -> float | None:
    """The λ of the ridge solution around which a run settles; None where it is none, or unknown.

    Its centre as η → 0, and exactly its limit on whole batches; with noise on the inputs, which
    adds σ² to λ, its mean. Where η falls over the run it is the same, and None for decay that does
    not fall as η does. 0.0: a least squares solution; which one, where there are more weights than
    examples, the start decides.
    """
    found = behaviour(run, n_train).end.weight_decay
    return None if found is None else found.value


def _times(
    known: Known, factor: float, text: str, latex: str, symbols: Mapping[str, float]
) -> Known:
    return Known(
        known.value * factor,
        known.text + text,
        known.latex + latex,
        {**known.symbols, **{name: float(value) for name, value in symbols.items()}},
    )


def _with_noise(known: Known, noise: float) -> Known:
    """With the variance of the noise on the inputs added."""
    symbols = {**known.symbols, "σ": float(noise)}
    value = known.value + noise * noise
    return Known(value, f"{known.text} + σ²", rf"{known.latex}+\sigma^2", symbols)


def _scaled(text: str, latex: str, factor: float) -> tuple[str, str]:
    """A symbol times a power of two, as text and in LaTeX."""
    if factor == 1:
        return text, latex
    if factor > 1:
        return f"{factor:g}{text}", f"{factor:g}{latex}"
    return f"{text}/{1 / factor:g}", rf"\tfrac{{{latex}}}{{{1 / factor:g}}}"
