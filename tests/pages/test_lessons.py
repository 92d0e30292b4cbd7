"""Lessons as files of text: what is read of them, what is refused and how, and what is claimed."""

from __future__ import annotations

import logging
import math
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared import cached, limits
from pages.shared.lessons import path as paths
from pages.shared.lessons.lesson import LONGEST_TEXT, MOST_BYTES, LessonError, read
from pages.shared.lessons.path import MOST_FILES, OURS, read_folder
from pages.shared.lessons.quantities import CALL, DRAWS, QUANTITIES, RANGE, Term, read_term
from pages.shared.lessons.tasks import Comparison, Estimate, outcome
from pages.shared.run import RUN
from wd_core import make_dataset

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


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
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
        (changed("n_train=40", "pin=x"), 4, "the page has no setting “pin”"),
        (changed("n_train=40", "n_train=many"), 4, "“many” in the link is not a whole number"),
        (changed("epochs=3", "epochs=0"), 4, "is outside the range 1 to 20000"),
        (changed("What does it do?", "?" * 300), 6, "with at most 300 signs"),
        (changed("compare: train_loss() ?", "compare: train_loss()"), 9, "not of the form"),
        (changed(" ? ", " and "), 9, "it is not of the form a ? b"),
        (changed("more: It grows.\n", ""), 8, "two choices at least are wanted"),
        (changed("compare", "estimate"), 9, "a number to be guessed has no choices"),
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
        "The lesson f.md is left out. Line 1: it cannot be read.",
        f"The lesson huge.md is left out. Line 1: it has more than {MOST_BYTES} bytes.",
    ]
    assert "Line 3: there is no page “nowhere”" in said[4]


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


def test_the_readme_shows_a_lesson() -> None:
    readme = (OURS.parents[1] / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```\n(title:.*?)```", readme, re.DOTALL)
    assert read("price", shown).explanation
    for name in QUANTITIES:
        assert f"`{name}" in readme or f"{name}(" in shown, name


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
    task = LESSONS[name].task
    if isinstance(task, Comparison):
        holds = [outcome(**task.of_seed(seed).numbers) == task.answer for seed in SEEDS]
    else:
        holds = [task.off(str(task.of_seed(seed).value)) < 1.01 for seed in SEEDS]
    assert sum(holds) >= 9


# What each explanation says happens.
WRITTEN_FOR = {
    "price": "more",
    "longer": "more",
    "start": "less",
    "directions": "less",
    "features": "less",
    "data": "less",
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


# ---- the numbers, each from an oracle that knows nothing of the engine

BASE = {**RUN.defaults, "n_train": 12, "n_features": 4, "noise": 0.5, "true_weight": 0.5}
BASE |= {"weight_decay": 0.4, "lr": 0.05, "epochs": 30, "batch_size": 12, "init_std": 0.0}


def worth(text: str) -> float:
    return read_term(text, BASE).value


def descended(weight_decay: float) -> tuple[np.ndarray, float]:
    """Gradient descent on all examples at once, from zero."""
    data = make_dataset(RUN.of(BASE).data)
    X, y, w, b = data.X_train, data.y_train, np.zeros(4), 0.0
    for _ in range(30):
        r = X @ w + b - y
        w, b = w - 0.05 * (X.T @ r / 12 + weight_decay * w), b - 0.05 * r.mean()
    return w, b


def test_losses_and_norm_are_those_of_a_run() -> None:
    data, (w, b) = make_dataset(RUN.of(BASE).data), descended(0.4)
    assert worth("train_loss()") == pytest.approx(
        np.mean((data.X_train @ w + b - data.y_train) ** 2) / 2
    )
    assert worth("test_loss()") == pytest.approx(
        np.mean((data.X_test @ w + b - data.y_test) ** 2) / 2
    )
    assert worth("weight_norm()") == pytest.approx(np.linalg.norm(w))
    w, _ = descended(0.0)
    assert worth("weight_norm(weight_decay=0)") == pytest.approx(np.linalg.norm(w))


def test_a_shrunk_weight_is_not_zero_and_one_never_moved_is() -> None:
    assert worth("zero_weights(weight_decay=10)") == 0
    assert worth("zero_weights(lr=0.0001, true_weight=0, noise=0, true_bias=0)") == 4


def test_the_exact_solution_is_that_of_scikit_learn() -> None:
    data = make_dataset(RUN.of(BASE).data)
    model = Ridge(alpha=12 * 0.4).fit(data.X_train, data.y_train)
    loss = np.mean((model.predict(data.X_test) - data.y_test) ** 2) / 2
    assert worth("ridge_test_loss()") == pytest.approx(loss)


def test_the_best_weight_decay_is_the_least_of_scikit_learns_losses() -> None:
    few = [0.5, 1.0, 2.0]  # as multiples of the one that is said
    said = worth("best_weight_decay(seed=3)")
    losses = []
    for weight_decay in np.multiply(few, said):
        each = []
        for draw in range(DRAWS):
            data = make_dataset(RUN.of(BASE | {"seed": 3 + draw}).data)
            model = Ridge(alpha=12 * weight_decay).fit(data.X_train, data.y_train)
            each.append(np.mean((model.predict(data.X_test) - data.y_test) ** 2))
        losses.append(np.mean(each))
    assert losses[1] < min(losses[0], losses[2])
    assert RANGE[1] / RANGE[0] < 1.06


def test_what_is_kept_of_a_direction_follows_from_the_covariance() -> None:
    s = np.linalg.eigvalsh(np.cov(make_dataset(RUN.of(BASE).data).X_train.T, bias=True))
    assert worth("kept_flat()") == pytest.approx(s[0] / (s[0] + 0.4))
    assert worth("kept_steep()") == pytest.approx(s[-1] / (s[-1] + 0.4))


def test_half_of_a_weight_is_gone_after_its_half_life() -> None:
    assert worth("half_life()") == pytest.approx(math.log(0.5) / math.log(1 - 0.05 * 0.4))


def test_the_end_of_decoupled_momentum_is_a_tenth_of_its_weight_decay() -> None:
    assert worth("end_weight_decay(optimizer=momentum)") == pytest.approx(0.4)
    assert worth("end_weight_decay(optimizer=momentum, decay=decoupled)") == pytest.approx(0.04)


@pytest.mark.parametrize(
    "text",
    [
        "half_life(weight_decay=0)",
        "half_life(optimizer=adam)",
        "end_weight_decay(optimizer=adam, decay=decoupled)",
        "train_loss(lr=1, weight_decay=5, epochs=2000)",
    ],
)
def test_where_there_is_no_such_number_it_is_said_why(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        worth(text)


def test_every_number_is_tried_here() -> None:
    tried = set(re.findall(r'worth\("([a-z_]+)\(', Path(__file__).read_text(encoding="utf-8")))
    assert tried == set(QUANTITIES)


def test_a_seed_changes_the_data_of_a_term_alone() -> None:
    term = read_term("train_loss(seed=3)", BASE)
    assert isinstance(term, Term)
    assert term.of_seed(3) == term
    assert term.of_seed(4).value != term.value
    assert CALL.fullmatch("train_loss(seed=3)")
    assert cached.run_seconds(term.settings) < 1


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
