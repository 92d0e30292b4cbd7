"""Every fact about an entry of a registry has one home: no code elsewhere asks for it by name.

Held on the syntax tree of the engine and the pages. Registries hold the entries, and the default of
a setting beside them; presets and the book's editions are links: they set a value and ask nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from wd_core import DATASETS, OPTIMIZERS, PENALTIES

ROOT = Path(__file__).parents[1]
NAMES = {*OPTIMIZERS, *DATASETS, *PENALTIES}
# Names that mean something else as well: a field of the specs, a kind of axis, and a norm.
AMBIGUOUS = {"momentum", "linear", "l1", "l2"}
# What holds the name of an entry.
HOLDERS = {"optimizer", "source", "penalty", "rule", "name", "kind"}
# Geometry's sources are entries of its own, two of them made from entries here.
REGISTRIES = ("wd_core/optimizers/", "wd_core/data/", "pages/geometry/question/sources.py")
# A key of Geometry's links, which switches minibatch descent on.
KEYS = {("pages/geometry/", "sgd")}
# So many places are still to ask the entry instead.
LEFT = 0
# They give values to settings, as a link does.
LINKS = ("presets.py", "wd_core/book/editions.py", "wd_core/book/recipes.py")


def sources() -> list[Path]:
    """The files of the engine and the pages that are no registry."""
    files = [*(ROOT / "wd_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    return sorted(p for p in files if not path_of(p).startswith(REGISTRIES))


def path_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names_in(text: str, path: str = "") -> list[tuple[int, str]]:
    """Where a file asks for an entry of a registry by name: the line, and the name."""
    tree = ast.parse(text)
    given = _given(tree, path)
    places = {
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and id(node) not in given
        and isinstance(node.value, str)
        and node.value in NAMES - AMBIGUOUS
        and not any(path.startswith(folder) and node.value == key for folder, key in KEYS)
    }
    for node in ast.walk(tree):
        places |= {(node.lineno, name) for name in _asked(node)}  # type: ignore[attr-defined]
    return sorted(places)


def _given(tree: ast.AST, path: str) -> set[int]:
    """Constants that are the value of a setting in a preset or a link."""
    given: set[int] = set()
    for node in ast.walk(tree):
        if path.endswith(LINKS):
            if isinstance(node, ast.keyword) and node.arg in HOLDERS:
                given.add(id(node.value))
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                given |= {id(v) for k, v in pairs if getattr(k, "value", "") in HOLDERS}
    return given


def _asked(node: ast.AST) -> Iterator[str]:
    """The names, of whatever kind, that a piece of code asks for."""
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            if any(_holds_a_name(side) for side in sides):
                yield from (name for side in sides for name in _constants(side))
        case ast.Match(subject=subject) if _holds_a_name(subject):
            for case in node.cases:
                yield from (n for part in ast.walk(case.pattern) for n in _constants(part))
        case ast.Subscript(value=ast.Name(id="OPTIMIZERS" | "DATASETS" | "PENALTIES"), slice=key):
            yield from _constants(key)
        case ast.Dict(keys=keys) if len(keys) > 1:
            named = [name for key in keys if key is not None for name in _constants(key)]
            if len(named) > 1:
                yield from named


def _holds_a_name(node: ast.AST) -> bool:
    """Whether an expression is the name of an entry: run.optimizer, source, penalty, ..."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in HOLDERS or name.endswith(("_optimizer", "_source"))


def _constants(node: ast.AST) -> list[str]:
    """The registry names among a constant or a tuple, list or set of them."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [name for part in node.elts for name in _constants(part)]
    return [node.value] if isinstance(node, ast.Constant) and node.value in NAMES else []


def test_no_code_outside_the_registries_asks_for_an_entry_by_name():
    places = [
        f"{path_of(path)}:{line} asks for {name}"
        for path in sources()
        for line, name in names_in(path.read_text(), path_of(path))
    ]
    assert len(places) <= LEFT, f"{len(places)} places:\n" + "\n".join(places)


@pytest.mark.parametrize(
    "code",
    [
        "if run.optimizer == 'momentum': pass",
        "if source in ('linear', 'other'): pass",
        "x = 'adam'",
        "x = {'momentum': 1, 'linear': 2}",
        "x = OPTIMIZERS['momentum']",
        "match run.optimizer:\n    case 'momentum': pass",
        "x = optimizer != 'momentum' or 1",
    ],
)
def test_code_that_asks_is_found(code):
    assert names_in(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = run.momentum",
        "x = {'type': 'linear'}",
        "if axis['type'] == 'linear': pass",
        "draw('momentum')",
        "x = {'momentum': 0.3, 'eps': 0.05}",
    ],
)
def test_code_that_means_something_else_is_left_alone(code):
    assert not names_in(code)


def test_a_preset_may_name_a_value_and_may_not_ask():
    assert not names_in("Preset(optimizer='adam')", "pages/shared/presets.py")
    assert not names_in("{'source': 'diabetes'}", "pages/shared/presets.py")
    assert names_in("if run.optimizer == 'adam': pass", "pages/shared/presets.py")
