"""A run to take away: as a PyTorch script that prints the same numbers, a table, or JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from wd_core.checks import Phrase, require
from wd_core.data import DatasetSpec, source_of
from wd_core.data.scripts import block, number
from wd_core.optimizers import FOLLOWING, OPTIMIZERS, PENALTIES, SCHEDULES, Hyperparameters
from wd_core.records import Run
from wd_core.seeding import seed_of
from wd_core.signatures import typed
from wd_core.table import Table

LINE = 88  # what formatters of Python allow unless told otherwise
_CURVES = ("train_loss", "test_loss", "penalty", "objective", "weight_norm")


@typed
def to_csv(run: Run) -> str:
    """The curves as CSV in full precision, one row an epoch.

    Columns: epoch, train_loss, test_loss, penalty, objective = train_loss + penalty, weight_norm;
    with several runs a leading column `run`, counted from 0, and the runs below each other.
    """
    n_runs = run.train_loss.shape[1]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*(["run"] if n_runs > 1 else []), "epoch", *_CURVES])
    for row in range(n_runs):
        for e, epoch in enumerate(run.epoch):
            curves = [repr(value) for value in _numbers(run, e, row).values()]
            table.writerow([*([row] if n_runs > 1 else []), int(epoch), *curves])
    return text.getvalue()


@typed
def to_json(spec: DatasetSpec | None, runs: Sequence[Hyperparameters], run: Run) -> str:
    """Settings and final numbers as JSON; `spec` is None for data that no spec describes.

    {"dataset": fields of DatasetSpec, "runs": [{"hyperparameters": fields, "final": numbers after
    the last recorded epoch, "diverged_at": epoch or null}]}: DatasetSpec(**...) and
    Hyperparameters(**...) give back the settings. A number that is not finite is null.
    ValueError where `runs` are not the runs recorded.
    """
    n_runs = run.train_loss.shape[1]
    require(
        len(runs) == n_runs, "runs", Phrase("the {n_runs} runs recorded", n_runs=n_runs), len(runs)
    )
    document = {
        "dataset": None if spec is None else asdict(spec),
        "runs": [
            {
                "hyperparameters": asdict(settings),
                "final": {"epoch": int(run.epoch[-1]), **_finite(_final(run, row))},
                "diverged_at": int(at) if (at := run.diverged_at[row]) >= 0 else None,
            }
            for row, settings in enumerate(runs)
        ],
    }
    return json.dumps(document, indent=2, allow_nan=False, default=_plain)


def _numbers(run: Run, e: int, row: int) -> dict[str, float]:
    values = {name: float(getattr(run, name)[e, row]) for name in _CURVES if name != "objective"}
    values["objective"] = values["train_loss"] + values["penalty"]
    return {name: values[name] for name in _CURVES}


def _final(run: Run, row: int) -> dict[str, float]:
    return {**_numbers(run, -1, row), "bias": float(run.bias[-1, row])}


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value.item()


@typed
def to_script(
    spec: DatasetSpec, run: Hyperparameters, tables: Mapping[str, Table] | None = None
) -> str:
    """A self-contained PyTorch script that repeats the run and prints its final losses.

    It draws the same data, start and batch order in float64 and holds only what this run needs.
    Its last line is "epoch 100  train ...  test ...", half mean squares to 12 digits, equal to
    those of `train` up to rounding. A user's own table is taken from `tables`, and its numbers
    stand in the script. ValueError as `make_dataset`.
    """
    script = _Script(spec, run, tables)
    parts = [
        script.head(),
        data(spec, tables),
        script.settings(),
        *script.schedule(),
        script.start(),
        script.training(),
        _REPORT,
    ]
    return "\n".join(parts)


@typed
def imports(spec: DatasetSpec, tables: Mapping[str, Table] | None = None) -> str:
    """The imports of a script that uses `data`."""
    return "\n".join(["import torch", *source_of(spec, tables).script_imports])


@typed
def data(spec: DatasetSpec, tables: Mapping[str, Table] | None = None) -> str:
    """The part of a script that makes X_train, y_train, X_test, y_test, n_train and n_features.

    In the default dtype, which a script sets to float64. ValueError as `make_dataset`.
    """
    source = source_of(spec, tables)
    source.sizes(spec)
    return source.script(spec)


class _Script:
    """The parts of a script about the run; `data` makes those about the data."""

    def __init__(
        self, spec: DatasetSpec, run: Hyperparameters, tables: Mapping[str, Table] | None
    ) -> None:
        self.source, self.run = source_of(spec, tables), run
        self.imports, self.sizes = imports(spec, tables), self.source.sizes(spec)
        # A short batch counts less only here: the sum over it is divided by the nominal size.
        self.short_batch = run.loss == "half_mse" and self.sizes.n_train % run.batch_size != 0
        self.rule = OPTIMIZERS[run.optimizer]
        self.decays = run.weight_decay > 0
        coupled = run.decay == "coupled" or not self.decays
        self.steps = run.steps(int(self.sizes.n_train))
        self.scheduled = run.scheduled and self.steps > 0
        self.falls = run.lr_falls and self.steps > run.warmup
        # torch's own decoupled decay follows η: where ours does not, it is left to a line by hand
        self.apart = self.scheduled and FOLLOWING[run.decay_follows].power != 1
        self.torch = self.rule.decays["coupled" if coupled or self.apart else "decoupled"].torch
        self.shrinks = run.smooth > 0
        inside = self.torch.decays and not (coupled and self.short_batch) and not self.apart
        self.decay_in_loss = self.shrinks and coupled and not inside
        self.decay_by_hand = self.shrinks and not coupled and not inside

    def head(self) -> str:
        run, d = self.run, int(self.sizes.n_features)
        features = f"{d} feature" + "s" * (d != 1)
        decay = f"{run.decay} weight decay {run.weight_decay:g}" if self.decays else "no decay"
        if run.sharp:
            decay = f"{PENALTIES[run.penalty].label} penalty {run.weight_decay:g}"
        if self.apart and self.decays:
            decay += f" following {run.decay_follows}"
        falls = f", {run.schedule} schedule" if run.lr_falls else ""
        warms = f", {run.warmup} steps of warm-up" if run.warmup else ""
        math = "import math\n\n" if self.falls and "math." in SCHEDULES[run.schedule].source else ""
        definition = f"\n\n{self.torch.definition}\n" if self.torch.definition else ""
        return f'''\
"""Linear regression with weight decay in plain PyTorch.

