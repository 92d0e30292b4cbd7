"""The quadratic of a scene, and its solutions over the whole range of λ and θ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pages.geometry.question.scene import DECADES, DEFAULT, WEIGHT_DECAYS, Scene, with_l1
from pages.geometry.question.sources import Problem
from pages.shared.work import kept
from wd_core.arrays import Array
from wd_core.plane.quadratic import Quadratic

# λ and θ of a picture.
Pair = tuple[float, float]
# A frame: left, right, bottom, top.
Box = tuple[float, float, float, float]
# λ is on offer where w* has moved by this share of ‖w̃‖ since the last one, at powers of ten and at
# the default: playing through all pictures w* goes at an even pace, and does not wait where λ
# changes nothing.
STRIDE = 0.016
ALWAYS = frozenset((*DECADES, DEFAULT.weight_decay))
# Between two λ a θ is on offer where the radius is by this share of ‖w̃‖ away from both. The sliders
# share no picture, so that the one that is let go of names the slider that was moved.
NARROWER = 0.004
# Radii of discs that do not bind: how far apart, and up to where, in shares of ‖w̃‖; where w̃ = 0
# none binds, and so many fit.
APART, WIDEST_IDLE, AROUND_ZERO = 0.06, 1.3, 40
# The widest diamond holds w̃, by this factor: more than the rounding of θ to three digits.
HOLDS = 1.005
# The frame reaches this many times ‖w̃‖ to each side of a point on the way to w̃.
REACH, TOWARDS = 1.5, 0.2
# Half a side of the frame where w̃ = 0.
UNIT = 2.0
# Below this share of L(0) a loss is rounding.
ROUNDING = 1e-15


@dataclass(frozen=True, eq=False)
class Solutions:
    """K pictures from the widest disc to the narrowest: θ falls, λ rises from 0.

    weight_decay, theta [K]; optimum w*, minimiser w̃ [K, 2] and surfaces in the plane of each;
    `chosen`: the picture of the scene; stops: the pictures that the λ slider stops at, and those of
    the θ slider, both ascending; box: the frame.
    """

    weight_decay: Array
    theta: Array
    optimum: Array
    minimiser: Array
    surfaces: tuple[Quadratic, ...] = field(repr=False)
    free_norm: float
    chosen: int
    stops: tuple[list[int], list[int]]
    box: Box

    @property
    def half(self) -> float:
        """Half a side of the frame."""
        left, right, *_ = self.box
        return (right - left) / 2

    def grid(self, points: int) -> tuple[Array, Array, Array]:
        """Coordinates x, y [P] over the frame, and all pairs of them [P, P, 2]."""
        left, right, bottom, top = self.box
        x, y = np.linspace(left, right, points), np.linspace(bottom, top, points)
        return x, y, np.stack(np.meshgrid(x, y), -1)

    @property
    def idle(self) -> NDArray[np.bool_]:
        """Whether the constraint does not bind, [K]."""
        return np.asarray(self.weight_decay == 0)

    @cached_property
    def eigenvalues(self) -> Array:
        """s of every picture's plane, [K, 2]."""
        return np.array([surface.eigenvalues for surface in self.surfaces])

    @cached_property
    def eigenvectors(self) -> Array:
        """V of every picture's plane, [K, 2, 2]."""
        return np.array([surface.eigenvectors for surface in self.surfaces])

    def each(self, of: Callable[[Quadratic, Array], Array], points: Array) -> Array:
        """What the surface of every picture makes of its points, [K, ..., 2]."""
        first = self.surfaces[0]
        if all(surface is first for surface in self.surfaces):
            return of(first, points)
        return np.array([of(*pair) for pair in zip(self.surfaces, points, strict=True)])

    @cached_property
    def loss(self) -> Array:
        """The data loss at w*, [K], with what it is at w̃."""
        loss = self.each(lambda surface, w: surface.loss(w) + surface.offset, self.optimum)
        first = self.surfaces[0]
        at_zero = float(first.loss(np.zeros(2))) + first.offset
        return np.where(np.abs(loss) < ROUNDING * at_zero, 0.0, loss)

    @cached_property
    def force(self) -> Array:
        """−∇L = λw* at w*, [K, 2]; exactly 0 where the constraint does not bind, or w* is 0."""
        force = self.each(lambda surface, w: -surface.gradient(w), self.optimum)
        return np.where(self.idle[:, None] | (self.optimum == 0), 0.0, force)

    @property
    def multiplier(self) -> Array:
        """μ of the constraint, [K]: λ/2, but 0 where w̃ = 0, for there no disc binds."""
        return self.weight_decay / 2 if self.free_norm > 0 else np.zeros_like(self.weight_decay)

    @property
    def flat(self) -> bool:
        """Whether every w minimises the loss."""
        return self.surfaces[0].rank == 0

    @property
    def now(self) -> float:
        """λ of the chosen picture."""
        return float(self.weight_decay[self.chosen])

    @property
    def weight_decays(self) -> list[float]:
        """What a slider of λ alone offers, ascending."""
        return sorted({self.now, *self.weight_decay[self.stops[0]].tolist()})

    def by_theta(self, weight_decay: float, theta: float) -> bool:
        """Whether the θ slider stops at the picture of these numbers, and the λ slider does not."""
        here = (self.weight_decay == weight_decay) & (self.theta == theta)
        by_weight_decay, by_theta = (bool(here[stops].any()) for stops in self.stops)
        return by_theta and not by_weight_decay


