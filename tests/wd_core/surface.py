"""All that the engine offers, found in its packages and signatures, and arguments that fit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import numpy as np

import wd_core
from wd_core import (
    Dataset,
    DatasetSpec,
    Hyperparameters,
    Quadratic,
    Slice,
    read_table,
    sweep,
    train,
)
from wd_core.book.draws import draw
from wd_core.book.recipes import Recipe
from wd_core.book.two_codes import Switches, programs, standings
from wd_core.linear.behaviour import behaviour
from wd_core.linear.highdim import Isotropic
from wd_core.linear.inspection import Replay
from wd_core.linear.phases import Curvature
from wd_core.linear.risk import decompose_sets
from wd_core.linear.selection import Rules
from wd_core.linear.shrinking import shrinking
from wd_core.linear.spectrum import decompose

# What stands in `__all__` of these, and all that is public in the modules of those.
PACKAGES = ("wd_core", "wd_core.data", "wd_core.models", "wd_core.optimizers")
PACKAGES_OF_MODULES = ("wd_core.linear", "wd_core.plane", "wd_core.book", "wd_core.book.two_codes")
# What the engine's own modules hand each other, held already, and entries of registries: whoever
# writes one is held to them by the tests over the registries.
INSIDE = {
    *("column_of", "combined", "explained", "unexplained", "rounding", "secular_root", "numbers"),
    *("without_dust", "lines_about", "mark", "runnable", "height", "problem", "of_runs", "check"),
    *("given_start", "shapes", "column", "alike", "constants", "stack_of", "stacked"),
    *("Following", "Penalty", "Schedule", "thresholded"),
    *("DataSource", "Decay", "Destination", "Limit", "Optimizer", "Parts", "Torch"),
}

# Arithmetic for whatever holds numbers, and knows its own derivative.
ARITHMETIC = ("Recipe.own_loss", "Recipe.penalty", "Recipe.shrink")

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.standard_normal((6, 2)), RANDOM.standard_normal(6)
DATA = Dataset(X, Y, X[:3], Y[:3])
RUN = Hyperparameters(weight_decay=0.1, lr=0.1, batch_size=2, epochs=2)
SPEC = DatasetSpec(n_train=6, n_test=3, n_features=2)
SURFACE = Quadratic([[2.0, 0.5], [0.5, 1.0]], [1.0, 0.5])  # type: ignore[arg-type]
SWITCHES, RECIPE = Switches(), Recipe(0.01, 2)
PAIR, STANDINGS = programs(SWITCHES, RUN), standings(SWITCHES, RUN, 6)
SETS = decompose_sets(X[None], Y[None], intercept=True)
DRAWN = draw([0], 2)
TABLE = read_table("x,z,y\n" + "".join(f"{k % 7},{k % 3},{k}\n" for k in range(9, 0, -1)))


class Made:
    """An argument that is used up: made anew for every call."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


