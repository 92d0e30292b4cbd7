"""Lessons as files of text: what is read of them, what is refused and how, and what is claimed."""

from __future__ import annotations

import logging
import math
import os
import re
import time
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.dimension.answer import now, work
from pages.shared import cached, limits
from pages.shared.form import FORMS
from pages.shared.lessons import path as paths
from pages.shared.lessons import words
from pages.shared.lessons.doing import SIGNS, Doing
from pages.shared.lessons.expressions import MOST_PARTS, OPERATIONS
from pages.shared.lessons.header import (
    KEYS,
    LONGEST_TEXT,
    MISTAKE,
    MOST_BYTES,
    VALUE,
    LessonError,
)
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import MOST_FILES, OURS, read_folder
from pages.shared.lessons.quantities import BEYOND, QUANTITIES, Term
from pages.shared.lessons.reading import read
from pages.shared.lessons.tasks import Comparison, Estimate, Number, outcome
from pages.shared.link import MOST_SAID
from pages.shared.settings import Settings

GOOD = """\
# a remark
title: The price
page: train
settings: n_train=40&weight_decay=0.25&epochs=3

question: What does it do?
less: It shrinks.
more: It grows.
compare: train_loss() ? train_loss(weight_decay=0, lr=0.001)
value test: test_loss()
---
It ends at {left}, not at {right},
and {test} on new examples. {{sic}}
"""
NUMBER = """\
title: Half
page: step
settings: weight_decay=3
question: When is half of it gone?
estimate: half_life() / half_life(weight_decay=6)
---
{answer} times.
"""
DRAGGED = """\
title: Where
page: train
question: At which epoch?
estimate: 12
drag: epochs
---
At {answer}.
"""


def changed(before: str, after: str, text: str = GOOD) -> str:
    assert before in text
    return text.replace(before, after, 1)


def test_a_good_file_is_a_lesson() -> None:
    lesson = read("price", GOOD)
    assert (lesson.name, lesson.title, lesson.page) == ("price", "The price", "train")
    assert lesson.question == "What does it do?"
    assert lesson.query == "weight_decay=0.25&n_train=40&epochs=3"
    assert isinstance(lesson.task, Comparison)
    assert lesson.task.choices == {"less": "It shrinks.", "more": "It grows."}
    assert isinstance(lesson.task.right, Term)
    assert lesson.task.right.settings.run.lr == 0.001
    assert lesson.task.right.settings.data.n_train == 40
    said = lesson.explanation
    assert said.endswith(" on new examples. {sic}")
    assert str(said.values["left"]) in said
    assert said.values["test"].value == lesson.values["test"].value  # type: ignore[union-attr]


def test_a_number_may_be_asked_for() -> None:
    lesson = read("half", NUMBER)
    assert isinstance(lesson.task, Estimate)
    assert lesson.task.value == pytest.approx(math.log(1 - 0.018) / math.log(1 - 0.009))
    assert str(lesson.explanation) == "2.01 times."


