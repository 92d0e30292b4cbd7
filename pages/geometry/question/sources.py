"""Where the quadratic comes from: one entry for each kind, with all there is to know about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from pages.geometry.question.settings import SceneSettings
from pages.shared import cached
from pages.shared.words import Said, label, say
from pages.shared.work import kept
from wd_core import (
    DATASETS,
    Dataset,
    DatasetSpec,
    make_dataset,
    norm_for_weight_decay,
    weight_decay_for_norm,
)
from wd_core.linear.spectrum import decompose
from wd_core.plane.quadratic import Quadratic
from wd_core.plane.slice import Slice, turns

FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
WEIGHTS = ("w₁", "w₂")
# The correlation of neighbours among the features that are sliced, where the data have one.
CORRELATED = 0.8


@dataclass(frozen=True, eq=False)
class Problem:
    """What is the same for every λ; `surface` gives the loss in the plane that is drawn.

    names: of the plane's two coordinates; alone: whether w̃ is the only minimiser among all weights;
    slices: the plane of each λ, where with λ it turns; features: what the two of a data set are.
    """

    surface: Callable[[float], Quadratic]
    norm: Callable[[float], float]
    weight_decay: Callable[[float], float]
    free_norm: float
    names: tuple[str, str]
    alone: bool
    dataset: Dataset | None = None
    features: tuple[str, str] | None = None
    slices: Callable[[float], Slice] | None = None

    @property
    def turns(self) -> bool:
        """Whether the plane that is drawn is another for another λ."""
        return self.slices is not None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of quadratic.

    reads: the settings that it is made of; pose: its problem, ValueError with a sentence where it
    cannot be posed; made: what H and w̃ are made of. weights: its coordinates are two weights, so
    that L1 has a meaning and a descent stays in the plane; examples: it has two features of
    examples, which can be drawn and taken a few at a time.
    """

    label: str
    reads: Callable[[SceneSettings], tuple[str, ...]]
    pose: Callable[[SceneSettings], Problem]
    made: Callable[[SceneSettings, Problem], Said]
    weights: bool
    examples: bool


def _of(surface: Quadratic, names: tuple[str, str], dataset: Dataset | None = None) -> Problem:
    """The problem of one surface for every λ."""
    return Problem(
        surface=lambda _: surface,
        norm=surface.norm_for_weight_decay,
        weight_decay=surface.weight_decay_for_norm,
        free_norm=surface.norm_for_weight_decay(0.0),
        names=names,
        alone=surface.rank == 2,
        dataset=dataset,
    )


def _designed(scene: SceneSettings) -> Problem:
    s, w = [scene.s1, scene.s2], [scene.w1, scene.w2]
    return _of(Quadratic.from_eigenvalues(s, math.radians(scene.angle), w), WEIGHTS)


def _of_design(scene: SceneSettings, given: Problem) -> Said:
    return say(
        "H has the eigenvalues s₁ = {s1}, in the direction of {angle}°, and s₂ = {s2} across it.",
        s1=scene.s1,
        s2=scene.s2,
        angle=scene.angle,
    )


def _two_of(data: Dataset, features: tuple[str, str], names: tuple[str, str]) -> Problem:
    return replace(_of(Quadratic.from_data(data), names, data), features=features)


def _patients(scene: SceneSettings) -> Problem:
    features = (scene.feature1, scene.feature2)
    both = [FEATURES.index(name) for name in features]
    spec = DatasetSpec("diabetes", n_train=scene.n_train, n_features=len(FEATURES), seed=scene.seed)
    data = make_dataset(spec)
    taken = Dataset(data.X_train[:, both], data.y_train, data.X_test[:, both], data.y_test)
    first, second = (f"{w} ({name})" for w, name in zip(WEIGHTS, features, strict=True))
    return _two_of(taken, features, (first, second))


def _synthetic(scene: SceneSettings) -> Problem:
    spec = DatasetSpec(
        "correlated",
        n_train=scene.n_train,
        n_test=1,
        n_features=2,
        noise=scene.noise,
        true_weight=0.0,
        correlation=scene.correlation,
        seed=scene.seed,
    )
    data, w = make_dataset(spec), np.array([scene.true1, scene.true2])
    targets = (data.y_train + data.X_train @ w, data.y_test + data.X_test @ w)
    drawn = Dataset(data.X_train, targets[0], data.X_test, targets[1])
    return _two_of(drawn, ("x₁", "x₂"), WEIGHTS)


def _of_examples(scene: SceneSettings, given: Problem) -> Said:
    if given.alone:
        return say(
            "H = XᵀX/n of the centred features, and w̃ is least squares; the bias b is the best one."
        )
    return say(
        "H = XᵀX/n of the centred features, and w̃ is the shortest of the least squares solutions; "
        "the bias b is the best one."
    )


def _slice(scene: SceneSettings) -> Problem:
    n_train, n_features = DATASETS[scene.data].within(scene.n_train, scene.n_features)
    spec = DatasetSpec(
        source=scene.data,
        n_train=n_train,
        n_test=1,
        n_features=n_features,
        noise=scene.noise,
        true_weight=1 / math.sqrt(n_features),
        correlation=CORRELATED,
        seed=scene.seed,
    )
    data = cached.dataset(spec)
    alone = len(decompose(data).s) == n_features
    if not turns(data):
        fixed = Slice.through(data, 0.0).quadratic
        return replace(_of(fixed, (label("along w̃"), label("across w̃")), data), alone=alone)
    return Problem(
        surface=lambda lam: _plane(spec, lam).quadratic,
        norm=lambda lam: norm_for_weight_decay(data, lam),
        weight_decay=lambda theta: weight_decay_for_norm(data, theta),
        free_norm=norm_for_weight_decay(data, 0.0),
        names=(label("along w̃"), label("towards w*")),
        alone=alone,
        dataset=data,
        slices=partial(_plane, spec),
    )


@kept
def _plane(spec: DatasetSpec, weight_decay: float) -> Slice:
    return Slice.through(cached.dataset(spec), weight_decay)


def _of_slice(scene: SceneSettings, given: Problem) -> Said:
    return say(
        "H = XᵀX/n of the centred features, seen in the two coordinates of this plane; the bias b "
        "is always the best one."
    )


def _read_by_slice(scene: SceneSettings) -> tuple[str, ...]:
    """The data's name, and what of these numbers the data read."""
    of_data = DATASETS[scene.data].reads
    numbers = ("n_train", "n_features", "noise", "seed")
    return ("data", *(key for key in numbers if key in of_data))


SOURCES: dict[str, Source] = {
    "designed": Source(
        label=label("a bowl of your design"),
        reads=lambda _: ("s1", "s2", "angle", "w1", "w2"),
        pose=_designed,
        made=_of_design,
        weights=True,
        examples=False,
    ),
    "diabetes": Source(
        label=label("diabetes, two features"),
        reads=lambda _: ("feature1", "feature2", "n_train", "seed"),
        pose=_patients,
        made=_of_examples,
        weights=True,
        examples=True,
    ),
    "synthetic": Source(
        label=label("synthetic data, two features"),
        reads=lambda _: ("n_train", "noise", "correlation", "true1", "true2", "seed"),
        pose=_synthetic,
        made=_of_examples,
        weights=True,
        examples=True,
    ),
    "slice": Source(
        label=label("a slice through many dimensions"),
        reads=_read_by_slice,
        pose=_slice,
        made=_of_slice,
        weights=False,
        examples=False,
    ),
}
