"""Exported scripts print the losses of `train`; tables and JSON give every number back."""

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from itertools import product

import numpy as np
import pytest
import torch

from tests.made_up import FEATURES, ROWS, SOURCES
from wd_core import DatasetSpec, Hyperparameters
from wd_core.book.two_codes import Switches, programs, script, standings
from wd_core.data import DATASETS, make_dataset
from wd_core.export import to_csv, to_json, to_script
from wd_core.optimizers import FOLLOWING, OPTIMIZERS, SCHEDULES
from wd_core.training import collect, train

# Scripts and engine do the same sums in another order and the scripts print 12 digits: over a few
# hundred steps that stays near 1e-11, while the smallest mistake in a rule shows at 1e-4.
ROUNDING = 1e-9

SPEC = DatasetSpec(n_features=30, noise=0.1, true_weight=0.1, seed=3)
RUN = Hyperparameters(weight_decay=0.5, lr=0.02, epochs=12, seed=4)

GRID = [
    replace(RUN, optimizer=optimizer, decay=decay, loss=loss, batch_size=batch_size, max_norm=norm)
    for optimizer, decay, loss, batch_size, norm in product(
        tuple(OPTIMIZERS),
        ("coupled", "decoupled"),
        ("half_mse", "mse"),
        (5, 6),
        (None, 1.5),
    )
]
VARIANTS = [
    replace(RUN, weight_decay=0.0),
    replace(RUN, weight_decay=0.0, decay="decoupled", optimizer="adam"),
    replace(RUN, weight_decay=0.0, batch_size=6),
    replace(RUN, batch_size=64),
    replace(RUN, batch_size=64, loss="mse", optimizer="momentum"),
    replace(RUN, batch_size=20),
    replace(RUN, batch_size=1),
    replace(RUN, epochs=0),
    replace(RUN, epochs=1),
    replace(RUN, init_std=0.0),
    replace(RUN, init_std=0.01, init_bias_std=1.0),
    replace(RUN, init_std=0.0, init_bias_std=0.5),
    replace(RUN, optimizer="momentum", momentum=0.0),
    replace(RUN, optimizer="nesterov", momentum=0.5),
    replace(RUN, optimizer="adam", betas=(0.5, 0.9), eps=1e-3),
    replace(RUN, init_std=0.0, max_norm=1e-3),
    *[
        replace(RUN, decay_bias=True, decay=decay, optimizer=optimizer, batch_size=batch_size)
        for decay, optimizer, batch_size in product(
            ("coupled", "decoupled"), ("sgd", "nesterov", "adam", "rmsprop", "lion"), (5, 6)
        )
    ],
    replace(RUN, lr=np.float64(0.02), batch_size=np.int64(6), weight_decay=np.float32(0.5)),
    *[
        replace(RUN, schedule="cosine", optimizer=optimizer, decay=decay, decay_follows=follows)
        for optimizer in OPTIMIZERS
        for decay, follows in [("coupled", "lr"), *(("decoupled", name) for name in FOLLOWING)]
    ],
    *[replace(RUN, schedule=schedule, warmup=7, batch_size=6) for schedule in SCHEDULES],
    replace(RUN, schedule="step", loss="mse", decay="decoupled", decay_follows="nothing"),
    replace(RUN, schedule="linear", warmup=48, penalty="l1", batch_size=6),
    replace(RUN, schedule="cosine", warmup=3, penalty="elastic", max_norm=1.5),
    replace(RUN, schedule="linear", decay="decoupled", decay_follows="nothing", decay_bias=True),
    replace(RUN, schedule="linear", weight_decay=0.0, decay="decoupled", decay_follows="nothing"),
    replace(RUN, decay="decoupled", decay_follows="lr_squared", optimizer="adam"),
    replace(RUN, schedule="cosine", warmup=200, input_noise=0.2),
    replace(RUN, schedule="cosine", warmup=np.int64(5), epochs=0),
]
SPECS = [
    replace(SPEC, n_features=1),
    replace(SPEC, n_train=1, n_test=1),
    replace(SPEC, noise=0.0, true_bias=-2.0),
    replace(SPEC, noise=np.float64(0.1), n_train=np.int64(20)),
    replace(SPEC, source="sparse"),
    replace(SPEC, source="sparse", n_features=4),
    replace(SPEC, source="correlated", correlation=0.0),
    replace(SPEC, source="correlated", correlation=0.9),
    replace(SPEC, source="correlated", correlation=-0.5, n_features=2),
    *[
        replace(SPEC, source="diabetes", n_features=n_features, n_train=n_train, extension=kind)
        for kind in ("interactions", "noise")
        for n_train, n_features in ((60, 4), (60, 10), (60, 11), (60, 40), (60, 55), (60, 80))
    ],
    *[
        replace(SPEC, source="diabetes", n_features=60, n_train=n_train)
        for n_train in (1, 2, 3, 441)
    ],
]


