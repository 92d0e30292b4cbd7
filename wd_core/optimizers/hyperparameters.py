"""The settings of a run, checked against the registry of optimizers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, get_args

from wd_core.checks import (
    Phrase,
    WrongValueError,
    require,
    require_non_negative,
    require_number,
    require_one_of,
    require_positive,
    require_share,
    require_whole,
)
from wd_core.optimizers.entry import Optimizer
from wd_core.optimizers.formula import Formula
from wd_core.optimizers.penalties import FIELDS, PENALTIES, Penalty
from wd_core.optimizers.registry import OPTIMIZERS
from wd_core.optimizers.schedules import FOLLOWING, SCHEDULES, Following
from wd_core.optimizers.settings import KINDS, Loss, RunSettings
from wd_core.signatures import typed

# Settings whose entries ask something of the others.
ASKING: Mapping[str, Mapping[str, Optimizer | Penalty | Following]]
ASKING = {"optimizer": OPTIMIZERS, "penalty": PENALTIES, "decay_follows": FOLLOWING}
# A larger number of steps fits into no array.
MOST = 2**63 - 1


@dataclass(frozen=True)
class Hyperparameters(RunSettings):
    """The settings of one run, named as in torch.optim.

    `loss="half_mse"`: gradient of 1/(2B) Σ r² with B the nominal batch size, so a short last
    batch of m rows scales its whole step, coupled decay included, by m/B (the book's scratch code).
    `loss="mse"`: gradient of the mean of r² over the rows at hand (the book's concise code).
    `decay="coupled"` adds weight_decay·w to the gradient; `"decoupled"` multiplies w by
    (1 − lr·weight_decay) before the step, as torch's AdamW does.
    `schedule`: of T steps the first `warmup` have lr_t = lr·(t+1)/warmup, t = 0, 1, ...; with
    u = (t − warmup)/(T − warmup) those after have lr ("constant"), lr·(1 + cos πu)/2 ("cosine"),
    lr·(1 − u) ("linear") or lr·0.1^⌊3u⌋ ("step").
    `decay_follows`: a step of decoupled decay takes lr_t·weight_decay of w ("lr"), lr·weight_decay
    whatever the schedule ("nothing"), or lr_t²·weight_decay/lr ("lr_squared").
    `penalty="l1"`: λ‖w‖₁, `"elastic"`: λ(ρ‖w‖₁ + (1−ρ)‖w‖²/2) with ρ = l1_ratio in [0, 1], as
    scikit-learn's ElasticNet(alpha=λ, l1_ratio=ρ): a plain step by the data loss and the smooth
    part, then soft thresholding at lr·λ·ρ (·m/B for a short batch whose step is), so zeros are
    exact; plain coupled steps without decay of the bias only.
    `max_norm` = √θ: after each step w is projected onto ‖w‖ <= max_norm, the bias untouched.
    `input_noise` = σ: every step sees its inputs with fresh N(0, σ²) added. Under rules that are
    linear in the gradients that is, in the mean, coupled decay of w with σ² more (`mse`: 2σ²).
    The start is w ~ init_std·N(0, 1), b ~ init_bias_std·N(0, 1). Wrong values raise ValueError.
    """

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            require_setting(name, value)
        for kind in ASKING:
            for name, rule, fits in needs_of(kind, getattr(self, kind)):
                value = getattr(self, name)
                require(fits(value), name, rule, value)
        if type(self.betas) is not tuple:
            object.__setattr__(self, "betas", tuple(self.betas))

    @property
    def ridge_weight_decay(self) -> float:
        """λ of the (λ/2)‖w‖² in the objective L + penalty that this loss convention descends.

        `mse` has twice the data gradient, so its weight_decay counts half (THEORY: wd = 2λ).
        """
        return self.smooth / 2 if self.loss == "mse" else self.smooth

    @property
    def l1_weight_decay(self) -> float:
        """λ of the λ‖w‖₁ in the same objective; 0 where there is none."""
        return self.sharp / 2 if self.loss == "mse" else self.sharp

    @property
    def smooth(self) -> float:
        """What of λ weighs ‖w‖²/2, in its own loss convention."""
        return self._part(PENALTIES[self.penalty].smooth)

    @property
    def sharp(self) -> float:
        """What of λ weighs ‖w‖₁, in its own loss convention."""
        return self._part(PENALTIES[self.penalty].sharp)

    @property
    def scheduled(self) -> bool:
        """Whether η changes from step to step."""
        return self.warmup > 0 or self.lr_falls

    @property
    def lr_falls(self) -> bool:
        """Whether η goes on falling until the run ends, so that its epochs change every step."""
        return SCHEDULES[self.schedule].falls

    @property
    def changes_decay(self) -> bool:
        """Whether what decay takes of w in a step changes with η."""
        return self.scheduled and self.weight_decay > 0 and FOLLOWING[self.decay_follows].power > 0

    @typed
    def steps(self, n_train: int) -> int:
        """How many steps it takes on so many examples."""
        return self.epochs * -(-n_train // self.batch_size)

    def can_have(self, **changes: Any) -> bool:
        """Whether there is such a run with these settings changed."""
        try:
            replace(self, **changes)
        except WrongValueError:
            return False
        return True

    def _part(self, part: Formula) -> float:
        return part.value(*(getattr(self, FIELDS[symbol]) for symbol in part.symbols))


def require_setting(name: str, value: object) -> None:
    """Raise the ValueError of a field of Hyperparameters unless it takes this value."""
    if value is not getattr(RunSettings, name):
        _OF_A_RUN[name](name, value)


def needs_of(kind: str, name: str) -> Iterator[tuple[str, str, Callable[[Any], bool]]]:
    """What the entry `name` asks of other settings: the field, the rule in words, and a test."""
    for field, (rule, fits) in ASKING[kind][name].needs.items():
        yield field, f"{rule} for the {kind} {name}", fits


def _betas(name: str, value: object) -> None:
    require(isinstance(value, Sequence) and len(value) == 2, name, "two numbers", value)
    assert isinstance(value, Sequence)
    for beta in value:
        require_share(name, beta)


def _flag(name: str, value: object) -> None:
    require(isinstance(value, bool), name, "True or False", value)


def _warmup(name: str, value: object) -> None:
    require_whole(name, value, 0)
    require(value <= MOST, name, Phrase("at most {most}", most=MOST), value)  # type: ignore[operator]


_OF_A_RUN: dict[str, Callable[[str, object], None]] = {
    "weight_decay": require_non_negative,
    "lr": require_positive,
    "batch_size": partial(require_whole, least=1),
    "epochs": partial(require_whole, least=0),
    "optimizer": lambda name, value: require_one_of(name, value, tuple(OPTIMIZERS)),
    "momentum": require_share,
    "betas": _betas,
    "eps": require_positive,
    "decay": partial(require_one_of, choices=KINDS),
    "schedule": lambda name, value: require_one_of(name, value, tuple(SCHEDULES)),
    "warmup": _warmup,
    "decay_follows": lambda name, value: require_one_of(name, value, tuple(FOLLOWING)),
    "penalty": lambda name, value: require_one_of(name, value, tuple(PENALTIES)),
    "l1_ratio": partial(require_number, rule="in [0, 1]", ok=lambda x: 0 <= x <= 1),
    "loss": partial(require_one_of, choices=get_args(Loss)),
    "max_norm": require_positive,
    "decay_bias": _flag,
    "input_noise": require_non_negative,
    "init_std": require_non_negative,
    "init_bias_std": require_non_negative,
    "seed": partial(require_whole, least=0),
}