def test_a_number_may_be_asked_for_on_an_axis() -> None:
    lesson = read("least", DRAGGED)
    assert isinstance(lesson.task, Estimate)
    assert lesson.task.axis == "epochs"
    axis = FORMS["train"].axes["epochs"]
    assert axis.ends(FORMS["train"].of({"epochs": 30})) == (0.0, 30.0)
    assert (lesson.task.right, Estimate(lesson.task.expression).right) == (1.25, 1.1)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (DRAGGED.replace("epochs\n", "height\n"), 5, "the page has no axis “height”: epochs"),
        (NUMBER.replace("---", "drag: lr\n---"), 6, "the page has no axis “lr”: none"),
        (changed("value test", "drag: epochs\nvalue test"), 10, "only an “estimate” is dragged"),
        ("", 0, "the line --- that ends the header is missing"),
        (GOOD.replace("---", "--"), 11, "it is not of the form “key: text”"),
        (GOOD.partition("---")[0], 10, "the line --- that ends the header is missing"),
        (GOOD.partition("It ends")[0], 11, "no text stands below"),
        (GOOD + "x" * LONGEST_TEXT, 11, f"has more than {LONGEST_TEXT} signs"),
        (changed("title: The price\n", ""), 10, "the header has no line “title: ...”"),
        (changed("title", "author"), 2, "“author” is not one of title, page, "),
        (changed("value test", "value"), 10, "“value” is not one of"),
        (changed("page: train", "page: train now"), 3, "there is no page “train now”, only "),
        (changed("page: train", "page:"), 3, "nothing is said of “page”"),
        (changed("page: train", "page: train\npage: map"), 4, "“page” is said twice"),
        (changed("n_train=40", "n_trains=40"), 4, "the page has no setting “n_trains”"),
        (changed("page: train", "page: dimension").replace("n_train=40", "pin=x"), 4, "“pin”"),
        (changed("n_train=40", "pin=x?lr=fast"), 4, "“fast” in the link is not a number"),
        (changed("n_train=40", "n_train=many"), 4, "“many” in the link is not a whole number"),
        (changed("epochs=3", "epochs=0"), 4, "is outside the range 1 to 20000"),
        (changed("What does it do?", "?" * 400), 6, "with at most 400 signs"),
        (changed("compare: train_loss() ?", "compare: train_loss()"), 9, "not of the form"),
        (changed(" ? ", " and "), 9, "it is not of the form a ? b"),
        (changed("more: It grows.\n", ""), 8, "two choices at least are wanted"),
        (changed("compare", "estimate"), 9, "what is answered otherwise has no choices"),
        (changed("compare: ", "# "), 11, "one of the lines compare, estimate"),
        (changed("train_loss() ?", "loss() ?"), 9, "“loss” is not one of train_loss, test_loss"),
        (changed("train_loss() ?", "train_loss(x=1) ?"), 9, "“x” is no setting of a run"),
        (changed("lr=0.001", "lr=fast"), 9, "lr: “fast” is not a number"),
        (changed("lr=0.001", "lr"), 9, "lr: “” is not a number"),
        (changed("train_loss() ?", "__import__('os').system('x') ?"), 9, "is not of the form"),
        (
            changed("lr=0.001", "n_features=10000, n_train=2000, epochs=20000"),
            9,
            "would take too long",
        ),
        (changed("{test}", "{tests}"), 13, "“{tests}” is not one of left, right, test"),
        (changed("{left}", "{left.__class__}"), 12, "“{left.__class__}” is not one of"),
        (changed("{left}", "{left!r}"), 12, "“{left!r}” is not one of"),
        (changed("{left}", "{left:>99999999}"), 12, "“{left:>99999999}” is not one of"),
        (changed("{left}", "{left"), 12, "a brace has no other one"),
        (changed("{left}", "{}"), 12, "“{}” is not one of"),
        (changed("{answer}", "{left}", NUMBER), 7, "“{left}” is not one of answer"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(LessonError, match=re.escape(why)) as refused:
        read("x", text)
    assert refused.value.line == line


# ---- folders


def folder_of(tmp_path: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        file = tmp_path / f"{name.replace('_', '-')}.md"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def test_a_broken_file_is_left_out_and_the_others_work(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        b=GOOD,
        a=NUMBER,
        c=b"\xff" * 10,
        d=GOOD + "x" * MOST_BYTES,
        e=changed("page: train", "page: nowhere"),
        UPPER=GOOD,
    )
    (tmp_path / "f.md").mkdir()
    (tmp_path / "2-b.md").write_text(NUMBER, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no lesson", encoding="utf-8")
    with (tmp_path / "huge.md").open("wb") as huge:
        huge.truncate(10 * 2**20)
    path = read_folder(folder)
    assert [lesson.name for lesson in path.lessons] == ["b", "a"]
    assert path["b"].title == "Half"
    said = [str(fault) for fault in path.faults]
    assert said == [
        "The lesson UPPER.md is left out. Line 1: its name is not of the form 10-name.md, in small "
        "letters.",
        "The lesson b.md is left out. Line 1: another file has the name “b”.",
        "The lesson c.md is left out. Line 1: it is no text in UTF-8.",
        f"The lesson d.md is left out. Line 1: it has more than {MOST_BYTES} bytes.",
        next(line for line in said if "lesson e.md" in line),
        "The lesson f.md is left out. Line 1: it is no file.",
        f"The lesson huge.md is left out. Line 1: it has more than {MOST_BYTES} bytes.",
    ]
    assert "Line 3: there is no page “nowhere”" in said[4]


def test_what_would_be_waited_at_for_ever_is_no_lesson(tmp_path: Path) -> None:
    """The server reads the folder before it answers anybody."""
    folder = folder_of(tmp_path, a=NUMBER)
    os.mkfifo(folder / "pipe.md")
    (folder / "round.md").symlink_to("round.md")
    (folder / "zeros.md").symlink_to("/dev/zero")
    path = read_folder(folder)
    assert [lesson.name for lesson in path.lessons] == ["a"]
    assert [str(fault).partition("Line 1: ")[2] for fault in path.faults] == ["it is no file."] * 3


def test_a_line_of_any_length_is_refused_in_no_time() -> None:
    begin = time.process_time()
    with pytest.raises(LessonError, match="at most 400 signs"):
        read("x", "a" + " " * 2000 + "b\n---\nx")
    assert time.process_time() - begin < 0.1


def test_values_of_values_do_not_explode() -> None:
    """Each names the one before twice: the thirtieth would take a thousand million sums."""
    names = "abcdefghijklmnopqrstuvwxyz"
    values = "".join(f"value v{y}: v{x} + v{x}\n" for x, y in pairwise(names))
    text = changed("---", f"value va: 1\n{values}---", NUMBER)
    with pytest.raises(LessonError, match=f"more than {MOST_PARTS} parts") as refused:
        read("x", text)
    assert refused.value.line == 13
    doubled = "".join(f"value v{y}: v{x} + v{x}\n" for x, y in pairwise(names[:6]))
    lesson = read("x", changed("---", f"value va: 1\n{doubled}---", NUMBER))
    assert lesson.values["vf"].value == 32


def test_the_mark_with_which_some_editors_begin_a_file_is_no_part_of_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a=b"\xef\xbb\xbf" + NUMBER.encode())
    assert read_folder(folder).lessons[0].title == "Half"


def test_a_page_says_of_a_few_broken_files_and_how_many_more_there_are(tmp_path: Path) -> None:
    every = read_folder(folder_of(tmp_path, **{f"a{k}": "x" for k in range(MOST_SAID + 2)})).faults
    assert words.faults(every[:MOST_SAID]) == [*every[:MOST_SAID]]
    assert words.faults(every[:-1])[MOST_SAID:] == [
        "One more file is left out: the server's log has it."
    ]
    assert words.faults(every)[MOST_SAID:] == [
        "2 more files are left out: the server's log has them."
    ]


def test_a_folder_has_so_many_files(tmp_path: Path) -> None:
    path = read_folder(folder_of(tmp_path, **{f"a{k}": NUMBER for k in range(MOST_FILES + 2)}))
    assert len(path.lessons) == MOST_FILES
    assert str(path.faults[0]).startswith(f"The folder of the lessons has {MOST_FILES + 2} files")


def test_another_folder_takes_the_place_of_ours_and_its_faults_are_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        limits.LESSONS.variable, str(folder_of(tmp_path, a=NUMBER, b=changed("page", "pages")))
    )
    lines: list[str] = []
    logger = paths.get_logger("weight_decay")
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(record.getMessage()))
    logger.addHandler(handler)
    try:
        path = paths.path.__wrapped__()
    finally:
        logger.removeHandler(handler)
    assert [lesson.name for lesson in path.lessons] == ["a"]
    assert lines == list(path.faults)
    assert "b.md is left out. Line 3: “pages”" in lines[0]