def printed(text):
    """The losses in the last line of a script run here."""
    out, dtype = io.StringIO(), torch.get_default_dtype()
    try:
        with redirect_stdout(out):
            exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    finally:
        torch.set_default_dtype(dtype)
    return losses(out.getvalue())


def losses(output):
    found = re.fullmatch(r"epoch (\d+)  train (\S+)  test (\S+)\n", output)
    return int(found[1]), float(found[2]), float(found[3])


def trained(spec, run):
    curves = collect(train(make_dataset(spec), [run]))
    return int(curves.epoch[-1]), curves.train_loss[-1, 0], curves.test_loss[-1, 0]


def name(value):
    """The fields that differ from the plain case."""
    plain = RUN if isinstance(value, Hyperparameters) else SPEC
    changed = [f"{k}={v}" for k, v in asdict(value).items() if v != getattr(plain, k)]
    return ",".join(changed) or "plain"


@pytest.mark.parametrize("run", [*GRID, *VARIANTS], ids=name)
def test_script_prints_the_losses_of_train(run):
    assert printed(to_script(SPEC, run)) == pytest.approx(trained(SPEC, run), rel=ROUNDING)


@pytest.mark.parametrize("spec", SPECS, ids=name)
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_script_draws_every_source(spec, optimizer):
    # Never all rows at once: on centred data the bias then has a gradient of pure rounding, which
    # Adam, dividing it by its own size, turns into steps that no two programs share.
    batch_size = max(1, min(7, spec.n_train - 1))
    run = replace(RUN, optimizer=optimizer, batch_size=batch_size, lr=0.003)
    expected = pytest.approx(trained(spec, run), rel=ROUNDING, abs=1e-24)
    assert printed(to_script(spec, run)) == expected


@pytest.mark.parametrize("spec", [DatasetSpec(), DatasetSpec("diabetes", n_features=70)], ids=name)
def test_script_runs_by_itself_elsewhere(spec, tmp_path):
    run = Hyperparameters(weight_decay=3)
    text = to_script(spec, run)
    assert "wd_core" not in text
    command = [sys.executable, "-W", "error", "-I", "-c", text]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert losses(done.stdout) == pytest.approx(trained(spec, run), rel=ROUNDING)


# Sizes that the source has, and for the one that does not read them sizes that it has not.
@pytest.mark.parametrize(
    ("source", "n", "d"), [("made_up", 13, 2), ("made_up_whole", 40, 200)], ids=[*SOURCES]
)
@pytest.mark.parametrize("batch_size", [4, 5])
def test_an_entry_is_enough_for_the_script_and_both_codes(
    source, n, d, batch_size, alone, monkeypatch
):
    monkeypatch.setitem(DATASETS, source, SOURCES[source])
    spec, run = DatasetSpec(source, n_train=n, n_features=d), replace(RUN, batch_size=batch_size)
    n_train = make_dataset(spec).n_train
    assert n_train == min(n, ROWS)
    text = to_script(spec, run)
    assert f"Data: {SOURCES[source].label}; {min(d, FEATURES)} features" in text
    assert losses(alone(text)) == pytest.approx(trained(spec, run), rel=ROUNDING)
    pair = programs(Switches(), run)
    for program in pair:
        text = script(spec, program, standings(Switches(), run, n_train))
        *_, last = alone(text).splitlines()
        found = losses(last.partition("  norm ")[0] + "\n")
        same = program.hyperparameters(n_train)
        start = replace(same, init_bias_std=1.0 if program.bias_start == "normal" else 0.0)
        assert found == pytest.approx(trained(spec, start), rel=ROUNDING)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_script_of_a_diverging_run_prints_that(optimizer):
    run = replace(RUN, lr=50, epochs=400, optimizer=optimizer)
    _, train_loss, test_loss = printed(to_script(SPEC, run))
    assert not np.isfinite([train_loss, test_loss]).any()


