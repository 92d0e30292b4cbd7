"""Exercises: arithmetic and answers that are read, what is refused, and what ours claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared.lessons.answers import judged, read_number
from pages.shared.lessons.doing import TRIED, Doing, tries
from pages.shared.lessons.expressions import DEEPEST, DRAWN, Constant, read_expression
from pages.shared.lessons.header import MOST_VARIANTS, LessonError
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import OURS, read_folder
from pages.shared.lessons.reading import read, read_variants
from pages.shared.lessons.tasks import Comparison, Number
from pages.shared.run import RUN
from pages.shared.settings import SETTINGS
from wd_core import DatasetSpec, Hyperparameters, collect, make_dataset, train

# ---- arithmetic

NAMES = {"a": Constant(3.0), "b": Constant(-0.5)}


def worth(text: str) -> float:
    return read_expression(text, RUN.defaults, NAMES).value


@pytest.mark.parametrize(
    "text",
    [
        *("1", "2.5e-3", ".5", "-a", "--a", "a - b - 1", "a - (b - 1)", "2 / 4 / 2", "2 * a + b"),
        *("2 + a * b", "-2 ^ 2", "(-2) ^ 2", "2 ^ 3 ^ 2", "2 ^ -1", "a*(b+1)/(a-1)", "1e3*a"),
    ],
)
def test_it_is_worked_out_as_python_does(text: str) -> None:
    assert worth(text) == eval(text.replace("^", "**"), {"a": 3.0, "b": -0.5})


def test_functions_and_numbers_of_the_engine_stand_beside_each_other() -> None:
    assert worth("sqrt(a + 1) + abs(b)") == 2.5
    half_life = worth("half_life()")
    assert worth("half_life(weight_decay=3) / (2 * half_life())") == 0.5
    assert half_life == pytest.approx(np.log(0.5) / np.log(1 - 0.009))
    drawn = [worth(f"drawn({k})") for k in range(100)]
    assert {*drawn} == {*DRAWN}
    assert drawn == [worth(f"drawn({k})") for k in range(100)]
    assert worth("drawn(0)") == 4  # another one would change exercises that are about


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not of the form"),
        ("1 +", "is not of the form"),
        ("(1", "is not of the form"),
        ("1)", "is not of the form"),
        ("1 2", "is not of the form"),
        ("a.b", "is not of the form"),
        ("a[0]", "is not of the form"),
        ("'a'", "is not of the form"),
        ("__class__", "is not of the form"),
        ("lambda: 1", "“lambda” is not one of a, b"),
        ("sqrt", "is not of the form"),
        ("open(x=1)", "“open” is not one of train_loss"),
        ("train_loss(lr=10)", "outside the range"),
        ("1e999", "beyond all bounds"),
        ("(" * 250 + "1", f"more than {DEEPEST} deep"),
        ("-" * 250 + "1", f"more than {DEEPEST} deep"),
        ("drawn(-1)", "counts from 0 to 99"),
        ("drawn(1e300)", "counts from 0 to 99"),
        ("1 / (a - 3)", "divided by 0"),
        ("0 ^ -1", "divided by 0"),
        ("10 ^ 10 ^ 10", "beyond all bounds"),
        ("(-1) ^ 0.5", "gives no number"),
        ("sqrt(b)", "negative number has no root"),
    ],
)
def test_what_is_no_arithmetic_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        worth(text)


# ---- what is typed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0.05", 0.05), ("0,05", 0.05), (",5", 0.5), ("5.", 5), ("-3", -3), ("+3", 3)),
        *(("1e-3", 1e-3), ("1E-3", 1e-3), ("1/3", 1 / 3), ("-1/4", -0.25), ("1e2/4", 25)),
        *(("3.14×10⁻⁷", 3.14e-7), ("2*10^3", 2000), ("2x10-3", 0.002), ("−0.5", -0.5)),
        *(
            ("5 %", 0.05),
            ("2,7%", 0.027),
            ("0,125", 0.125),
            ("12 000", 12000),
            ("1234,567", 1234.567),
        ),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: float) -> None:
    assert read_number(text).number == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "five", "nan", "inf", "0x10", "1_000", "1e", "1.2.3", "1,2,3", "1/2/3", "1/0"),
        *("1/1e-999", "1,250", "-12,000", "1e999", "12 steps", "=1", "1+1", "٣", "½", "9" * 10_000),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^it(s comma)? "):
        read_number(text)


ASKED = """\
title: Left
page: train
settings: lr=0.003
variants: weight_decay = 1, 3
question: What is left with λ = {weight_decay}?
number: left_alone()
mistake 1 - answer: {gone} is gone.
mistake 1 / (weight_decay - 1): Odd.
hint: How many steps?
value gone: 1 - left_alone()
---
{answer} is left.
"""


def test_every_kind_of_answer_has_its_own_reply() -> None:
    lesson = read("left", ASKED, 2)
    assert lesson.address == "left.2"
    assert lesson.query == ""
    assert lesson.question == "What is left with λ = 3?"
    replies = {
        "0.02688": "**Right:** it is 0.0269.",
        "0.0267": "**Right:** it is 0.0269.",
        "2,69 %": "**Right:** it is 0.0269.",
        "0.97312": "**Not yet.** 0.973 is gone.",
        "0.5": "**Not yet.** Odd.",
        "0.03": "**Not yet.** You are close, but too coarse: give it to more digits, within 1 %.",
        "0.0275": "**Not yet.** You are close, but too coarse: give it to more digits, within 1 %.",
        "0.04": "**Not yet.** How many steps?",
        "0": "**Not yet.** How many steps?",
    }
    for typed, reply in replies.items():
        verdict = judged(lesson, typed)
        assert (verdict.said, verdict.counts) == (reply, True), typed
        assert verdict.right == reply.startswith("**Right")
    for typed in ("x" * 10_000, "soon", "![x](//x.org)"):
        verdict = judged(lesson, typed)
        assert not verdict.right
        assert not verdict.counts
        assert "does not count" in verdict.said
        assert len(verdict.said) < 250
        assert "](" not in verdict.said
    first = read("left", ASKED, 1)  # one of its mistakes is no number: a division by 0
    assert judged(first, "0.5").said == "**Not yet.** How many steps?"


# ---- files

CHOSEN = """\
title: Longer
page: train
question: Which?
less: Less.
more: More.
choose: 1 ? 2
mistake more: No.
---
So it is.
"""
DONE = """\
title: Do it
page: train
settings: n_train=10
variants: seed = 0 to 3
question: Do it.
moves: weight_decay, lr
do: weight_decay * lr = 0.02 and train_loss() > 0
---
Done.
"""


@pytest.mark.parametrize(
    ("text", "before", "after", "line", "why"),
    [
        (ASKED, "page: train", "page: nowhere", 2, "there is no page “nowhere”, only "),
        (ASKED, "1, 3", "1, x", 4, "weight_decay: “1, x” is not a number"),
        (ASKED, "1, 3", "1, -3", 4, "outside the range"),
        (ASKED, "1, 3", "", 4, "is not a number"),
        (ASKED, "1, 3", ", ".join(["1"] * 21), 4, f"1 to {MOST_VARIANTS} variants"),
        (ASKED, "weight_decay = 1, 3", "seed = 0 to 999999999", 4, "1 to 20 variants"),
        (ASKED, "weight_decay = 1", "colour = 1", 4, "the page has no setting “colour”"),
        (ASKED, "{weight_decay}", "{answer}", 5, "“{answer}” is not one of gone, or of"),
        (ASKED, "left_alone()", "left_alone(", 6, "is not of the form"),
        (ASKED, "number: left_alone()", "estimate: left_alone()", 4, "only an exercise has it"),
        (ASKED, "mistake 1 - answer", "mistake 1 - reply", 7, "“reply” is not one of answer"),
        (ASKED, "mistake 1 - answer", "mistake", 7, "“mistake” is not one of title"),
        (ASKED, "{gone} is", "{done} is", 7, "“{done}” is not one of answer, gone, or"),
        (ASKED, "steps?", "{steps}?", 9, "“{steps}” is not one of"),
        (ASKED, "value gone", "value lr", 10, "“lr” is the name of something else"),
        (ASKED, "value gone", "value answer", 10, "“answer” is the name of something else"),
        (ASKED, "hint: ", "less: ", 6, "what is answered otherwise has no choices"),
        (CHOSEN, "mistake more", "mistake alike", 7, "“alike” is none of less, more"),
        (CHOSEN, "1 ? 2", "1", 6, "it is not of the form a ? b"),
        (CHOSEN, "choose: 1", "compare: 1", 7, "only an exercise has it"),
        (CHOSEN, "choose: 1 ? 2", "hint: none", 8, "has to have one of the lines compare,"),
        (CHOSEN, "less: Less.", "do: 1 < 2", 8, "has to have one of the lines compare,"),
        (DONE, "moves: weight_decay, lr\n", "", 6, "“do” and “moves” go together"),
        (DONE, "weight_decay, lr", "colour", 7, "the page has no control “colour”"),
        (DONE, "weight_decay, lr", "weight_decay, lr, epochs", 7, "1 to 2 controls"),
        (DONE, "question: Do it.", "question: Do it.\nhint: So.", 6, "has no wrong answers"),
        (DONE, "question: Do it.", "question: Do it.\nmistake 1: No.", 6, "has no wrong answers"),
        (DONE, "> 0", "", 7, "it is not of the form a < b, with one of <="),
        (DONE, "> 0", "> 0 > 1", 7, "it is not of the form a < b"),
        (DONE, "> 0", "> colour", 7, "“colour” is not one of"),
        (DONE, "> 0", "> train_loss(lr=x)", 7, "lr: “x” is not a number"),
        (DONE, "Done.", "Done: {answer}", 9, "“{answer}” is not one of its values, or"),
    ],
)
def test_a_broken_exercise_is_refused_with_its_line(
    text: str, before: str, after: str, line: int, why: str
) -> None:
    assert before in text
    with pytest.raises(LessonError, match=re.escape(why)) as refused:
        read_variants("x", text.replace(before, after, 1))
    assert refused.value.line == line


def test_what_is_to_be_done_is_found_among_the_steps_of_the_controls() -> None:
    task = read("x", DONE, 2).task
    assert isinstance(task, Doing)
    assert task.begins["seed"] == 1
    assert task.solution is not None
    found = {**task.begins, **task.solution}
    assert found["weight_decay"] * found["lr"] == pytest.approx(0.02, rel=0.01)  # type: ignore
    assert task.open(found) is None
    assert task.strayed(found) is None
    assert task.strayed({**found, "seed": 5, "lr": 1.0}) == "seed"
    missing = task.open(task.begins)
    assert missing is not None
    assert missing.right.value == 0.02


@pytest.mark.parametrize("done", ["weight_decay = 0.3333", "weight_decay = 3", "sqrt(-lr) < 1"])
def test_what_cannot_be_done_or_is_so_already_is_not_offered(done: str) -> None:
    text = re.sub("do: .*", f"do: {done}", DONE)
    assert not read("x", text).has_answer


@pytest.mark.parametrize(
    "number",
    [
        *("1 / 0", "sqrt(-1)", "prior_weight_decay(true_weight=0)", "half_life(weight_decay=0)"),
        "train_loss(lr=1, weight_decay=5, epochs=2000)",
    ],
)
def test_a_variant_without_a_number_is_not_offered(number: str) -> None:
    assert not read("x", ASKED.replace("number: left_alone()", f"number: {number}")).has_answer
    assert not read("x", ASKED.replace("gone: 1 - left_alone()", f"gone: {number}")).has_answer
    assert not read("x", CHOSEN.replace("1 ? 2", f"1 ? {number}")).has_answer


def test_a_comparison_that_is_none_of_the_choices_is_not_offered() -> None:
    assert read("x", CHOSEN).has_answer
    assert not read("x", CHOSEN.replace("1 ? 2", "1 ? 1.01")).has_answer


def test_values_are_of_the_beginning_and_conditions_of_the_page_as_it_stands() -> None:
    text = DONE.replace("---", "value first: lr\n---")
    task = read("x", re.sub("do: .*", "do: lr > 2 * first", text)).task
    assert isinstance(task, Doing)
    assert task.open({**task.begins, "lr": 0.005}) is not None
    assert task.open({**task.begins, "lr": 0.01}) is None


def test_controls_are_tried_over_their_range() -> None:
    assert tries(SETTINGS["weight_decay"]) == list(SETTINGS["weight_decay"].steps)  # type: ignore
    epochs = tries(SETTINGS["epochs"])
    assert (epochs[0], epochs[-1], len(epochs)) == (1, 20_000, TRIED)
    assert all(isinstance(value, int) for value in epochs)
    assert tries(SETTINGS["noise"])[0] == 0.0
    assert tries(SETTINGS["decay"]) == ["coupled", "decoupled"]


# ---- ours

EXERCISES = read_folder(OURS).exercise
VARIANTS = [lesson for variants in EXERCISES.values() for lesson in variants]


def offered(name: str) -> list[Lesson]:
    return [lesson for lesson in EXERCISES[name] if lesson.has_answer]


def each(*kinds: type) -> Sequence[str]:
    return [name for name, (first, *_) in EXERCISES.items() if isinstance(first.task, kinds)]


def test_ours_are_twelve_in_two_parts_and_of_three_kinds() -> None:
    assert len(EXERCISES) == 12
    parts = [first.part for first, *_ in EXERCISES.values()]
    assert parts == [parts[0]] * 6 + [parts[6]] * 6
    assert all(each(kind) for kind in (Number, Comparison, Doing))


@pytest.mark.parametrize("name", EXERCISES)
def test_each_is_short_and_has_variants_that_differ(name: str) -> None:
    lessons = offered(name)
    assert len(lessons) >= 3
    told = {(lesson.question, lesson.query, lesson.explanation) for lesson in lessons}
    assert len(told) == len(lessons)
    for lesson in lessons:
        assert len(lesson.question.split()) <= 45
        assert len(lesson.explanation.split()) <= 60
        assert len(lesson.hint.split()) <= 30


@pytest.mark.parametrize("name", each(Number))
def test_the_answer_is_right_and_each_foreseen_mistake_has_its_own_message(name: str) -> None:
    unheard = {said for lesson in offered(name) for _, said in task_of(lesson).mistakes}
    for lesson in offered(name):
        task = task_of(lesson)
        answer = task.expression.value
        for typed in (repr(answer), f"{answer:.4g}", f"{1.009 * answer!r}"):
            assert judged(lesson, typed).right, (lesson.address, typed)
        assert not judged(lesson, repr(-answer)).right
        assert not judged(lesson, repr(1.02 * answer)).right
        for foreseen, said in task.mistakes:
            verdict = judged(lesson, repr(foreseen.value))
            if verdict.said == f"**Not yet.** {lesson.filled(said)}":
                unheard.discard(said)
    assert not unheard


def task_of(lesson: Lesson) -> Number:
    assert isinstance(lesson.task, Number)
    return lesson.task


@pytest.mark.parametrize("name", each(Comparison))
def test_of_the_choices_one_is_right_and_all_are_right_somewhere_or_explained(name: str) -> None:
    answers = set()
    for lesson in offered(name):
        task = lesson.task
        assert isinstance(task, Comparison)
        right = {outcome for outcome in task.choices if judged(lesson, outcome).right}
        assert right == {task.answer}
        answers |= right
        for wrong in task.choices.keys() - right:
            assert (wrong in task.mistakes) or lesson.hint
    assert len(answers) >= 2


@pytest.mark.parametrize("name", each(Doing))
def test_a_deed_is_done_by_its_solution_and_not_by_the_beginning(name: str) -> None:
    for lesson in offered(name):
        task = lesson.task
        assert isinstance(task, Doing)
        assert task.solution is not None
        assert task.open(task.begins) is not None
        for key, value in task.solution.items():
            assert task.form.settings[key].read(str(value)) == value
        assert task.open({**task.begins, **task.solution}) is None


def values(lesson: Lesson) -> dict[str, float]:
    """The numbers of an explanation and what else it may name."""
    return {name: each.value for name, each in lesson.values.items()} | lesson.task.numbers


def test_a_constant_is_beaten_where_a_run_of_the_engine_beats_it() -> None:
    decays = [float(step) for step in SETTINGS["weight_decay"].steps]  # type: ignore[union-attr]
    runs = [Hyperparameters(weight_decay=lam) for lam in decays]
    for lesson in EXERCISES["beat"]:
        data = make_dataset(DatasetSpec(seed=lesson.variant - 1))
        seeded = [Hyperparameters(**{**vars(run), "seed": lesson.variant - 1}) for run in runs]
        lowest = collect(train(data, seeded)).test_loss[-1].min()
        constant = np.mean((data.y_test - data.y_train.mean()) ** 2) / 2
        assert lesson.has_answer == (lowest <= 0.97 * constant)
    assert [lesson.variant for lesson in offered("beat")][:3] == [1, 4, 6]  # of the first six three


def test_what_the_explanations_say_is_so_in_every_variant() -> None:
    for lesson in offered("beat"):
        told = values(lesson)
        assert told["without"] > 1000 * told["constant"]
        assert told["strongest"] == pytest.approx(told["constant"], rel=0.15)
    for lesson in offered("validation"):
        assert values(lesson)["left"] >= values(lesson)["right"]
    for lesson in offered("zero"):
        assert values(lesson)["share"] == pytest.approx(np.exp(-1), rel=0.02)
    for lesson in offered("noise"):
        assert values(lesson)["left"] == pytest.approx(values(lesson)["right"] ** 2)
    for lesson in offered("stop"):
        assert values(lesson)["late"] > 1.3 * values(lesson)["decayed"]
    for lesson in offered("decoupled"):
        told = values(lesson)
        assert told["end"] == pytest.approx(0.3 / told["times"])
    for lesson in offered("objective"):
        told = values(lesson)
        assert told["answer"] == pytest.approx(told["loss"] + told["penalty"])
    for lesson in offered("left"):
        assert values(lesson)["answer"] == pytest.approx(values(lesson)["factor"] ** 400)


def test_a_matrix_has_the_norms_that_numpy_gives_it() -> None:
    for lesson in EXERCISES["matrix"]:
        rows = re.findall(r"\((−?\d), (−?\d)\)", lesson.question)
        W = np.array([[float(x.replace("−", "-")) for x in row] for row in rows])
        assert W.shape == (2, 2)
        task = task_of(lesson)
        assert task.expression.value == np.trace(W.T @ W)
        foreseen = [mistake.value for mistake, _ in task.mistakes]
        spectral = np.linalg.norm(W, 2)
        assert foreseen[:4] == pytest.approx(
            [np.linalg.norm(W), np.abs(W).sum(), spectral**2, spectral]
        )
