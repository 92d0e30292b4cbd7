"""Sweeps beside the book's loop and JAX's vmap, how their cost grows, and what a GPU adds.

The book's example throughout (20 examples, 200 features, batches of 5, 100 epochs, both losses
after every epoch), 8192 values of λ in one sweep. The book's loop is timed for one run and
multiplied. JAX, where it is installed, runs the same program on the same start and batches,
compiled beforehand; its losses and ours are checked against each other first. CPU times are for
one thread, medians of CPU time by turns (JAX's of wall time, kept to one core). With a CUDA device,
10³, 10⁵ and 10⁶ runs on the CPU and there, and the share of its memory bandwidth.

    python -m benchmarks.sweep            # all
    python -m benchmarks.sweep --rounds 3 # quicker, noisier
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch and NumPy are imported
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from benchmarks.engine import BOOK, SMALL, SOURCE, book_loop
from wd_core import Dataset, DatasetSpec, Sweep, gather, grid, make_dataset, sweep
from wd_core.seeding import start_draw
from wd_core.training import batch_order

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None

RUNS = 8192
AIM_BOOK = 10_000.0
SIZES = (1, 64, 1024, 8192, 65_536)
SHAPES = ((20, 200), (20, 2000), (20, 20), (200, 20), (200, 200), (2000, 20))
ON_GPU = (1_000, 100_000, 1_000_000)
AIM_GPU_SECONDS = 10.0
# Final losses of stable descents in float32, 400 steps.
SAME = 1e-3
GIGABYTE = 1 << 30


def ours(data: Dataset, runs: int, dtype: torch.dtype, device: str = "cpu") -> Sweep:
    """Everything a user waits for: the settings too are made and checked."""
    listed = grid(BOOK, weight_decay=np.linspace(0, 10, runs))
    return gather(sweep(data, listed, dtype=dtype, device=device))


def jax_program(data: Dataset, runs: int) -> Callable[[], np.ndarray]:
    """The same sweep as vmap over λ of a scan over steps, compiled; gives the losses [R, 2]."""
    X, y = jnp.float32(data.X_train), jnp.float32(data.y_train)
    X_test, y_test = jnp.float32(data.X_test), jnp.float32(data.y_test)
    orders = np.stack(list(batch_order(BOOK.seed, data.n_train, BOOK.epochs)))
    batches = jnp.asarray(orders.reshape(BOOK.epochs, -1, BOOK.batch_size))
    w0 = jnp.float32(BOOK.init_std * start_draw(BOOK.seed, data.n_features)[:-1])

    def one(decay: jax.Array) -> jax.Array:
        def objective(parameters, rows):
            w, b = parameters
            return ((X[rows] @ w + b - y[rows]) ** 2 / 2).mean() + decay / 2 * (w @ w)

        def step(parameters, rows):
            slopes = jax.grad(objective)(parameters, rows)
            return jax.tree.map(lambda p, g: p - BOOK.lr * g, parameters, slopes), None

        def epoch(parameters, order):
            parameters, _ = jax.lax.scan(step, parameters, order)
            w, b = parameters
            train = ((X @ w + b - y) ** 2).mean() / 2
            test = ((X_test @ w + b - y_test) ** 2).mean() / 2
            return parameters, jnp.stack([train, test])

        return jax.lax.scan(epoch, (w0, jnp.float32(0)), batches)[1][-1]

    program = jax.jit(jax.vmap(one))
    decays = jnp.linspace(0, 10, runs, dtype=jnp.float32)
    program(decays).block_until_ready()
    return lambda: np.asarray(program(decays))


def median(work: Callable[[], object], rounds: int, clock=time.thread_time) -> float:
    """Seconds, the median; one more round than asked, the first to get warm."""
    times = []
    for _ in range(rounds + 1):
        gc.collect()
        begin = clock()
        work()
        times.append(clock() - begin)
    return statistics.median(times[1:])


def beside(rounds: int) -> bool:
    """8192 runs by each; whether the aim is met and the numbers agree."""
    data, met = make_dataset(SMALL), True
    book = RUNS * median(lambda: book_loop(SMALL, BOOK), rounds)
    print(f"\n{f'{RUNS} runs, one thread':32}{'seconds':>10}{'µs a run':>10}{'× book':>10}")
    print(f"{'book, one after the other':32}{book:10,.1f}{book / RUNS * 1e6:10,.0f}{1:10}")
    for dtype in (torch.float64, torch.float32):
        seconds = median(lambda dtype=dtype: ours(data, RUNS, dtype), rounds)
        ok = dtype is torch.float64 or book / seconds >= AIM_BOOK
        met = met and ok
        print(
            f"{f'ours, {dtype}':32}{seconds:10.3f}{seconds / RUNS * 1e6:10.1f}"
            f"{book / seconds:10,.0f}{'' if ok else f'  MISSED {AIM_BOOK:,.0f}'}"
        )
    if jax is None:
        print("JAX is not installed")
        return met
    program = jax_program(data, RUNS)
    found = ours(data, RUNS, torch.float32)
    gap = np.abs(program() / np.column_stack([found.train_loss, found.test_loss]) - 1)
    # a training loss of 1e-6 has lost its digits in float32
    off = float(gap[found.train_loss > 1e-4].max())
    seconds = median(program, rounds, time.perf_counter)
    print(
        f"{f'JAX {jax.__version__}, vmap, float32':32}{seconds:10.3f}{seconds / RUNS * 1e6:10.1f}"
        f"{book / seconds:10,.0f}  losses agree to {off:.0e}"
    )
    return met and off <= SAME


def growth(rounds: int) -> None:
    """Cost a run by the number of runs, and by the shape of the data."""
    print(f"\n{'runs (n = 20, d = 200, float64)':36}{'ms':>12}{'µs a run':>12}")
    for runs in SIZES:
        data = make_dataset(SMALL)
        seconds = median(lambda runs=runs, data=data: ours(data, runs, torch.float64), rounds)
        print(f"{runs:<36,}{seconds * 1e3:12.2f}{seconds / runs * 1e6:12.1f}")
    print(f"\n{'shape (1024 runs, float64)':36}{'ms':>12}{'µs a run':>12}")
    for n, d in SHAPES:
        data = make_dataset(DatasetSpec(n_train=n, n_features=d))
        seconds = median(lambda data=data: ours(data, 1024, torch.float64), max(1, rounds // 2))
        print(f"{f'n = {n}, d = {d}':36}{seconds * 1e3:12.2f}{seconds / 1024 * 1e6:12.1f}")


def bandwidth(device: str) -> float:
    """Bytes a second of a copy on the device, read and written."""
    numbers = torch.zeros(GIGABYTE // 16, device=device)
    into = torch.empty_like(numbers)

    def work() -> None:
        for _ in range(20):
            into.copy_(numbers)
        _wait(device)

    return 20 * 2 * numbers.nbytes / median(work, 3, time.perf_counter)


def least_traffic(data: Dataset, runs: int) -> float:
    """Bytes a float32 sweep must move: at each step v is read and written and the rates read, and
    v is read after each epoch. Steps that are several kernels move more."""
    height = data.n_train + 1 + 2
    steps = BOOK.epochs * (data.n_train // BOOK.batch_size)
    return 4.0 * height * runs * (4 * steps + BOOK.epochs)


def on(device: str, rounds: int) -> bool:
    """Large sweeps on the CPU and on a GPU, by wall time; whether the aim is met."""
    data, peak, met = make_dataset(SMALL), bandwidth(device), True
    single = torch.float32
    print(f"\n{f'float32, {device} copies {peak / 1e9:,.0f} GB/s':32}", end="")
    print(f"{'CPU s':>10}{device + ' s':>10}{'×':>8}{'of bandwidth':>14}")
    for runs in ON_GPU:
        here = median(lambda runs=runs: ours(data, runs, single), 1, time.perf_counter)
        there = median(
            lambda runs=runs: (ours(data, runs, single, device), _wait(device)),
            rounds,
            time.perf_counter,
        )
        share = least_traffic(data, runs) / there / peak
        ok = runs < max(ON_GPU) or there < AIM_GPU_SECONDS
        met = met and ok
        print(
            f"{f'{runs:,} runs':32}{here:10.2f}{there:10.2f}{here / there:8.1f}{share:14.1%}"
            f"{'' if ok else f'  MISSED {AIM_GPU_SECONDS:.0f} s'}"
        )
    return met


def _wait(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def main() -> int:
    """Check, measure, print; exit code 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"The book's loop: {SOURCE}; torch {torch.__version__}, NumPy {np.__version__}")
    met = beside(options.rounds)
    growth(options.rounds)
    if torch.cuda.is_available():
        met = on("cuda", options.rounds) and met
    else:
        print("\nNo CUDA device")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
