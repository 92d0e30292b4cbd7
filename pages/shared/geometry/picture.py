"""The geometry page's payload: one figure, and what moves in it for every λ and θ."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from pages.shared.figures import PENALTY
from pages.shared.geometry import figures, words
from pages.shared.geometry.figures import Moves
from pages.shared.geometry.problem import Problem, Solutions, outside, problem, solutions
from pages.shared.geometry.scene import ON, SETTINGS, Scene, with_l1, with_sgd
from pages.shared.story import plain
from wd_core import Dataset, Hyperparameters, collect, train
from wd_core.training import batch_order
from wd_core.types import Array

Payload = dict[str, Any]

# Points of a side of the grid on which the loss is evaluated.
GRID = 61
# The longest arrow, and its head, as shares of half the frame.
LONGEST_ARROW, HEAD = 0.9, 0.08

TILES = [
    {"label": "‖w*‖", "series": "norm", "role": "penalty", "help": "The length of w*, at most √θ."},
    {
        "label": "Data loss + penalty = objective, at w*",
        "help": "J = L + (λ/2)‖w‖²: w* makes this sum least, not L.",
        "terms": [
            {"label": "L(w*)", "series": "loss"},
            {"label": "(λ/2)‖w*‖²", "series": "penalty"},
            {"label": "J(w*)", "series": "objective"},
        ],
    },
    {
        "label": "Angle −∇L, w* (°)",
        "series": "angle",
        "help": "Degrees between −∇L and w* at w*: 0, for there the level set touches the circle.",
    },
    {
        "label": "Shadow price",
        "series": "price",
        "help": "dL*/dθ: a little more θ, by dθ, lowers the least loss by (λ/2) dθ.",
    },
]
STABILITY = {
    "label": "η(sₘₐₓ + λ)",
    "series": "stability",
    "help": "Full-batch descent on J converges where this is below 2; sₘₐₓ: the larger eigenvalue.",
}


def plane(scene: Scene) -> Payload:
    """The payload of a scene. ValueError with a sentence where its problem cannot be posed."""
    given, solved = problem(scene.problem()), solutions(scene)
    traces, moves = _base(given, solved)
    if scene.objective == ON:
        traces.insert(1, figures.objective_levels())
    if with_l1(scene):
        more, moved = _diamond(solved)
        traces, moves = traces + more, moves | moved
    if scene.descent == ON and scene.source != "slice" and not outside(scene, solved.box):
        more, moved = _descents(scene, given, solved)
        traces, moves = traces + more, moves | moved
    traces += figures.curve(*_curve(solved))
    with_descent = scene.descent == ON and scene.source != "slice"
    figure = figures.whole(
        traces,
        solved.box,
        given.names,
        solved.free_norm,
        revision=scene.problem().query() or "designed",
        clicks=with_descent,
    )
    query = scene.query()
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure,
        "moves": {name: _packed_parts(move) for name, move in moves.items()},
        "series": _series(scene, solved),
        "sliders": _sliders(solved),
        "position": solved.chosen,
        "sentences": words.sentences(scene, solved),
        "tiles": [*TILES, STABILITY] if with_descent else TILES,
        "total": len(solved.theta) - 1,
        "stream": None,
    }


def surface(scene: Scene) -> Payload:
    """The payload of the same as surfaces over the plane."""
    given, solved = problem(scene.problem()), solutions(scene)
    k = solved.chosen
    lam, loss = float(solved.weight_decay[k]), solved.surfaces[k]
    x, y, _ = _grid(solved, 61)
    first, second = np.meshgrid(x, y)
    grid = np.stack([first, second], -1)
    rim = math.sqrt(solved.theta[k]) * np.column_stack(figures.circle())
    free, best = solved.minimiser[k], solved.optimum[k]
    marks = {
        "w̃": (free, loss.offset),
        "w*": (best, float(loss.loss(best)) + loss.offset),
        "w*, on J": (best, float(loss.objective(best, lam)) + loss.offset),
    }
    height = loss.loss(grid) + loss.offset
    query = scene.query()
    return {
        "run": query or "defaults",
        "figure": figures.surface(
            x,
            y,
            height,
            lam / 2 * (grid**2).sum(-1),
            marks,
            (rim, loss.loss(rim) + loss.offset),
            float(loss.loss(np.zeros(2))) + loss.offset,
            given.names,
        ),
        "series": {},
        "sentence": words.lifted(solved),
        "query": query,
    }


# ---------------------------------------------------------------- parts of the large figure


def _base(given: Problem, solved: Solutions) -> tuple[list[Any], Moves]:
    sliced = given.slices is not None
    s, V = solved.eigenvalues, solved.eigenvectors
    lams, theta, best = solved.weight_decay, solved.theta, solved.optimum
    height = np.maximum(solved.loss - [f.offset for f in solved.surfaces], 0)
    unit = np.broadcast_to(np.eye(2), V.shape)
    force, head = solved.force * _arrow_scale(solved), HEAD * _half(solved)
    length = np.linalg.norm(force, axis=1, keepdims=True)
    beyond = force * (1 + 2 * head / np.where(length > 0, length, 1))
    zero = np.zeros_like(best)
    log_lam, _ = _curve(solved)
    far = _widest(solved)
    moves: Moves = {
        "disc": {"affine": figures.affine(np.sqrt(theta)[:, None, None] * unit, zero)},
        "touching": {"affine": ellipses(s, V, np.sqrt(2 * height), solved.minimiser, far)},
        "optimum": _places(best),
        "minimiser": _places(solved.minimiser),
        "force": _rows(figures.arrows(best, force, head)),
        "force label": _places(_or_away(best + beyond, force.any(1), solved)),
        "pull": _rows(figures.arrows(best, -force, head)),
        "pull label": _places(_or_away(best - beyond, force.any(1), solved)),
        "loss rings": {"affine": ellipses(s, V, solved.level, solved.minimiser, far)},
        "penalty rings": {
            "affine": ellipses(np.column_stack([lams, lams]), unit, solved.level, zero, far)
        },
        "objective rings": {"affine": ellipses(s + lams[:, None], V, solved.level, best, far)},
        "curve": _places(np.column_stack([log_lam, np.minimum(theta, solved.free_norm)])),
    }
    free = solved.minimiser[0]
    field = None if sliced else _field(solved)
    traces = figures.large_panel(field, free, best) + figures.small_panels()
    if not sliced and solved.surfaces[0].rank == 1:
        traces.append(figures.valley(free, V[0, :, 1]))
    return traces, moves


def ellipses(s: Array, V: Array, size: Array | float, centre: Array, widest: float) -> Array:
    """Affine maps of the unit circle to the level sets ½ wᵀHw = size²/2 around `centre`, [K, 6].

    A direction without curvature gets an axis of `widest`: in the frame, two parallel lines.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        axes = np.broadcast_to(np.asarray(size), len(s))[:, None] / np.sqrt(s)
    axes = np.where(np.isnan(axes) | (axes > widest), widest, axes)
    return figures.affine(V * axes[:, None, :], centre)