Data: {self.source.label}; {features}
Run: {self.rule.label}, learning rate {run.lr:g}{falls}{warms}, {decay}
"""

{math}{self.imports}

torch.set_default_dtype(torch.float64)
{definition}'''

    def settings(self) -> str:
        run = self.run
        lines = [f"lr = {number(run.lr)}"]
        if self.shrinks:
            lines.append(f"weight_decay = {number(run.smooth)}")
        if run.sharp:
            lines.append(f"l1_penalty = {number(run.sharp)}")
        lines += [f"batch_size = {int(run.batch_size)}", f"n_epochs = {int(run.epochs)}"]
        if self.falls:
            lines.append("n_steps = n_epochs * len(range(0, n_train, batch_size))")
        if self.scheduled and run.warmup:
            lines.append(f"warmup = {int(run.warmup)}")
        if run.max_norm is not None:
            lines.append(f"max_norm = {number(run.max_norm)}")
        if run.input_noise:
            lines.append(f"input_noise = {number(run.input_noise)}")
        return block("The run", lines)

    def schedule(self) -> list[str]:
        """The function of a step that says which share of lr it has."""
        if not self.scheduled:
            return []
        warmup, entry = self.run.warmup, SCHEDULES[self.run.schedule]
        warm = "(step + 1) / warmup"
        lines = []
        if self.falls and warmup:
            lines += ["    if step < warmup:", f"        return {warm}"]
            lines += ["    done, steps = step - warmup, n_steps - warmup"]
        elif self.falls:
            lines.append("    done, steps = step, n_steps")
        share = entry.source if self.falls else f"min(1.0, {warm})"
        title = "\n# The share of lr at a step, the first of which is 0"
        return ["\n".join([title, "def share(step):", *lines, f"    return {share}", "", ""])]

    def start(self) -> str:
        run = self.run
        lines = []
        if run.init_std > 0 or run.init_bias_std > 0:
            seed = seed_of(run.seed, "init")
            lines = [
                f"generator = torch.Generator().manual_seed({seed})",
                "z = torch.randn(n_features + 1, generator=generator)",
            ]
        w = f"{number(run.init_std)} * z[:-1]" if run.init_std > 0 else "torch.zeros(n_features)"
        b = f"{number(run.init_bias_std)} * z[-1]" if run.init_bias_std > 0 else "torch.zeros(())"
        lines += [f"w = {w}", f"b = {b}", "w.requires_grad_()", "b.requires_grad_()"]
        return block("The start", lines)

    def training(self) -> str:
        seed = seed_of(self.run.seed, "batch order")
        return block(
            "Training",
            [
                *self._optimizer(),
                *self._fresh_noise(),
                f"generator = torch.Generator().manual_seed({seed})",
                "order = torch.rand(n_epochs, n_train, generator=generator).argsort(dim=1)",
                "for rows in order:",
                "    for batch in rows.split(batch_size):",
                *(f"        {line}" for line in self._step()),
            ],
        )

    def _optimizer(self) -> list[str]:
        run = self.run
        decays_here = self.shrinks and not self.decay_in_loss and not self.decay_by_hand
        options = ["lr=lr", *self.torch.options(run)]
        parameters = "[w, b]"
        if decays_here:
            options.append("weight_decay=weight_decay")
            if not run.decay_bias:
                parameters = "parameters"
        lines = _call(f"optimizer = {self.torch.call}", [parameters, *options])
        if parameters == "parameters":
            lines.insert(0, 'parameters = [{"params": [w]}, {"params": [b], "weight_decay": 0.0}]')
        if self.scheduled:
            lines.append("scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, share)")
        return lines

    def _fresh_noise(self) -> list[str]:
        if not self.run.input_noise:
            return []
        seed = seed_of(self.run.seed, "input noise")
        return [f"fresh = torch.Generator().manual_seed({seed})"]

    def _step(self) -> list[str]:
        run = self.run
        inputs = "X_train[batch]"
        lines = []
        if run.input_noise:
            inputs = "(X_train[batch] + input_noise * noise)"
            lines.append("noise = torch.randn(len(batch), n_features, generator=fresh)")
        lines += [f"residual = {inputs} @ w + b - y_train[batch]", *self._loss()]
        lines += ["optimizer.zero_grad()", "loss.backward()"]
        lr = "rate" if self.scheduled else "lr"
        taken = FOLLOWING[run.decay_follows].source if self.scheduled else "lr * weight_decay"
        if self.scheduled and (run.sharp or (self.decay_by_hand and lr in taken)):
            lines.append("rate = scheduler.get_last_lr()[0]")
        if self.decay_by_hand:
            lines.append("with torch.no_grad():  # decoupled: beside the gradient, not in it")
            lines += [f"    {p} *= 1 - {taken}" for p in self._decayed()]
        lines.append("optimizer.step()")
        if run.sharp:
            share = " * len(batch) / batch_size" if self.short_batch else ""
            lines += [
                "with torch.no_grad():  # towards zero, and no further",
                f"    cut = {lr} * l1_penalty{share}",
                "    w -= w.clamp(-cut, cut)",
            ]
        if run.max_norm is not None:
            lines += ["with torch.no_grad():", "    w *= min(1.0, max_norm / w.norm())"]
        if self.scheduled:
            lines.append("scheduler.step()")
        return lines

    def _loss(self) -> list[str]:
        square = " + ".join(f"{p} @ {p}" if p == "w" else f"{p} * {p}" for p in self._decayed())
        if not self.short_batch:
            half = "" if self.run.loss == "mse" else " / 2"
            penalty = f" + weight_decay / 2 * ({square})" if self.decay_in_loss else ""
            return [f"loss = (residual**2).mean(){half}{penalty}"]
        why = "  # a short last batch counts less"
        if not self.decay_in_loss:
            return [f"loss = (residual**2).sum() / (2 * batch_size){why}"]
        return [
            f"losses = residual**2 / 2 + weight_decay / 2 * ({square})",
            f"loss = losses.sum() / batch_size{why}",
        ]

    def _decayed(self) -> list[str]:
        return ["w", "b"] if self.run.decay_bias else ["w"]


def _call(function: str, arguments: Sequence[str]) -> list[str]:
    """The lines of a call, broken where a formatter would break it."""
    inside = ", ".join(arguments)
    if len(function) + len(inside) + 2 <= LINE:
        return [f"{function}({inside})"]
    if len(inside) + 4 <= LINE:
        return [f"{function}(", f"    {inside}", ")"]
    return [f"{function}(", *(f"    {argument}," for argument in arguments), ")"]


_REPORT = """
# The loss of the data alone, half the mean square
def loss_of(X, y):
    return ((X @ w + b - y) ** 2).mean().item() / 2


train_loss, test_loss = loss_of(X_train, y_train), loss_of(X_test, y_test)
print(f"epoch {n_epochs}  train {train_loss:.12g}  test {test_loss:.12g}")
"""
