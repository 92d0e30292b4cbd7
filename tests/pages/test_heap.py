"""What has been freed goes back to the system, also after arrays of the same size came before."""

import subprocess
import sys

import pytest

# Eight threads make arrays and free them, as the runs of a page do, and end: the memory that is
# resident then and was not before, in MB. Of 20 MB glibc learns to keep what it is given back.
SCRIPT = """
import resource, sys, threading
from pathlib import Path
import numpy as np
from pages.shared import heap

if sys.argv[1] == "little":
    heap.keep_little()

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20

def work(gate):
    gate.wait()
    for _ in range(3):
        array = np.ones(20 * 2**17)
        small = np.ones(100)
        del array
    gate.wait()

gate = threading.Barrier(8)
threads = [threading.Thread(target=work, args=(gate,)) for _ in range(8)]
before = resident()
for thread in threads: thread.start()
for thread in threads: thread.join()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and is about glibc")
def test_what_eight_threads_have_freed_is_given_back() -> None:
    def left(how: str) -> float:
        told = subprocess.run(
            [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True
        )
        return float(told.stdout)

    one_array = 20.0
    assert left("little") < one_array <= left("much")