GUIDE = (OURS.parents[1] / "docs" / "lessons.md").read_text(encoding="utf-8")


def test_the_guide_shows_a_lesson_and_exercises_that_are_read_as_they_stand() -> None:
    shown = re.findall(r"```\n(title:.*?)```", GUIDE, re.DOTALL)
    lessons = [read("shown", text) for text in shown]
    assert [type(lesson.task) for lesson in lessons] == [Comparison, Number, Doing]
    for lesson in lessons:
        assert lesson.explanation
        assert not lesson.variant or lesson.has_answer


def test_the_guide_names_all_that_a_header_may_have() -> None:
    said = re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL)
    for name in (*KEYS, VALUE, MISTAKE, *QUANTITIES, *BEYOND, *OPERATIONS, "drawn", *SIGNS):
        assert re.search(rf"`[^`]*{re.escape(name)}[^`]*`", said), name


# ---- ours

LESSONS = read_folder(OURS)
SEEDS = range(10)


def test_ours_are_six_to_eight_and_none_is_broken() -> None:
    assert not LESSONS.faults
    assert 6 <= len(LESSONS.lessons) <= 8
    assert len({lesson.page for lesson in LESSONS.lessons}) >= 5


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS.lessons])
def test_a_claim_holds_in_nine_of_ten_seeds(name: str) -> None:
    """Whatever the seed, the engine gives the answer that the explanation is written for."""
    (file,) = OURS.glob(f"*-{name}.md")
    text, task = file.read_text(encoding="utf-8"), LESSONS[name].task
    assert "seed" not in text
    of_seeds = [
        read(name, text.replace("settings: ", f"settings: seed={seed}&")).task for seed in SEEDS
    ]
    if isinstance(task, Comparison):
        holds = [outcome(**other.numbers) == task.answer for other in of_seeds]
    else:
        assert isinstance(task, Estimate)
        values = [other.value for other in of_seeds if isinstance(other, Estimate)]
        assert len(values) == len(SEEDS)
        holds = [task.off(str(value)) < (task.right if task.axis else 1.01) for value in values]
    assert sum(holds) >= 9