# By the name of an argument what fits it, wherever it stands: a name has one meaning.
FITTING: dict[str, Any] = {
    "dataset": DATA,
    "datasets": [DATA],
    "X_train": X,
    "y_train": Y,
    "X_test": X,
    "y_test": Y,
    "spec": SPEC,
    "run": RUN,
    "runs": [RUN],
    "base": RUN,
    "X": X,
    "y": Y,
    "w": [1.0, 2.0],
    "b": 0.5,
    "weights": [[1.0, 2.0]],
    "weight_decay": 0.1,
    "weight_decays": [0.0, 0.1],
    "theta": 0.2,
    "lr": 0.1,
    "steps": 3,
    "s": [1.0, 0.5],
    "kept": [0.5],
    "first": [0.5, 0.2],
    "second": [0.4, 0.1],
    "n_train": 6,
    "n_test": 3,
    "n_features": 2,
    "batch_size": 2,
    "noise": 0.5,
    "weight_std": 1.0,
    "weight_scale": 1.0,
    "share": 0.5,
    "seed": 0,
    "seeds": [0],
    "epochs": 2,
    "record_every": 1,
    "step": 1,
    "surface": SURFACE,
    "hessian": SURFACE.hessian,
    "minimiser": [1.0, 0.5],
    "eigenvalues": [2.0, 1.0],
    "angle": 0.5,
    "start": [1.0, 1.0],
    "radius": 0.5,
    "l1": 0.1,
    "value": 0.5,
    "points": 8,
    "coordinates": [[0.1, 0.2]],
    "x": [0.1, 0.2],
    "score": lambda lam: (lam - 1) ** 2,
    "rule": "loo",
    "lam": np.array([[0.1, 0.2]]),
    "grid": np.array([0.1, 1.0]),
    "on_grid": np.array([[1.0, 2.0]]),
    "n_decays": 2,
    "spectrum": decompose(DATA),
    "loss": "mse",
    "model": Isotropic(),
    "draws": DRAWN,
    "parts": [SETS],
    "times": 2,
    "count": 2,
    "fresh": np.random.default_rng(0),
    "draw": np.random.default_rng(0),
    "recipe": RECIPE,
    "recipes": [RECIPE],
    "half_mse": [1.0],
    "norm": [1.0],
    "normal": [0.5],
    "which": slice(0, 1),
    "name": "norm",
    "pair": PAIR,
    "program": PAIR[0],
    "rows": 2,
    "moments": [],
    "switches": SWITCHES,
    "standings": STANDINGS,
    "columns": X,
    "train": np.arange(4),
    "source": "x,y\n1,2\n3,4\n",
    "table": TABLE,
    "target": "y",
}
# Where it has another here.
OWN: dict[str, dict[str, Any]] = {
    "collect": {"stream": Made(lambda: train(DATA, [RUN]))},
    "gather": {"stream": Made(lambda: sweep(DATA, [RUN]))},
    "decompose_sets": {"X": X[None], "noise": Y[None], "intercept": True},
    "measured": {"draws": SETS},
    "refitted": {"draws": SETS},
    "dataset_from_frame": {"frame": {"a": X[:, 0], "b": X[:, 1], "y": Y}, "target": "y"},
    "non_negative": {"name": "x"},
    "positive": {"name": "x"},
    "point": {"name": "w", "value": [1.0, 2.0]},
    "points": {"name": "w", "value": [1.0, 2.0]},
    "train": {"model": wd_core.Linear()},
    "sweep": {"model": wd_core.Linear()},
}
# What methods are called on.
INSTANCES: dict[str, Any] = {
    "Behaviour": behaviour(RUN, 6),
    "Curvature": Curvature.of(X),
    "Hyperparameters": RUN,
    "Isotropic": Isotropic(),
    "Program": PAIR[0],
    "Quadratic": SURFACE,
    "Recipe": RECIPE,
    "Replay": Replay(DATA, RUN),
    "Rules": Rules.on([DATA], [0], 2),
    "Shrinking": shrinking(RUN, 6),
    "Slice": Slice.through(DATA, 0.1),
    "Surface": SURFACE,
}


def fit(name: str, parameter: inspect.Parameter) -> Any:
    """What fits a parameter of the function of this name. LookupError where nobody said."""
    own = OWN.get(name, {})
    if parameter.name in own:
        return own[parameter.name]
    if parameter.default is not inspect.Parameter.empty:
        return parameter.default
    return FITTING[parameter.name]


def fresh(value: Any) -> Any:
    """The value, made anew where it is used up."""
    return value.make() if isinstance(value, Made) else value


def calls() -> dict[str, Callable[..., Any]]:
    """All functions, constructors and methods, by where they stand."""
    found: dict[str, Callable[..., Any]] = {}
    for module in _modules():
        for name, offer in _offered(module).items():
            place = f"{offer.__module__}.{name}".removeprefix("wd_core.")
            if inspect.isfunction(offer) or _is_made_by_users(offer):
                found[place] = offer
            if inspect.isclass(offer) and name in INSTANCES:
                found |= {f"{place}.{k}": method for k, method in _methods(name, offer)}
    outside = {place: f for place, f in found.items() if place.rsplit(".")[-1] not in INSIDE}
    return {place: f for place, f in outside.items() if not place.endswith(ARITHMETIC)}


def _modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        yield import_module(name)
    for name in PACKAGES_OF_MODULES:
        package = import_module(name)
        if not hasattr(package, "__all__"):
            yield from (import_module(f"{name}.{m.name}") for m in iter_modules(package.__path__))
        else:
            yield package


def _offered(module: ModuleType) -> dict[str, Any]:
    names = getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")])
    offers = {name: getattr(module, name) for name in names}
    return {
        name: offer
        for name, offer in offers.items()
        if inspect.isroutine(offer) or inspect.isclass(offer)
        if getattr(offer, "__module__", "").startswith("wd_core.")
        if hasattr(module, "__all__") or offer.__module__ == module.__name__
    }


def _is_made_by_users(offer: Any) -> bool:
    """Whether a class checks what it is made of."""
    if not inspect.isclass(offer) or getattr(offer, "_is_protocol", False):
        return False
    own = vars(offer)
    return "__post_init__" in own or ("__init__" in own and "__dataclass_fields__" not in own)


def _methods(name: str, kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for key, method in vars(kind).items():
        if not key.startswith("_") and (
            inspect.isfunction(method) or isinstance(method, classmethod)
        ):
            yield key, getattr(INSTANCES.get(name, kind), key)