def _widest(solved: Solutions) -> float:
    return figures.WIDEST * _half(solved)


def _places(at: Array) -> dict[str, Any]:
    return {"affine": figures.affine(np.zeros((len(at), 2, 2)), at)}


def _or_away(places: Array, shown: Any, solved: Solutions) -> Array:
    """The places where they are shown, and elsewhere one far outside the frame."""
    return np.where(np.asarray(shown)[:, None], places, _widest(solved))


def _half(solved: Solutions) -> float:
    left, right, *_ = solved.box
    return (right - left) / 2


def _arrow_scale(solved: Solutions) -> float:
    longest = float(np.linalg.norm(solved.force, axis=1).max())
    return LONGEST_ARROW * _half(solved) / longest if longest > 0 else 1.0


def _grid(solved: Solutions, points: int) -> tuple[Array, Array, Array]:
    left, right, bottom, top = solved.box
    x, y = np.linspace(left, right, points), np.linspace(bottom, top, points)
    return x, y, np.stack(np.meshgrid(x, y), -1)


def _field(solved: Solutions) -> figures.Field:
    """√(2L) over the frame: evenly spaced level sets, with their lowest point where L has its."""
    x, y, grid = _grid(solved, GRID)
    return figures.Field(x, y, np.sqrt(2 * solved.surfaces[0].loss(grid)), solved.level)


def _curve(solved: Solutions) -> tuple[Array, Array]:
    """log₁₀ λ, with a place for 0, and θ(λ)."""
    lams = solved.weight_decay
    log = np.where(lams > 0, np.log10(np.where(lams > 0, lams, 1)), figures.AT_ZERO)
    return np.maximum(log, figures.AT_ZERO), np.minimum(solved.theta, solved.free_norm)