@kept
def problem(scene: Scene) -> Problem:
    """The problem of a scene as `Scene.problem` gives it. ValueError with a sentence."""
    return scene.kind.pose(scene)


@kept
def solutions(scene: Scene) -> Solutions:
    """Every picture of a scene; of it only the problem, λ, θ and whether L1 is on are read."""
    given = problem(scene.problem())
    wanted = _wanted(given, scene)
    by_weight_decay = _by_weight_decay(given)
    by_theta = [*_idle(given, l1=with_l1(scene)), *_between(given, by_weight_decay)]
    (by_theta if scene.theta > 0 else by_weight_decay).append(wanted)
    pairs = sorted({*by_weight_decay, *by_theta}, key=lambda pair: (pair[0], -pair[1]))
    lams, thetas = np.array(pairs).T
    surfaces = tuple(given.surface(lam) for lam in lams.tolist())
    planes = surfaces if given.turns else surfaces[:1]
    minimiser = np.array([surface.ridge(0.0) for surface in planes])
    return Solutions(
        weight_decay=lams,
        theta=thetas,
        optimum=_optima(given, lams),
        minimiser=np.broadcast_to(minimiser, (len(lams), 2)),
        surfaces=surfaces,
        free_norm=given.free_norm,
        chosen=pairs.index(wanted),
        stops=(
            sorted({pairs.index(pair) for pair in by_weight_decay}),
            sorted({pairs.index(pair) for pair in by_theta}, reverse=True),
        ),
        box=_box(minimiser[0]),
    )


def _optima(given: Problem, weight_decays: Array) -> Array:
    """w*(λ) in the plane of each λ, [L, 2]."""
    if given.turns:
        return np.array([given.surface(lam).ridge(lam) for lam in weight_decays.tolist()])
    return given.surface(0.0).ridge(weight_decays)


def _by_weight_decay(given: Problem) -> list[Pair]:
    """Pictures of λ: 0, where w* has moved enough to be seen, powers of ten, the default."""
    last, *optima = _optima(given, np.array(WEIGHT_DECAYS)).tolist()
    stride = STRIDE * math.hypot(*last) or math.inf
    kept = [0.0]
    for lam, now in zip(WEIGHT_DECAYS[1:], optima, strict=True):
        if lam in ALWAYS or math.dist(now, last) >= stride:
            kept.append(lam)
            last = now
    return [(lam, given.norm(lam)) for lam in kept]


def _between(given: Problem, by_weight_decay: Sequence[Pair]) -> Iterator[Pair]:
    """Pictures of θ: a number of three digits in every gap that has the room."""
    narrower = NARROWER * math.sqrt(given.free_norm)
    radii = [math.sqrt(theta) for _, theta in by_weight_decay]
    for wide, narrow in pairwise(radii):
        theta = _three_digits(((wide + narrow) / 2) ** 2)
        if min(wide - math.sqrt(theta), math.sqrt(theta) - narrow) >= narrower > 0:
            yield given.weight_decay(theta), theta


def _idle(given: Problem, *, l1: bool) -> list[Pair]:
    """Pictures of a θ that does not bind: with L1 up to where the diamond does not bind either."""
    if given.free_norm == 0:
        radii = UNIT / AROUND_ZERO * np.arange(1, AROUND_ZERO)
    else:
        size = math.sqrt(given.free_norm)
        most = WIDEST_IDLE * size
        if l1:
            most = max(most, HOLDS * float(np.abs(given.surface(0.0).ridge(0.0)).sum()))
        count = math.ceil(round((most / size - 1) / APART, 9))
        radii = np.linspace(size, most, count + 1)[1:]
    thetas = (_three_digits(radius**2) for radius in radii.tolist())
    return [(0.0, theta) for theta in thetas if theta > given.free_norm]


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def _wanted(given: Problem, scene: Scene) -> Pair:
    """(λ, θ) of the scene: its θ where it names one, else the θ of its λ."""
    if scene.theta == 0:
        return scene.weight_decay, given.norm(scene.weight_decay)
    lam = given.weight_decay(scene.theta)
    return lam, scene.theta if lam > 0 else max(scene.theta, given.free_norm)


def _box(minimiser: Array) -> Box:
    """The square frame: 0, the disc and w̃ lie well inside."""
    half = REACH * float(np.linalg.norm(minimiser)) or UNIT
    x, y = (TOWARDS * minimiser).tolist()
    return x - half, x + half, y - half, y + half


def outside(scene: Scene, box: Box) -> bool:
    """Whether the start of the descent lies outside the frame."""
    left, right, bottom, top = box
    return not (left <= scene.start1 <= right and bottom <= scene.start2 <= top)
