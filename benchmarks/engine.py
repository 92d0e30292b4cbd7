"""The engine beside what one would use instead, on the book's weight decay example.

Every competitor does the same work: 100 epochs of minibatch SGD on 20 examples of 200 features,
with the training and the test loss after every epoch. First it is checked that the engine, given
the book's start and batches, ends in the book's losses. Then all take turns in one process on one
thread; times are medians of CPU time, memory is the growth of a fresh process to its peak.

    python benchmarks/engine.py            # all
    python benchmarks/engine.py --rounds 3 # quicker, noisier
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch and NumPy are imported

import argparse
import gc
import statistics
import subprocess
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from sklearn.linear_model import SGDRegressor
from torch import nn

from wd_core import Dataset, DatasetSpec, EpochRecord, Hyperparameters, make_dataset, train

BOOK = Hyperparameters(weight_decay=3.0)  # the chapter's: batch 5, lr 0.003, 100 epochs, N(0, 1)
SMALL = DatasetSpec()
LARGE = DatasetSpec(n_train=2000, n_features=10_000)
LARGE_RUN = Hyperparameters(weight_decay=3.0, lr=1e-5, batch_size=32, epochs=10)
# More epochs than are read of a run under way, and too few for another way of holding its weights.
ENDLESS = 1000
# The same float64 operations in another order, 400 steps of a stable descent.
SAME_LOSS = 1e-9
MEGABYTE = 1 << 20
# What is quick is done so often in its turn, so that all find the processor alike warm.
MOST_TIMES = 50


def import_book() -> tuple[types.ModuleType, str]:
    """The book's package; its torchvision, which this chapter never calls, is optional."""
    try:
        from d2l import torch as d2l
    except (ImportError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        vision = types.ModuleType("torchvision")
        vision.transforms = types.ModuleType("torchvision.transforms")
        sys.modules |= {"torchvision": vision, "torchvision.transforms": vision.transforms}
        try:
            from d2l import torch as d2l
        except ImportError:
            return written_out(), "written out from the chapter (d2l is not installed)"
        return d2l, "d2l.torch, with an empty module in place of torchvision"
    return d2l, "d2l.torch"


def written_out() -> types.ModuleType:
    """The six functions of d2l.torch that the chapter calls, as the book prints them."""
    book = types.ModuleType("book")

    def load_array(data_arrays, batch_size, is_train=True):
        dataset = torch.utils.data.TensorDataset(*data_arrays)
        return torch.utils.data.DataLoader(dataset, batch_size, shuffle=is_train)

    def linreg(X, w, b):
        return torch.matmul(X, w) + b

    def squared_loss(y_hat, y):
        return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2

    def sgd(params, lr, batch_size):
        with torch.no_grad():
            for param in params:
                param -= lr * param.grad / batch_size
                param.grad.zero_()

    def evaluate_loss(net, data_iter, loss):
        metric = [0.0, 0.0]
        for X, y in data_iter:
            out = net(X)
            y = y.reshape(out.shape)
            rows = loss(out, y)
            metric = [metric[0] + float(rows.sum()), metric[1] + float(rows.numel())]
        return metric[0] / metric[1]

    for function in (load_array, linreg, squared_loss, sgd, evaluate_loss):
        setattr(book, function.__name__, function)
    return book


book, SOURCE = import_book()


@cache
def data_of(spec: DatasetSpec) -> Dataset:
    """The data set, drawn once."""
    return make_dataset(spec)


@cache
def tensors_of(spec: DatasetSpec, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """X_train, y_train, X_test, y_test as the book holds them."""
    data = data_of(spec)
    arrays = (data.X_train, data.y_train[:, None], data.X_test, data.y_test[:, None])
    return [torch.tensor(array, dtype=dtype) for array in arrays]


def l2_penalty(w: torch.Tensor) -> torch.Tensor:
    """As the book prints it."""
    return torch.sum(w.pow(2)) / 2


def book_loop(spec: DatasetSpec, run: Hyperparameters) -> tuple[float, float]:
    """The chapter's train(lambd), evaluating after every epoch, without the drawing."""
    X_train, y_train, X_test, y_test = tensors_of(spec)
    train_iter = book.load_array((X_train, y_train), run.batch_size)
    test_iter = book.load_array((X_test, y_test), run.batch_size, is_train=False)
    w = torch.normal(0, 1, size=(spec.n_features, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)

    def net(X: torch.Tensor) -> torch.Tensor:
        return book.linreg(X, w, b)

    loss = book.squared_loss
    for _ in range(run.epochs):
        for X, y in train_iter:
            rows = loss(net(X), y) + run.weight_decay * l2_penalty(w)
            rows.sum().backward()
            book.sgd([w, b], run.lr, run.batch_size)
        ends = (book.evaluate_loss(net, train_iter, loss), book.evaluate_loss(net, test_iter, loss))
    return ends


def torch_optim(spec: DatasetSpec, run: Hyperparameters) -> None:
    """torch.optim.SGD on nn.Linear, batches by index."""
    X_train, y_train, X_test, y_test = tensors_of(spec)
    net, loss = nn.Linear(spec.n_features, 1), nn.MSELoss()
    groups = [
        {"params": [net.weight], "weight_decay": run.weight_decay},
        {"params": [net.bias]},
    ]
    optimizer = torch.optim.SGD(groups, lr=run.lr)
    for _ in range(run.epochs):
        for rows in torch.randperm(spec.n_train).split(run.batch_size):
            optimizer.zero_grad()
            (loss(net(X_train[rows]), y_train[rows]) / 2).backward()
            optimizer.step()
        with torch.no_grad():
            for X, y in ((X_train, y_train), (X_test, y_test)):
                float(loss(net(X), y) / 2)


def sgd_regressor(spec: DatasetSpec, run: Hyperparameters) -> None:
    """scikit-learn's; its batch is one example, so its path is another one."""
    data = data_of(spec)
    model = SGDRegressor(alpha=run.weight_decay, learning_rate="constant", eta0=run.lr)
    for _ in range(run.epochs):
        model.partial_fit(data.X_train, data.y_train)
        for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test)):
            float(((model.predict(X) - y) ** 2).mean() / 2)


def ours(
    spec: DatasetSpec,
    run: Hyperparameters,
    n_runs: int = 1,
    record_every: int = 1,
    dtype: torch.dtype = torch.float64,
) -> None:
    """`n_runs` values of weight decay, the records read and dropped as they come."""
    decays = np.linspace(0, 10, n_runs) if n_runs > 1 else [run.weight_decay]
    runs = [
        Hyperparameters(
            weight_decay=float(decay), lr=run.lr, batch_size=run.batch_size, epochs=run.epochs
        )
        for decay in decays
    ]
    for record in train(data_of(spec), runs, record_every=record_every, dtype=dtype, device="cpu"):
        float(record.test_loss[-1])


def under_way(
    spec: DatasetSpec, run: Hyperparameters, dtype: torch.dtype = torch.float64
) -> Callable[[], None]:
    """As many further epochs as the run has, of one that is under way: nothing is prepared anew."""
    streams: list[Iterator[EpochRecord]] = []

    def work() -> None:
        if not streams:
            endless = [replace(run, epochs=ENDLESS)]
            streams.append(train(data_of(spec), endless, dtype=dtype, device="cpu"))
        for record in islice(streams[0], run.epochs):
            float(record.test_loss[-1])

    return work


@dataclass(frozen=True)
class Case:
    """Something to time: `work` does `n_runs` runs; `beside` names the case that is the measure."""

    name: str
    work: Callable[[], object]
    beside: str
    n_runs: int = 1
    aim: float | None = None
    aim_megabytes: float | None = None


single = torch.float32
LARGE_BOOK = "book, d = 10,000"
CASES = [
    Case("book", partial(book_loop, SMALL, BOOK), "book"),
    Case("scikit-learn SGDRegressor", partial(sgd_regressor, SMALL, BOOK), "book"),
    Case("torch.optim", partial(torch_optim, SMALL, BOOK), "book"),
    Case("ours, every epoch", partial(ours, SMALL, BOOK), "book", aim=50),
    Case("ours, every 10th epoch", partial(ours, SMALL, BOOK, 1, 10), "book", aim=80),
    Case("ours, 64 runs", partial(ours, SMALL, BOOK, 64), "book", 64),
    Case("ours, 4096 runs", partial(ours, SMALL, BOOK, 4096), "book", 4096),
    Case(
        "ours, 8192 runs, float32",
        partial(ours, SMALL, BOOK, 8192, 1, single),
        "book",
        8192,
        aim=10_000,
        aim_megabytes=64,
    ),
    Case(LARGE_BOOK, partial(book_loop, LARGE, LARGE_RUN), LARGE_BOOK),
    Case("ours, from the start", partial(ours, LARGE, LARGE_RUN), LARGE_BOOK),
    Case("ours, further epochs", under_way(LARGE, LARGE_RUN), LARGE_BOOK),
    Case(
        "ours, float32, from the start",
        partial(ours, LARGE, LARGE_RUN, 1, 1, single),
        LARGE_BOOK,
    ),
    Case(
        "ours, float32, further epochs",
        under_way(LARGE, LARGE_RUN, single),
        LARGE_BOOK,
        aim=4,
    ),
]


def check_equal_work() -> float:
    """The largest relative gap between the book's losses and ours on its start and batches."""
    X_train, y_train, X_test, y_test = tensors_of(SMALL, torch.float64)
    rows = torch.arange(SMALL.n_train)
    train_iter = book.load_array((X_train, y_train, rows), BOOK.batch_size)
    w = torch.normal(0, 1, size=(SMALL.n_features, 1), dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    start, batches = (w.detach().numpy()[:, 0].copy(), 0.0), []
    losses = []
    for _ in range(BOOK.epochs):
        batches.append([])
        for X, y, index in train_iter:
            batches[-1].append(index.numpy())
            each = book.squared_loss(book.linreg(X, w, b), y) + BOOK.weight_decay * l2_penalty(w)
            each.sum().backward()
            book.sgd([w, b], BOOK.lr, BOOK.batch_size)
        with torch.no_grad():
            pairs = ((X_train, y_train), (X_test, y_test))
            losses.append(
                [book.squared_loss(book.linreg(X, w, b), y).mean().item() for X, y in pairs]
            )
    records = list(train(data_of(SMALL), [BOOK], start=start, batches=batches))[1:]
    mine = np.array([[record.train_loss[0], record.test_loss[0]] for record in records])
    return float(np.abs(mine / losses - 1).max())


def measure(cases: list[Case], rounds: int) -> dict[str, float]:
    """Seconds of CPU time for each, by turns of equal length; the median of the rounds."""
    seconds: dict[str, list[float]] = {case.name: [] for case in cases}
    once = {case.name: timed(case.work, 2) for case in cases}
    longest = max(once.values())
    for _ in range(rounds):
        for case in cases:
            gc.collect()
            times = max(1, min(MOST_TIMES, round(longest / once[case.name])))
            seconds[case.name].append(timed(case.work, times))
    return {name: statistics.median(times) for name, times in seconds.items()}


def timed(work: Callable[[], object], times: int) -> float:
    """Seconds of CPU time that the work takes, on average over so many times."""
    begin = time.thread_time()
    for _ in range(times):
        work()
    return (time.thread_time() - begin) / times


def memory_of(name: str) -> float:
    """Megabytes by which a fresh process grows at its peak; the data are there before."""
    command = [sys.executable, __file__, "--memory", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout) / MEGABYTE


def print_memory(case: Case) -> None:
    """Grow to the peak, with the libraries already warm from a small run."""
    spec = LARGE if case.beside == LARGE_BOOK else SMALL
    data_of(spec)
    tensors_of(spec)
    short = Hyperparameters(epochs=1)
    for warm in (book_loop, torch_optim, sgd_regressor, ours):
        warm(SMALL, short)
    gc.collect()
    before = _status("VmRSS")
    # the kernel's peak includes the imports until it is reset here
    Path("/proc/self/clear_refs").write_text("5")
    case.work()
    print(max(0, _status("VmHWM") - before))


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def print_table(seconds: dict[str, float], megabytes: dict[str, float]) -> bool:
    """One line a case; whether every aim is met."""
    print(f"\n{'':30}{'ms':>10}{'µs a run':>12}{'× faster':>12}{'aim':>9}{'peak MB':>10}")
    met = True
    for case in CASES:
        total = seconds[case.name]
        ratio = seconds[case.beside] * case.n_runs / total
        peak = megabytes.get(case.name, float("nan"))
        ok = ratio >= (case.aim or 0) and not peak > (case.aim_megabytes or np.inf)
        met = met and ok
        aim = "" if case.aim is None else f"{case.aim:,.0f}"
        print(
            f"{case.name:30}{total * 1e3:10.2f}{total / case.n_runs * 1e6:12.1f}"
            f"{ratio:12,.1f}{aim:>9}{peak:10.1f}{'' if ok else '  MISSED'}"
        )
    return met


def main() -> int:
    """Check, measure, print; exit code 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings(
        "ignore", message="Converting a tensor with requires_grad"
    )  # the book's
    if options.memory:
        print_memory(next(case for case in CASES if case.name == options.memory))
        return 0
    print(f"The book's loop: {SOURCE}; torch {torch.__version__}, NumPy {np.__version__}")
    gap = check_equal_work()
    print(f"Equal work: ours and the book's losses agree to {gap:.1e} over {BOOK.epochs} epochs")
    if gap > SAME_LOSS:
        return 1
    large = [case for case in CASES if case.beside == LARGE_BOOK]
    small = [case for case in CASES if case not in large]
    seconds = measure(small, options.rounds) | measure(large, max(1, options.rounds // 2))
    has_peak = Path("/proc/self/clear_refs").exists()
    megabytes = {case.name: memory_of(case.name) for case in CASES} if has_peak else {}
    return 0 if print_table(seconds, megabytes) else 1


if __name__ == "__main__":
    sys.exit(main())