def _diamond(solved: Solutions) -> tuple[list[Any], Moves]:
    radius = np.sqrt(solved.theta)
    best = l1_optima(solved)
    pairs = list(zip(solved.surfaces, best, strict=True))
    height = np.array([float(surface.loss(w)) for surface, w in pairs])
    s, V = solved.eigenvalues, solved.eigenvectors
    unit = np.broadcast_to(np.eye(2), V.shape)
    size = np.sqrt(2 * height)
    moves: Moves = {
        "diamond": {"affine": figures.affine(radius[:, None, None] * unit, np.zeros_like(best))},
        "touching diamond": {
            "affine": ellipses(s, V, size, solved.minimiser, _widest(solved))
        },
        "optimum l1": _places(best),
    }  # fmt: skip
    return figures.l1(best), moves


def l1_optima(solved: Solutions) -> Array:
    """The minimiser of L on the diamond |w₁| + |w₂| ≤ √θ of every picture, [K, 2]."""
    return np.array(
        [
            surface.l1_constrained(math.sqrt(theta)) if theta > 0 else np.zeros(2)
            for surface, theta in zip(solved.surfaces, solved.theta.tolist(), strict=True)
        ]
    )


# ---------------------------------------------------------------- descent


def stability(scene: Scene, solved: Solutions) -> Array:
    """η(sₘₐₓ + λ) of every picture, [K]: descent on J converges below 2."""
    return np.asarray(scene.lr * (solved.eigenvalues[:, 0] + solved.weight_decay))


def _descents(scene: Scene, given: Problem, solved: Solutions) -> tuple[list[Any], Moves]:
    start = np.array([scene.start1, scene.start2])
    surface = solved.surfaces[0]
    lams = solved.weight_decay.tolist()
    full = np.array([surface.descent(start, scene.lr, lam, scene.steps) for lam in lams])
    unstable = np.asarray(stability(scene, solved) > 2)
    left, right, bottom, top = solved.box
    ends = np.zeros((len(lams), 2))
    for k in np.flatnonzero(unstable):
        full[k], ends[k] = to_edge(full[k], solved.box)
    centre = np.array([left + right, bottom + top]) / 2
    traces = [
        figures.start(scene.start1, scene.start2),
        _line("descent", "full-batch descent on J", figures.DESCENT, "solid", "circle", scene),
        figures.named("diverging", "diverges", figures.DESCENT),
    ]
    moves: Moves = {
        "descent": _rows(_near(full, solved)),
        "diverging": _places(_or_away(centre + 0.85 * (ends - centre), unstable, solved)),
    }
    if scene.projected == ON:
        paths = projected(scene, solved)
        moves["projected"] = _rows(paths)
        traces.append(
            _line("projected", "projected onto the disc", PENALTY, "dot", "square", scene)
        )
    if with_sgd(scene) and given.dataset is not None:
        moves["minibatch"] = _rows(_near(minibatch(scene, given.dataset, solved), solved))
        name = f"minibatch SGD, B = {min(scene.batch_size, given.dataset.n_train)}"
        traces.append(
            _line("minibatch", name, figures.MINIBATCH, "dashdot", "triangle-up", scene)
        )  # fmt: skip
    return traces, moves


def to_edge(path: Array, box: figures.Box) -> tuple[Array, Array]:
    """The path up to where it leaves the frame for good, and that point, where it stays."""
    left, right, bottom, top = box
    low, high = np.array([left, bottom]), np.array([right, top])
    beyond = np.asarray(((path < low) | (path > high)).any(1))
    cut = path.copy()
    if not beyond[-1]:
        return cut, cut[-1]
    last = int(np.flatnonzero(~beyond)[-1])
    inside, step = path[last], path[last + 1] - path[last]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step > 0, (high - inside) / step, (low - inside) / step)
    end = inside + np.min(shares[step != 0]) * step
    cut[last + 1 :] = end
    return np.clip(cut, low, high), end


def projected(scene: Scene, solved: Solutions) -> Array:
    """The hard constraint's path of every picture, [K, steps + 1, 2]."""
    start = [scene.start1, scene.start2]
    return np.array(
        [
            surface.projected_descent(start, scene.lr, max(theta, 1e-12), scene.steps)
            for surface, theta in zip(solved.surfaces, solved.theta.tolist(), strict=True)
        ]
    )


