"""What an update rule can be told: the settings that its entry reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["coupled", "decoupled"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Loss = Literal["half_mse", "mse"]
ScheduleName = Literal["constant", "cosine", "linear", "step"]
Followed = Literal["lr", "nothing", "lr_squared"]


@dataclass(frozen=True)
class RunSettings:
    """The settings of a run, unchecked: `Hyperparameters` is made of them, entries read them."""

    weight_decay: float = 0.0
    lr: float = 0.003
    batch_size: int = 5
    epochs: int = 100
    optimizer: str = "sgd"
    momentum: float = 0.9
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    decay: Kind = "coupled"
    schedule: ScheduleName = "constant"
    warmup: int = 0
    decay_follows: Followed = "lr"
    penalty: str = "l2"
    l1_ratio: float = 0.5
    loss: Loss = "half_mse"
    max_norm: float | None = None
    decay_bias: bool = False
    input_noise: float = 0.0
    init_std: float = 1.0
    init_bias_std: float = 0.0
    seed: int = 0
