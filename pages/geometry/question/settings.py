"""What a scene can be told: the settings that its source reads."""

from __future__ import annotations

from dataclasses import dataclass

ON, OFF = "on", "off"


@dataclass(frozen=True)
class SceneSettings:
    """The settings of a scene: `Scene` is made of them, the entries of the sources read them.

    theta = 0: the disc has the size that λ gives it.
    """

    weight_decay: float = 0.5
    theta: float = 0.0
    source: str = "designed"
    s1: float = 2.0
    s2: float = 0.25
    angle: float = 55.0
    w1: float = 1.9
    w2: float = 1.1
    feature1: str = "bmi"
    feature2: str = "s5"
    data: str = "linear"
    n_train: int = 20
    n_features: int = 200
    noise: float = 0.5
    correlation: float = 0.8
    true1: float = 1.5
    true2: float = 0.5
    seed: int = 0
    objective: str = OFF
    l1: str = OFF
    descent: str = OFF
    start1: float = -1.5
    start2: float = 1.5
    lr: float = 0.2
    steps: int = 60
    sgd: str = ON
    batch_size: int = 5
    projected: str = ON
    view: str = "levels"
