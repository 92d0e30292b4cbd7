"""The two codes as text: what a page shows, what a person copies, and what `lock_step` runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from wd_core import export
from wd_core.book.two_codes.program import BiasStart, Program, Standing
from wd_core.checks import Phrase, require
from wd_core.data import DatasetSpec
from wd_core.data.scripts import number
from wd_core.seeding import seed_of
from wd_core.signatures import typed
from wd_core.table import Table

MARKS = {
    "loss": "the ½ of the loss",
    "rates": "the values of η and wd",
    "bias_start": "the start of b",
    "bias_decay": "decay of b",
    "divisor": "the divisor of the batch sum",
    "penalty": "where the penalty is added",
}
# Why a difference has no effect; the start of b always has one. As comments they must be short.
IDLE = {
    "loss": "made up for by η and wd",
    "rates": "they make up for the ½",
    "bias_decay": "wd is 0",
    "divisor": "every batch is full",
    "penalty": "the same step",
}


@dataclass(frozen=True)
class Line:
    """A line of a program, and the switches of `Switches` that it answers to."""

    text: str
    about: tuple[str, ...] = ()


@typed
def script(
    spec: DatasetSpec,
    program: Program,
    standings: Mapping[str, Standing],
    tables: Mapping[str, Table] | None = None,
) -> str:
    """A self-contained script of one code that prints its losses and ‖w‖ after every epoch.

    Above lines in which the codes differ stands a comment that says so; `standings` are those of
    `program.standings`. Losses are half mean squares, to 12 digits. A user's own table is taken
    from `tables`. ValueError as `make_dataset`.
    """
    for switch in MARKS:
        require(
            switch in standings,
            "standings",
            Phrase("one for each of {choices}", choices=", ".join(MARKS)),
            standings,
        )
    parts = [
        _head(export.imports(spec, tables), program),
        export.data(spec, tables),
        _joined(_run(program), standings),
        _draws(program),
        _joined(_CODES[program.code](program), standings),
        _REPORT,
    ]
    return "\n".join(parts)


@typed
def runnable(program: Program) -> str:
    """The same without data, random numbers and printing: its `train()` yields w and b.

    It expects X_train, y_train and n_features, and in z and order the random numbers.
    """
    return "\n".join(line.text for line in (*_run(program), *_CODES[program.code](program)))


@typed
def lines_about(program: Program, switch: str) -> str:
    """The lines of a program that answer to a switch, without what stands around them."""
    lines = [*_run(program), *_CODES[program.code](program)]
    return "\n".join(line.text.strip() for line in lines if switch in line.about)


@typed
def mark(switch: str, standing: Standing) -> str:
    """The comment above lines in which the codes differ."""
    if standing == "acts":
        return f"# ≠ {MARKS[switch]}"
    if standing == "joint":
        return f"# ≠ {MARKS[switch]}, beside another divisor"
    return f"# = {MARKS[switch]}: {IDLE[switch]}"


def _joined(lines: Sequence[Line], standings: Mapping[str, Standing]) -> str:
    text: list[str] = []
    above: Collection[str] = ()
    for line in lines:
        indent = line.text[: len(line.text) - len(line.text.lstrip())]
        new = [s for s in line.about if standings[s] != "alike" and s not in above]
        text += [*(indent + mark(switch, standings[switch]) for switch in new), line.text]
        above = line.about
    return "\n".join([*text, ""])


def _head(of_data: str, program: Program) -> str:
    how = {
        "scratch": "from scratch: penalty and SGD by hand",
        "concise": "concisely: nn.Linear, nn.MSELoss and torch.optim.SGD",
    }[program.code]
    imports = of_data + ("\nfrom torch import nn" if program.code == "concise" else "")
    return f'''\
"""Weight decay {how}."""

{imports}

torch.set_default_dtype(torch.float64)
'''


def _run(program: Program) -> list[Line]:
    rates = f"lr, weight_decay = {number(program.lr)}, {number(program.weight_decay)}"
    return [
        Line("# The run"),
        Line(rates, ("rates",)),
        Line(f"batch_size, n_epochs = {program.batch_size}, {program.epochs}"),
    ]


def _draws(program: Program) -> str:
    init, order = seed_of(program.seed, "init"), seed_of(program.seed, "batch order")
    return f"""\
