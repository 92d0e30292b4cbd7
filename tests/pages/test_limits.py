"""All that the server grants stands in one place and in the README, and is understood at start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pages.shared import limits
from pages.shared.limits import LIMITS, Limit

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NONSENSE = {
    limits.KEPT: ["much", "0", "-1", "nan", "inf", "1e300", "512MB"],
    limits.WORKER: ["much", "0", "-1", "63", "nan", "inf"],
    limits.METRICS: ["yes", "2", "-1"],
    limits.PREPARE: ["no", "2", "00"],
    limits.VISITS: ["many", "0", "-3", "1.5", "1e3", "9999999999", "٣"],
    limits.VISITS_OF_ADDRESS: ["many", "0"],
    limits.WORKS_OF_ADDRESS: ["many", "0"],
    limits.HOSTS: [
        *("https://decay.example.org", "decay.example.org:8501", "a/b", "*.", "*a.example", "a..b"),
        *("a; script-src *", "-,é"),
    ],
    limits.FRAMES: ["course.example.org", "https://a.example/x", "*; script-src *", "ftp://a.b"],
    limits.LESSONS: ["nowhere/at/all", "README.md", "a\nb", "x" * 5000],
}


def test_every_variable_is_a_row_of_the_readme() -> None:
    rows = re.findall(r"^\| `(WEIGHT_DECAY_\w+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    assert rows == [(limit.variable, limit.default or "none", limit.meaning) for limit in LIMITS]


def test_no_other_variable_of_ours_is_named() -> None:
    sources = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "wd_core").rglob("*.py")]
    named = set(re.findall(r"WEIGHT_DECAY_[A-Z_]+", "".join(p.read_text("utf-8") for p in sources)))
    assert named == {limit.variable for limit in LIMITS}


def test_replicas_are_given_what_the_shell_says() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    given = [name for name in composed["services"]["app"]["environment"] if "=" not in name]
    assert given == [limit.variable for limit in LIMITS]


def test_all_kinds_of_nonsense_are_tried() -> None:
    assert NONSENSE.keys() == set(LIMITS)


@pytest.mark.parametrize(
    ("limit", "text"), [(limit, text) for limit, texts in NONSENSE.items() for text in texts]
)
def test_nonsense_is_named_with_what_it_must_be(
    monkeypatch: pytest.MonkeyPatch, limit: Limit[object], text: str
) -> None:
    monkeypatch.setenv(limit.variable, text)
    (fault,) = limits.faults()
    assert fault.startswith(f"{limit.variable} is {text!r}, but must be ")


@pytest.mark.parametrize(
    ("limit", "text", "value"),
    [
        (limits.KEPT, "12.5", 12.5 * 2**20),
        (limits.VISITS, " 40 ", 40),
        (limits.VISITS, "", 600),
        (limits.HOSTS, "", ()),
        (limits.HOSTS, "A.example, b_1 *.c.example.", ("a.example", "b_1", "*.c.example")),
        (limits.FRAMES, "https://A.example/,http://b:80", ("https://a.example", "http://b:80")),
    ],
)
def test_values_are_read(
    monkeypatch: pytest.MonkeyPatch, limit: Limit[object], text: str, value: object
) -> None:
    monkeypatch.setenv(limit.variable, text)
    assert limit.value == value


def test_the_server_does_not_start_with_nonsense_and_says_so() -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    nonsense = {"WEIGHT_DECAY_KEPT_MB": "much", "WEIGHT_DECAY_HOSTS": "https://a.example"}
    run = subprocess.run(
        [*command, "--server.port=0"],
        cwd=ROOT,
        env=os.environ | nonsense,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert run.returncode != 0
    assert "WEIGHT_DECAY_KEPT_MB is 'much', but must be a number of megabytes" in run.stderr
    assert "WEIGHT_DECAY_HOSTS is 'https://a.example', but must be names" in run.stderr
    assert "Traceback" not in run.stderr + run.stdout
