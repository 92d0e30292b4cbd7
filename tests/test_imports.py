"""What import-linter's contracts cannot say: pages by themselves, and no circle of any kind.

Held on the syntax tree, so that imports in functions and for type checkers count. The pages are the
folders with a view: a new one is held without being named anywhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(view.parent.name for view in (ROOT / "pages").glob("*/view.py"))
Graph = Mapping[str, set[str]]


def modules() -> dict[str, str]:
    """The source of every module of the engine and the pages, by its name."""
    paths = [path for top in ("wd_core", "pages") for path in (ROOT / top).rglob("*.py")]
    return {_name(path): path.read_text(encoding="utf-8") for path in paths}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def graph(sources: Mapping[str, str]) -> Graph:
    """What each of these modules imports of them."""
    return {name: set(_imported(ast.parse(text), sources)) for name, text in sources.items()}


def _imported(tree: ast.AST, known: Iterable[str]) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports say the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in known:
                    yield whole
                elif node.module in known:
                    yield node.module


def circle(imports: Graph) -> list[str]:
    """Modules that import each other in a circle, the first again at the end; [] without one."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


IMPORTS = graph(modules())


def test_no_module_imports_itself_by_way_of_others():
    assert circle(IMPORTS) == []


@pytest.mark.parametrize(
    "text",
    [
        "from wd_core import b",
        "import wd_core.b",
        "from wd_core.b import thing",
        "def late():\n    from wd_core.b import thing",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from wd_core.b import Thing",
    ],
)
def test_a_circle_is_found_wherever_the_import_stands(text):
    parts = graph({"wd_core.a": text, "wd_core.b": "import wd_core.c", "wd_core.c": ""})
    assert circle(parts) == []
    parts = graph(
        {"wd_core.a": text, "wd_core.b": "import wd_core.c", "wd_core.c": "import wd_core.a"}
    )
    assert set(circle(parts)) == {"wd_core.a", "wd_core.b", "wd_core.c"}


def test_the_pages_are_found():
    assert {"train", "geometry", "book"} <= {*PAGES}
    assert "shared" not in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_knows_itself_and_what_is_shared_and_no_other_page(page):
    own = {name for name in IMPORTS if name.startswith(f"pages.{page}.")}
    assert own
    for name in own:
        of_pages = {other.split(".")[1] for other in IMPORTS[name] if other.startswith("pages.")}
        assert of_pages <= {page, "shared"}, name


def test_what_is_shared_knows_no_page():
    for name, imported in IMPORTS.items():
        if name.startswith("pages.shared."):
            of_pages = {other.split(".")[1] for other in imported if other.startswith("pages.")}
            assert of_pages <= {"shared"}, name
