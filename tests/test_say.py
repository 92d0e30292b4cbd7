"""Sentences are whole: the text of every `say` is a literal, and no value was a text before.

Held on the syntax tree of the pages, so that a test can read a sentence's numbers, and a translator
its text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# How many texts each takes before its values.
TEXTS = {"say": 1, "say_n": 2}


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
    if name not in TEXTS:
        return
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
