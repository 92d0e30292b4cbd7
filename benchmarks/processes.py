"""What the processes of a server have taken so far, as Linux counts it; a dead child's is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
# In /proc/<pid>/stat after the name: the parent, and CPU time, its own and its dead children's.
PARENT, TIMES = 1, slice(11, 15)


def below(root: int) -> list[int]:
    """The processes that this one has started, and theirs."""
    parents = dict(_parents())
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def cpu_seconds(pids: list[int]) -> float:
    """CPU time of these processes and of those that they have outlived, in seconds."""
    return sum(sum(map(int, fields[TIMES])) for pid in pids if (fields := _stat(pid))) / TICKS


def mebibytes(pids: list[int]) -> float:
    """Memory of these processes; what several share counts once."""
    return sum(map(_proportional, pids)) / 1024


def threads(pids: list[int]) -> int:
    """How many threads these processes have."""
    return sum(_entries(pid, "task") for pid in pids)


def files(pids: list[int]) -> int:
    """How many files and sockets these processes hold open."""
    return sum(_entries(pid, "fd") for pid in pids)


def _entries(pid: int, folder: str) -> int:
    try:
        return len(list((PROC / str(pid) / folder).iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _parents() -> Iterator[tuple[int, int]]:
    for path in PROC.iterdir():
        if path.name.isdigit() and (fields := _stat(int(path.name))):
            yield int(path.name), int(fields[PARENT])


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold blanks and brackets; none where it has ended."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _proportional(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
