"""The settings of the geometry page: a scene, as its controls and its link say it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from pages.geometry.question.settings import OFF, ON, SceneSettings
from pages.geometry.question.sources import SOURCES, Source
from pages.shared.fields import (
    Choice,
    Labels,
    NotANumberError,
    Number,
    Setting,
    Value,
)
from pages.shared.form import Form, Values
from pages.shared.numbers import every_digit
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.settings import within
from pages.shared.words import Names, label, say, tell
from wd_core import DATASETS

# Forty steps a decade: the preferred numbers of Renard's series R40.
MANTISSAS = (
    *("1", "1.06", "1.12", "1.18", "1.25", "1.32", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9"),
    *("2", "2.12", "2.24", "2.36", "2.5", "2.65", "2.8", "3", "3.15", "3.35", "3.55", "3.75"),
    *("4", "4.25", "4.5", "4.75", "5", "5.3", "5.6", "6", "6.3", "6.7", "7.1", "7.5"),
    *("8", "8.5", "9", "9.5"),
)
WEIGHT_DECAYS = (
    0.0,
    *(float(f"{digits}e{power}") for power in range(-3, 4) for digits in MANTISSAS),
    *(1e4, 1e5, 1e6),
)
DECADES = tuple(float(f"1e{power}") for power in range(-3, 7))
# What is nearer to 0 is told apart from it by no picture.
SMALLEST = 1e-12
SWITCH = {OFF: "off", ON: "on"}
VIEWS = Names({"levels": label("Level sets"), "surface": label("Surface")})
_FEATURE_NAMES = {
    "age": label("age (age)"),
    "sex": label("sex (sex)"),
    "bmi": label("bmi (body mass)"),
    "bp": label("bp (blood pressure)"),
    "s1": label("s1 (cholesterol)"),
    "s2": label("s2 (LDL)"),
    "s3": label("s3 (HDL)"),
    "s4": label("s4 (TCH/HDL)"),
    "s5": label("s5 (triglycerides (log))"),
    "s6": label("s6 (glucose)"),
}


@dataclass(frozen=True)
class Scene(SceneSettings):
    """What the picture shows."""

    @property
    def kind(self) -> Source:
        """The entry of its source."""
        return SOURCES[self.source]

    def problem(self) -> Scene:
        """The same scene with everything at its default that does not change the quadratic."""
        kept = {key: getattr(self, key) for key in _of_source(self)}
        return replace(DEFAULT, **kept)


DEFAULT = Scene()
DEFAULTS: dict[str, Value] = asdict(DEFAULT)


class Real(Number):
    """A number of the plane: 0, or so large that its square is a number, too."""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        value = super().read(text)
        if 0 < abs(float(value)) < SMALLEST:
            raise ValueError(tell("is closer to 0 than 10⁻¹² without being 0"))
        return value


def _real(key: str, label: str, help: str, least: float, most: float, step: float) -> Number:
    return Real(key, label, help, float(DEFAULTS[key]), least, most, step)


def _choice(key: str, label: str, help: str, options: Mapping[str, str]) -> Choice:
    return Choice(key, label, help, str(DEFAULTS[key]), options)


def _as_in_train(key: str, name: str = "", **changes: Any) -> Setting:
    """Train's setting of this name, with a default and perhaps limits of its own."""
    setting: Any = TRAIN[name or key]
    return cast(Setting, replace(setting, key=key, default=DEFAULTS[key], **changes))


@dataclass(frozen=True)
class Size(Number):
    """θ, which has a rule of its own."""

    instead: str = label("θ follows from λ instead")

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        try:
            value = float(text)
        except ValueError:
            raise NotANumberError from None
        if value <= 0:
            raise ValueError(tell("is not above 0: θ is the square of the disc's radius"))
        if not math.isfinite(value):
            raise ValueError(tell("is not a finite number"))
        return value