def test_ruff_finds_nothing_and_would_format_nothing(tmp_path):
    scripts = [to_script(SPEC, run) for run in [*GRID, *VARIANTS]]
    scripts += [to_script(spec, RUN) for spec in SPECS]
    exact = 0.1234567890123456
    scripts.append(
        to_script(
            DatasetSpec("correlated", correlation=exact, noise=exact, true_bias=exact * 1e-7),
            Hyperparameters(
                weight_decay=exact,
                decay="decoupled",
                optimizer="adam",
                betas=(exact, exact),
                eps=exact * 1e-7,
                lr=exact,
            ),
        )
    )
    for number, text in enumerate(scripts):
        (tmp_path / f"script_{number}.py").write_text(text, encoding="utf-8")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("spec", "run", "absent"),
    [
        (SPEC, replace(RUN, weight_decay=0.0), ["weight_decay", "parameters", "no_grad"]),
        (
            SPEC,
            RUN,
            ["max_norm", "momentum", "betas", "sklearn", "correlation", "no_grad", "schedule"],
        ),
        (SPEC, replace(RUN, batch_size=6), ["weight_decay=", "parameters", "no_grad"]),
        (SPEC, replace(RUN, init_std=0.0), ["randn(n_features", "z["]),
        (replace(SPEC, source="correlated", correlation=0.0), RUN, ["correlation"]),
        (
            replace(SPEC, source="diabetes", n_features=10),
            RUN,
            ["triu", "noise", "spread", "true_w"],
        ),
        (replace(SPEC, source="diabetes", extension="noise"), RUN, ["triu"]),
    ],
)
def test_script_holds_only_what_the_run_needs(spec, run, absent):
    text = to_script(spec, run)
    assert [word for word in absent if word in text] == []


def test_script_of_too_many_rows_is_refused_as_the_data_are():
    with pytest.raises(ValueError, match=r"^n_train must be at most 441 "):
        to_script(DatasetSpec("diabetes", n_train=442), RUN)


# --- tables and JSON ---

RUNS = [RUN, replace(RUN, weight_decay=3.0), replace(RUN, lr=50.0)]


@pytest.fixture(scope="module")
def three():
    return collect(train(make_dataset(SPEC), [replace(run, epochs=200) for run in RUNS]))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_of_one_run_gives_back_every_number():
    run = collect(train(make_dataset(SPEC), [RUN]))
    text = to_csv(run)
    assert text.startswith("epoch,train_loss,test_loss,penalty,objective,weight_norm\n0,")
    assert "\r" not in text
    rows = rows_of(text)
    assert [int(row["epoch"]) for row in rows] == list(range(13))
    for column in ("train_loss", "test_loss", "penalty", "weight_norm"):
        assert np.array_equal([float(row[column]) for row in rows], getattr(run, column)[:, 0])
    objective = [float(row["objective"]) for row in rows]
    assert np.array_equal(objective, run.train_loss[:, 0] + run.penalty[:, 0])


def test_csv_of_several_runs_numbers_them(three):
    rows = rows_of(to_csv(three))
    assert list(rows[0]) == [
        "run", "epoch", "train_loss", "test_loss", "penalty", "objective", "weight_norm"
    ]  # fmt: skip
    assert len(rows) == 3 * len(three.epoch)
    for number in range(3):
        own = [row for row in rows if int(row["run"]) == number]
        losses = [float(row["train_loss"]) for row in own]
        assert np.array_equal(losses, three.train_loss[:, number], equal_nan=True)


def test_json_gives_back_settings_and_final_numbers(three):
    document = json.loads(to_json(SPEC, RUNS, three), parse_constant=pytest.fail)
    assert DatasetSpec(**document["dataset"]) == SPEC
    back = [Hyperparameters(**entry["hyperparameters"]) for entry in document["runs"]]
    assert back == RUNS
    for row, entry in enumerate(document["runs"][:2]):
        assert entry["diverged_at"] is None
        assert entry["final"]["epoch"] == 200
        for name in ("train_loss", "test_loss", "penalty", "weight_norm", "bias"):
            assert entry["final"][name] == getattr(three, name)[-1, row]
        total = entry["final"]["train_loss"] + entry["final"]["penalty"]
        assert entry["final"]["objective"] == total


def test_json_of_a_diverged_run_has_null_for_what_is_no_number(three):
    entry = json.loads(to_json(SPEC, RUNS, three), parse_constant=pytest.fail)["runs"][2]
    assert entry["diverged_at"] == three.diverged_at[2] > 0
    assert entry["final"]["train_loss"] is None


def test_json_takes_numpy_numbers_and_data_without_a_spec():
    runs = [replace(RUN, batch_size=np.int64(5), lr=np.float32(0.5), epochs=1)]
    run = collect(train(make_dataset(SPEC), runs))
    document = json.loads(to_json(None, runs, run))
    assert document["dataset"] is None
    assert Hyperparameters(**document["runs"][0]["hyperparameters"]) == runs[0]


def test_json_refuses_settings_of_other_runs(three):
    with pytest.raises(ValueError, match=r"^runs must be the 3 runs recorded, got 1$"):
        to_json(SPEC, RUNS[:1], three)
