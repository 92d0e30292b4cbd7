"""The server as a container has it: one place to write in, no rights, and nobody to reach."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ("unshare", "mount", "ip", "setpriv")
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
# In namespaces of its own: with the first argument alone to write in, if it is any, run the others.
SHUT = r"""
set -e
one=$1 mounts=$(cat /proc/mounts)
shift
if [ -n "$one" ]; then mount -t tmpfs -o size=256m tmpfs "$one"; fi
echo "$mounts" | while read -r _ place type _; do
  case $place in /proc*|/sys*|/dev*) ;; *) mount -o remount,bind,ro "$place" ;; esac
done
ip link set lo up
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""
# What is asked of the server there.
INSIDE = """
import json, os, subprocess, sys, time, urllib.request

def writable(folder):
    try:
        with open(f"{folder}/probe", "w"):
            return True
    except OSError:
        return False

def asked(address):
    with urllib.request.urlopen(f"http://127.0.0.1:8501{address}", timeout=60) as answer:
        return answer.status, answer.read().decode()

command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
healthy, end = 0, time.monotonic() + 90
while healthy != 200 and server.poll() is None and time.monotonic() < end:
    try:
        healthy, _ = asked("/healthz")
    except OSError:
        time.sleep(0.2)
told = {
    "writable": [folder for folder in json.loads(sys.argv[1]) if writable(folder)],
    "capabilities": [l.split()[1] for l in open("/proc/self/status") if l.startswith("CapEff")],
    "healthy": healthy,
}
if healthy == 200:
    told["stream"] = asked("/api/train/stream?epochs=30&n_train=50")[1].splitlines()[-3]
server.terminate()
told["said"] = server.communicate(timeout=30)[1].decode()
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
@pytest.mark.parametrize("one", [True, False], ids=["one place to write in", "none"])
def test_it_serves(tmp_path: Path, *, one: bool) -> None:
    """Without any, memory that processes share has to do: a container has that, too."""
    apart = ["unshare", "--map-root-user", "--mount", "--net", "--pid", "--fork"]
    if not all(shutil.which(tool, path=PATH) for tool in TOOLS):
        pytest.skip(f"one of {', '.join(TOOLS)} is not installed")
    scratch = tmp_path if one else ""
    shut = [*apart, "sh", "-c", SHUT, "sh", str(scratch)]
    environment = {"PATH": PATH, "HOME": "/nowhere", "PYTHONDONTWRITEBYTECODE": "1"}
    if subprocess.run(
        [*shut, "true"], env=environment, capture_output=True, check=False
    ).returncode:
        pytest.skip("this system lets nobody make namespaces of this kind")
    folders = [str(folder) for folder in (ROOT, "/tmp", "/var/tmp", Path.home(), tmp_path)]
    run = subprocess.run(
        [*shut, sys.executable, "-c", INSIDE, json.dumps(folders)],
        cwd=ROOT,
        env=environment | ({"TMPDIR": str(scratch)} if one else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "writable": [str(scratch)] if one else [],
        "capabilities": ["0" * 16],
        "healthy": 200,
        "stream": "event: done",
        "said": "",
    }