def minibatch(scene: Scene, data: Dataset, solved: Solutions) -> Array:
    """The engine's minibatch SGD for every λ at once, step by step, [K, steps + 1, 2]."""
    size = min(scene.batch_size, data.n_train)
    a_pass = data.n_train // size
    order = batch_order(scene.seed, data.n_train, -(-scene.steps // a_pass))
    batches = [
        [rows[i * size : (i + 1) * size]] for rows in order for i in range(a_pass)
    ][: scene.steps]  # fmt: skip
    runs = [
        Hyperparameters(weight_decay=lam, lr=scene.lr, batch_size=size, epochs=scene.steps)
        for lam in solved.weight_decay.tolist()
    ]
    weights = np.tile([scene.start1, scene.start2], (len(runs), 1))
    bias = data.y_train.mean() - weights @ data.X_train.mean(0)
    run = collect(train(data, runs, start=(weights, bias), batches=batches, device="cpu"))
    paths = np.swapaxes(run.weights, 0, 1).copy()
    for row, at in enumerate(run.diverged_at.tolist()):
        if at >= 0:
            paths[row, at:] = paths[row, at - 1]
    return paths


def _near(paths: Array, solved: Solutions) -> Array:
    """The paths, held far outside the frame where they go further."""
    return np.clip(paths, -_widest(solved), _widest(solved))


def _line(key: str, name: str, colour: str, dash: str, symbol: str, scene: Scene) -> Any:
    return figures.descent(figures.Path(key, name, colour, dash, symbol), scene.steps + 1)


def _rows(paths: Array) -> dict[str, Any]:
    """Paths [K, T, 2] for the browser."""
    return {"x": np.ascontiguousarray(paths[:, :, 0]), "y": np.ascontiguousarray(paths[:, :, 1])}


# ---------------------------------------------------------------- numbers and words


def _series(scene: Scene, solved: Solutions) -> dict[str, list[float | None]]:
    lams, norm = solved.weight_decay, np.linalg.norm(solved.optimum, axis=1)
    penalty = lams / 2 * norm**2
    columns = {
        "step": np.arange(len(lams)),
        "weight_decay": lams,
        "theta": solved.theta,
        "norm": norm,
        "loss": solved.loss,
        "penalty": penalty,
        "objective": solved.loss + penalty,
        "angle": angles(solved),
        "price": -solved.multiplier,
        "stability": stability(scene, solved),
    }
    return {name: _listed(values) for name, values in columns.items()}


def _listed(values: Array) -> list[float | None]:
    return [x + 0.0 if math.isfinite(x) else None for x in values.tolist()]


def angles(solved: Solutions) -> Array:
    """Degrees between −∇L and w* at w*, to a millionth; NaN where one of them is 0, [K]."""
    force, best = solved.force, solved.optimum
    cross = force[:, 0] * best[:, 1] - force[:, 1] * best[:, 0]
    angle = np.degrees(np.abs(np.arctan2(cross, (force * best).sum(1)))).round(6)
    nothing = solved.idle | ~force.any(1) | ~best.any(1)
    return np.where(nothing, np.nan, angle)


def _sliders(solved: Solutions) -> list[dict[str, Any]]:
    """Two range inputs over the same pictures: λ upwards, and θ upwards."""
    by_weight_decay, by_theta = solved.stops
    lams, thetas = solved.weight_decay.tolist(), solved.theta.tolist()
    idle = [theta >= solved.free_norm for theta in thetas]
    return [
        {
            "key": "weight_decay",
            "label": SETTINGS["weight_decay"].label,
            "help": SETTINGS["weight_decay"].help,
            "role": "penalty",
            "stops": by_weight_decay,
            "texts": [plain(lam) for lam in lams],
        },
        {
            "key": "theta",
            "label": SETTINGS["theta"].label,
            "help": SETTINGS["theta"].help,
            "role": "penalty",
            "stops": by_theta,
            "texts": [
                f"{plain(theta)}{' ≥ ‖w̃‖²: does not bind' if free else ''}"
                for theta, free in zip(thetas, idle, strict=True)
            ],
        },
    ]


def _packed_parts(move: dict[str, Any]) -> dict[str, Any]:
    return {
        name: packed(part) if isinstance(part, np.ndarray) else part for name, part in move.items()
    }


def packed(array: Array, kind: str = "f8") -> dict[str, str]:
    """A matrix as Plotly writes one: base64 of its numbers, their kind (f8, f4) and the shape."""
    data = base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()
    return {"dtype": kind, "bdata": data, "shape": ", ".join(map(str, array.shape))}
