"""Memory that a process no longer uses goes back to the system.

glibc keeps freed memory for what comes next, in an arena for each of up to eight threads a core,
and every run of a page is a thread of its own. What it has once given back at once because it was
large, up to 32 MB, it keeps from then on: so hundreds of megabytes stay that nobody uses.
"""

from __future__ import annotations

import ctypes

# From this size on a piece of memory comes from the system alone, and goes back when it is freed.
ALONE = 4 << 20
# An arena gives back what is free at its end, from this size on.
FREE_AT_THE_END = 4 << 20
ARENAS = 4

# As in malloc.h of glibc.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def keep_little() -> None:
    """Have freed memory given back, where the system's memory is glibc's."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # macOS, musl; Windows
        return
    mallopt(_MMAP_THRESHOLD, ALONE)
    mallopt(_TRIM_THRESHOLD, FREE_AT_THE_END)
    mallopt(_ARENA_MAX, ARENAS)