# Random numbers, the same in both codes
generator = torch.Generator().manual_seed({init})
z = torch.randn(n_features + 1, generator=generator)
generator = torch.Generator().manual_seed({order})
order = torch.rand(n_epochs, n_train, generator=generator).argsort(dim=1)
"""


_BIAS: dict[BiasStart, tuple[str, ...]] = {
    "zero": ("b0 = torch.zeros_like(z[-1])",),
    "normal": ("b0 = z[-1]",),
    # 2Φ(z) − 1 is uniform on ±1
    "uniform": (
        "# uniform on ±1/√d, as nn.Linear draws it",
        "b0 = torch.erf(z[-1] / 2**0.5) / n_features**0.5",
    ),
}


def _start(program: Program) -> list[Line]:
    return [
        Line("# The start"),
        Line(f"w0 = {number(program.init_std)} * z[:-1]"),
        *(Line(text, ("bias_start",)) for text in _BIAS[program.bias_start]),
        Line(""),
        Line(""),
    ]


def _scratch(program: Program) -> list[Line]:
    in_loss = program.penalty == "loss"
    divisor = "batch_size" if program.divisor == "batch_size" else "len(batch)"
    if in_loss:
        decayed = "l2_penalty(w) + l2_penalty(b)" if program.decay_bias else "l2_penalty(w)"
        factor = f"({decayed})" if program.decay_bias else decayed
        penalty = [
            Line("def l2_penalty(w):"),
            Line("    return (w**2).sum() / 2"),
            Line(""),
            Line(""),
            Line("def sgd(params, lr, size):"),
            Line("    with torch.no_grad():"),
            Line("        for param in params:"),
            Line("            param -= lr * param.grad / size", ("penalty",)),
        ]
        loss = [
            Line("            loss = squared_loss(linreg(X, w, b), y)"),
            Line(f"            loss = loss + weight_decay * {factor}", ("penalty", "bias_decay")),
        ]
        step = [Line(f"            sgd([w, b], lr, {divisor})", ("divisor",))]
    else:
        of_bias = "weight_decay" if program.decay_bias else "0.0"
        penalty = [
            Line("def sgd(params, decays, lr, size):"),
            Line("    with torch.no_grad():"),
            Line("        for param, decay in zip(params, decays):"),
            Line("            param -= lr * (param.grad / size + decay * param)", ("penalty",)),
        ]
        loss = [Line("            loss = squared_loss(linreg(X, w, b), y)")]
        step = [
            Line(f"            decays = [weight_decay, {of_bias}]", ("bias_decay",)),
            Line(f"            sgd([w, b], decays, lr, {divisor})", ("divisor",)),
        ]
    half = " / 2" if program.half else ""
    return [
        *_start(program),
        Line("def linreg(X, w, b):"),
        Line("    return X @ w + b"),
        Line(""),
        Line(""),
        Line("def squared_loss(y_hat, y):"),
        Line(f"    return (y_hat - y) ** 2{half}", ("loss",)),
        Line(""),
        Line(""),
        *penalty,
        Line("            param.grad.zero_()"),
        Line(""),
        Line(""),
        Line("def train():"),
        Line("    w, b = w0.clone().requires_grad_(), b0.clone().requires_grad_()"),
        Line("    yield w, b"),
        *_EPOCH,
        Line("            X, y = X_train[batch], y_train[batch]"),
        *loss,
        Line("            loss.sum().backward()"),
        *step,
        Line("        yield w, b"),
    ]


def _concise(program: Program) -> list[Line]:
    half = " / 2" if program.half else ""
    both = ("penalty", "bias_decay")
    penalty: list[Line] = []
    if program.penalty == "loss":
        optimizer = [
            Line("    optimizer = torch.optim.SGD(net.parameters(), lr=lr)", ("penalty",)),
        ]
        decayed = ["net.weight", "net.bias"] if program.decay_bias else ["net.weight"]
        square = " + ".join(f"{p}.square().sum()" for p in decayed)
        penalty = [
            Line(f"            square = {square}", ("bias_decay",)),
            Line("            loss = loss + weight_decay / 2 * square", ("penalty",)),
        ]
    elif program.decay_bias:
        call = "torch.optim.SGD(net.parameters(), lr=lr, weight_decay=weight_decay)"
        optimizer = [Line(f"    optimizer = {call}", both)]
    else:
        optimizer = [
            Line('    weight = {"params": [net.weight], "weight_decay": weight_decay}', both),
            Line('    bias = {"params": [net.bias]}', both),
            Line("    optimizer = torch.optim.SGD([weight, bias], lr=lr)", both),
        ]
    mean = "loss.mean()" if program.divisor == "rows" else "(loss.sum() / batch_size)"
    return [
        *_start(program),
        Line("def train():"),
        Line("    net = nn.Linear(n_features, 1).to(z.dtype)"),
        Line("    with torch.no_grad():"),
        Line("        net.weight.copy_(w0)"),
        Line("        net.bias.copy_(b0)"),
        Line('    mse = nn.MSELoss(reduction="none")'),
        *optimizer,
        Line("    yield net.weight, net.bias"),
        *_EPOCH,
        Line("            X, y = X_train[batch], y_train[batch]"),
        Line("            optimizer.zero_grad()"),
        Line(f"            loss = mse(net(X), y[:, None]){half}", ("loss",)),
        *penalty,
        Line(f"            {mean}.backward()", ("divisor",)),
        Line("            optimizer.step()"),
        Line("        yield net.weight, net.bias"),
    ]


_EPOCH = (
    Line("    for rows in order:"),
    Line("        for batch in rows.split(batch_size):"),
)
_CODES = {"scratch": _scratch, "concise": _concise}

_REPORT = """
# The data loss, half the mean square, and the norm of w
def loss_of(X, y, w, b):
    return ((X @ w.flatten() + b - y) ** 2).mean().item() / 2


for epoch, parameters in enumerate(train()):
    w, b = (parameter.detach() for parameter in parameters)
    train_loss = loss_of(X_train, y_train, w, b)
    test_loss = loss_of(X_test, y_test, w, b)
    losses = f"train {train_loss:.12g}  test {test_loss:.12g}"
    print(f"epoch {epoch}  {losses}  norm {w.norm():.12g}")
"""