# What each explanation says happens.
WRITTEN_FOR = {
    "price": "more",
    "longer": "more",
    "start": "less",
    "directions": "less",
    "features": "less",
}


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS.lessons])
def test_an_explanation_is_short_and_says_what_happens(name: str) -> None:
    lesson = LESSONS[name]
    assert len(str(lesson.explanation).split()) <= 60
    assert len(lesson.question.split()) <= 45
    if isinstance(lesson.task, Comparison):
        assert lesson.task.answer == WRITTEN_FOR[name]
    else:
        assert name not in WRITTEN_FOR


def of_seed(name: str, seed: int) -> Lesson:
    """The step as it would be with other data, its pinned run, too."""
    (file,) = OURS.glob(f"*-{name}.md")
    text = file.read_text(encoding="utf-8").replace("settings: ", f"settings: seed={seed}&", 1)
    return read(name, text.replace("%3F", f"%3Fseed%3D{seed}%26", 1))


def pinned(lesson: Lesson) -> Settings:
    """The run beside that of the page."""
    question, complaints = FORMS[lesson.page].understood(parse_qsl(lesson.query))
    assert not complaints
    (pin,) = question.pins
    return pin.settings  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_an_explanation_is_about_is_pinned_beside_the_one_of_the_page(seed: int) -> None:
    start = of_seed("start", seed)
    lower = cached.short_run(pinned(start)).test_loss[-1, 0]
    assert lower == pytest.approx(start.task.numbers["left"])  # type: ignore[union-attr]
    momentum = of_seed("momentum", seed)
    coupled, values = pinned(momentum), momentum.values
    assert coupled.run.decay == "coupled"
    assert coupled.run.weight_decay == pytest.approx(values["settles"].value)
    question, _ = FORMS["train"].understood(parse_qsl(momentum.query))
    ends = [cached.short_run(each).test_loss[-1, 0] for each in (coupled, question.settings)]
    assert ends[0] == pytest.approx(ends[1], rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_features_end_on_the_medians_that_the_page_shows(seed: int) -> None:
    lesson = of_seed("features", seed)
    problem, _ = FORMS["dimension"].understood(parse_qsl(lesson.query))
    work(problem).finish()
    shown = now(problem)
    places = [shown.drawn.grid.index(d) for d in (problem.at, 40)]
    numbers = lesson.task.numbers  # type: ignore[union-attr]
    assert shown.median[0, places] == pytest.approx([numbers["left"], numbers["right"]], rel=1e-4)
    assert shown.median[1, places[1]] == pytest.approx(lesson.values["decayed"].value)
    grid, (without, decayed) = np.array(shown.drawn.grid), shown.median[:2]
    assert 35 <= grid[without.argmax()] <= 45
    assert without.max() >= numbers["right"] > numbers["left"]
    assert decayed[(grid >= 30) & (grid <= 60)].max() < numbers["left"], "there is no peak"


# ---- guesses


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        (1.0, 1.04, "alike"),
        (1.0, 1.06, "less"),
        (1.06, 1.0, "more"),
        (0.0, 0.0, "alike"),
        (0.0, 1e-9, "less"),
        (-1.0, 1.0, "less"),
        (-1.0, -1.04, "alike"),
        (-1.0, -2.0, "more"),
    ],
)
def test_numbers_that_differ_by_little_are_alike(left: float, right: float, answer: str) -> None:
    assert outcome(left, right) == answer


def test_a_guess_is_one_of_the_choices_or_a_number() -> None:
    choice, number = read("price", GOOD).task, read("half", NUMBER).task
    assert choice.reads("less")
    assert not choice.reads("alike")
    assert not choice.reads("")
    assert number.reads("2.5")
    assert number.reads("-3e4")
    assert not any(map(number.reads, ("", "x", "nan", "inf", "1" * 10_000)))
    assert isinstance(number, Estimate)
    assert number.off("2") == pytest.approx(number.value / 2)
    assert number.off("-2") == math.inf
    assert number.off("0") == math.inf
