"""Sentences are whole: the text of every `say` is a literal, and no value was a text before.

And no text for people stands outside `say`, `tell` and `label`, where no translator would find it.
Held on the syntax tree of the pages, so that a test can read a sentence's numbers, and a translator
its text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# How many texts each takes before its values.
TEXTS = {"say": 1, "say_n": 2, "tell": 1, "tell_n": 2, "label": 1}
# Three words of English after each other, or two that begin a sentence: two words may be a key.
PROSE = re.compile(r"[a-z]{2,},? [a-z]{1,},? [a-z]{2,}|^\W*[A-Z][a-z]+ [a-z]{2,}")
# Who reads these is no visitor: who runs the server, its log and its monitoring, who writes
# lessons, and programmers.
OF_OTHERS = re.compile(
    r"pages/(locale/|cards/|shared/(limits|counts|metrics|log|faults|work|words|run|language)\.py"
    r"|shared/lessons/(header|reading|path|expressions|doing|quantities|tasks)\.py)"
)
# What an argument of this name holds is no text, nor what these are given, nor keys and values of
# tables that are read by other code.
SILENT = frozenset(("key", "moves", "side", "textposition", "class"))
CODE = frozenset(
    (
        "ContextVar",
        "RunVar",
        "Final",
        "component",
        "LookupError",
        "warning",  # of the log; a page's is made by say
        "compile",
        "slot",
        "PlainTextResponse",
    )
)


def faults_in(text: str) -> list[str]:
    """What is wrong with the calls of `say` and `say_n` in a file."""
    return [
        f"line {node.lineno}: {fault}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        for fault in _faults(node)
    ]


def _faults(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in TEXTS or (name == "tell" and isinstance(call.func, ast.Attribute)):
        return  # a worker is told things, too
    for argument in call.args[: TEXTS[name]]:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            yield f"the text is no literal: {ast.unparse(argument)}"
        elif not _whole(argument.value):
            yield f"the text is no whole sentence: {argument.value!r}"
    for keyword in call.keywords:
        for part in ast.walk(keyword.value):
            if isinstance(part, ast.JoinedStr) or _formats(part):
                yield f"{keyword.arg} is made into text before: {ast.unparse(keyword.value)}"


def _whole(text: str) -> bool:
    """Whether a text neither begins nor ends as a piece of another."""
    return text == text.strip() and text != "" and text[0] not in ",;:)"


def _formats(node: ast.AST) -> bool:
    """Whether a call makes a number a text, in which its value is lost."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("format", "repr")


def unmarked_in(text: str) -> list[str]:
    """The texts of a file that no translator finds."""
    tree = ast.parse(text)
    told = {id(part) for node in ast.walk(tree) for part in _not_shown(node)}
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in told
        and PROSE.search(node.value)
        and not CODED.search(node.value)
    ]


# LaTeX, markup, style and script.
CODED = re.compile(r"\\\\|<|=>|: *var\(|\d+px")


def _not_shown(node: ast.AST) -> Iterator[ast.AST]:
    """The constants of a node that are marked, or that nobody is shown."""
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            yield docstring
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in (*TEXTS, *CODE):
            yield from ast.walk(node)
        case ast.keyword(arg=name) if name in SILENT:
            yield from ast.walk(node.value)
        case ast.Dict(keys=keys):
            yield from (key for key in keys if key is not None)
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() as key)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant() as key)
        ) if name.isupper():
            yield key  # a key of the session, by its name
        case ast.Subscript() | ast.Compare():
            yield from ast.walk(node)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "pages").rglob("*.py")),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_text_for_people_is_without_a_mark(path):
    if OF_OTHERS.match(path.relative_to(ROOT).as_posix()):
        return
    assert not unmarked_in(path.read_text())


def test_every_sentence_of_the_pages_is_whole():
    files = {*(ROOT / "pages").rglob("*.py")} - {ROOT / "pages/shared/words.py"}
    faults = [
        f"{path.relative_to(ROOT)}, {fault}"
        for path in sorted(files)
        for fault in faults_in(path.read_text())
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "code",
    [
        "say(f'{x} steps.')",
        "say(TEXT)",
        "say('At ' + end)",
        "say('One.' if n == 1 else 'Many.')",
        "say(' and so on.')",
        "say_n('One.', many, n)",
        "words.say('At {x}.', x=f'{x:.3g}')",
        "say('At {x}.', x='{:.3g}'.format(x))",
        "tell(f'{x} steps.')",
        "label(TEXT)",
    ],
)
def test_a_sentence_in_pieces_is_found(code):
    assert faults_in(code)


@pytest.mark.parametrize(
    "code",
    [
        "say('At {x}.', x=plain(x))",
        "say('At {x}, ' 'and so on.', x=every_digit(run.lr))",
        "say_n('{n} step.', '{n} steps.', n)",
        "say('It is {why}.', why=str(error))",
        "essay(f'{x}')",
    ],
)
def test_a_whole_sentence_is_left_alone(code):
    assert not faults_in(code)


def test_a_text_without_a_mark_is_found():
    assert unmarked_in("st.button('Set it back')")
    assert unmarked_in("name = f'{what} of the run'")
    assert not unmarked_in("st.button(tell('Set it back'), key='set it back')")
