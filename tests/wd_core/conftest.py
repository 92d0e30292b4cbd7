"""Scripts that run by themselves: each in a process of its own, where nothing of ours is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

# Starting Python, torch and its optimizers takes longer than any script: one process starts them,
# and every script is a fork of it. A line is a script and a file for its output; the answer is its
# exit code.
FORKS = """
import json, os, sys, traceback, warnings
import torch
torch.optim.SGD([torch.zeros(1)])
warnings.filterwarnings("ignore", ".*use of fork", DeprecationWarning)  # no thread has begun
for line in sys.stdin:
    script, path = json.loads(line)
    child = os.fork()
    if child == 0:
        output = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = 0
        try:
            exec(compile(script, "script.py", "exec"), {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """What a script prints, be it results, warnings or errors; none of these may end it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    output = folder / "output.txt"
    command = [sys.executable, "-W", "error", "-I", "-c", FORKS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(script: str) -> str:
            print(json.dumps([script, str(output)]), file=process.stdin, flush=True)
            code = process.stdout.readline().strip()
            printed = output.read_text(encoding="utf-8")
            assert code == "0", printed
            return printed

        yield run
        process.stdin.close()