class Correlation(Number):
    """ρ of two features, with the reason for its limits."""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        try:
            degenerate = abs(float(text)) >= 1
        except ValueError:
            degenerate = False
        if degenerate:
            raise ValueError(
                tell(
                    "is outside the range {least} to {most}: at ±1 the two features would be one",
                    least=every_digit(self.least),
                    most=every_digit(self.most),
                )
            )
        return super().read(text)


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        _as_in_train(
            "weight_decay",
            help=label(
                "λ: strength of the penalty (λ/2)‖w‖²; 0 turns it off, and w* goes back to w̃."
            ),
            steps=WEIGHT_DECAYS,
        ),
        Size(
            "theta",
            label("Constraint ‖w‖² ≤ θ"),
            label("θ: the largest ‖w‖² allowed; the disc has radius √θ. It and λ are one setting."),
            DEFAULT.theta,
            0.0,
            math.inf,
            0.1,
        ),
        _choice(
            "source",
            label("Where the loss comes from"),
            label(
                "Two weights with a bowl of your own design, or the loss of real or synthetic data."
            ),
            Labels(SOURCES),
        ),
        _real(
            "s1",
            label("Eigenvalue s₁"),
            label("s₁: curvature in the direction of the angle."),
            0,
            100,
            0.1,
        ),
        _real(
            "s2",
            label("Eigenvalue s₂"),
            label("s₂: curvature across it; 0 makes a valley."),
            0,
            100,
            0.05,
        ),
        _real(
            "angle",
            label("Angle"),
            label("Direction of the first eigenvector, in degrees."),
            0,
            180,
            5,
        ),
        _real(
            "w1",
            "w̃₁",
            label("First coordinate of w̃, the minimiser of the data loss."),
            -10,
            10,
            0.1,
        ),
        _real("w2", "w̃₂", label("Second coordinate of w̃."), -10, 10, 0.1),
        _choice(
            "feature1",
            label("First feature"),
            label("The feature that w₁ belongs to."),
            _FEATURE_NAMES,
        ),
        _choice(
            "feature2",
            label("Second feature"),
            label("The feature that w₂ belongs to."),
            _FEATURE_NAMES,
        ),
        _as_in_train(
            "data",
            "source",
            help=label("The data whose loss is sliced."),
            options=Labels(DATASETS),
        ),
        _as_in_train("n_train", label=label("Examples n"), least=2, most=200),
        Number(
            "n_features",
            label("Dimension d"),
            label("d: the number of weights."),
            DEFAULT.n_features,
            2,
            200,
            10,
            whole=True,
        ),
        _as_in_train("noise", step=0.1),
        Correlation(
            "correlation",
            label("Correlation ρ"),
            label("ρ: correlation of the two features; near ±1 the bowl becomes a valley."),
            DEFAULT.correlation,
            -0.99,
            0.99,
            0.05,
        ),
        _real(
            "true1",
            label("True w₁"),
            label("The first weight that generates the targets."),
            -10,
            10,
            0.1,
        ),
        _real(
            "true2",
            label("True w₂"),
            label("The second weight that generates the targets."),
            -10,
            10,
            0.1,
        ),
        _as_in_train("seed"),
        _choice(
            "objective",
            label("Level sets of the objective"),
            label("J = L + (λ/2)‖w‖² around w*."),
            SWITCH,
        ),
        _choice(
            "l1",
            label("L1 beside L2"),
            label("The diamond |w₁| + |w₂| ≤ √θ inside the disc."),
            SWITCH,
        ),
        _choice(
            "descent",
            label("Descent"),
            label("The way from a start down L or J, step by step."),
            SWITCH,
        ),
        _real("start1", label("Start w₁"), label("First coordinate of the start."), -100, 100, 0.1),
        _real(
            "start2", label("Start w₂"), label("A click in the panel sets both."), -100, 100, 0.1
        ),
        _real(
            "lr",
            label("Learning rate η"),
            label("η scales every step: with twice the η a step is twice as long."),
            1e-4,
            100,
            0.01,
        ),
        Number(
            "steps",
            label("Steps"),
            label("How many steps each path has; the first 20 are marked."),
            DEFAULT.steps,
            1,
            200,
            10,
            whole=True,
        ),
        _choice(
            "sgd",
            label("Minibatch SGD"),
            label("The same with gradients of a few examples."),
            SWITCH,
        ),
        _as_in_train("batch_size", help=label("B: examples a step of minibatch SGD."), most=441),
        _choice(
            "projected",
            label("Projected descent"),
            label("Steps on L alone, each followed by a pull back onto the disc of radius √θ."),
            SWITCH,
        ),
        _choice(
            "view",
            label("View"),
            label("Level sets in the plane, or the surfaces above it."),
            VIEWS,
        ),
    )
}


# What a quadratic may be made of, and what belongs to paths alone.
SHAPE = (
    *("s1", "s2", "angle", "w1", "w2", "feature1", "feature2", "data", "n_train", "n_features"),
    *("noise", "correlation", "true1", "true2", "seed"),
)
PATHS = ("lr", "steps", "start1", "start2", "projected", "sgd", "batch_size")


def _of_source(scene: Scene) -> tuple[str, ...]:
    return ("source", *scene.kind.reads(scene))


def relevant(scene: Scene) -> set[str]:
    """The keys that this scene reads."""
    unread = {*SHAPE} - {*scene.kind.reads(scene)}
    if not scene.kind.weights:  # a path would leave the plane, and its coordinates are not weights
        unread |= {"descent", "l1"}
    if not with_descent(scene):
        unread |= {*PATHS}
    elif not scene.kind.examples:
        unread |= {"sgd", "batch_size"}
    elif not with_sgd(scene):
        unread |= {"batch_size"}
    return SETTINGS.keys() - unread


def with_descent(scene: Scene) -> bool:
    """Whether paths are asked for: they need coordinates that are weights."""
    return scene.kind.weights and scene.descent == ON


def with_sgd(scene: Scene) -> bool:
    """Whether minibatch descent is drawn: it needs examples."""
    return scene.kind.examples and with_descent(scene) and scene.sgd == ON


def with_l1(scene: Scene) -> bool:
    """Whether the diamond is drawn: it needs coordinates that are weights."""
    return scene.kind.weights and scene.l1 == ON


def _said(scene: Scene) -> Values:
    """λ is not said where it follows from θ."""
    left_out = {"weight_decay"} if scene.theta > 0 else set()
    return {key: value for key, value in asdict(scene).items() if key not in left_out}


def _mended(scene: Scene, given: Values) -> tuple[Scene, list[str]]:
    """Of λ and θ, which are one setting, λ counts where both are named."""
    if scene.theta == 0:
        return scene, []
    if float(given.get("weight_decay", 0.0)) > 0:
        said = say("The link names both λ and θ, which are one setting: θ follows from λ.")
        return replace(scene, theta=0.0), [said]
    return replace(scene, weight_decay=0.0), []  # until the picture has worked out λ(θ)


def _limited(setting: Setting, values: Values) -> Setting:
    """A size of sliced data within what they have."""
    if not isinstance(setting, Number):
        return setting
    scene = FORM.of(values)
    return within(setting, DATASETS[scene.data]) if "data" in scene.kind.reads(scene) else setting


FORM: Form[Scene] = Form(
    "geometry",
    SETTINGS,
    Scene,
    reads=lambda values: relevant(FORM.of(values)),
    said=_said,
    mended=_mended,
    limited=_limited,
)
