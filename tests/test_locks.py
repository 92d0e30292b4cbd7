"""The locks hold all that the requirements bring along, for every system, by version and by hash.

All but torch and what it brings of CUDA: which build that is, each system decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = {"requirements.txt": "requirements.lock", "requirements-dev.txt": "requirements-dev.lock"}
OF_EACH_SYSTEM = re.compile("torch|triton|(cuda|nvidia)-.*")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
)
MACHINES = [
    {"python_version": version, "python_full_version": f"{version}.0", "extra": "", **system}
    for version, system in product(PYTHONS, SYSTEMS)
]


@dataclass(frozen=True)
class Pin:
    """A package of a lock, with the hashes of its files."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return specifier.version

    def holds(self, machine: dict[str, str]) -> bool:
        marker = self.requirement.marker
        return marker is None or marker.evaluate(machine)


def asked(file: str) -> list[Requirement]:
    """What a file asks for, and the files that it names."""
    found = []
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found += asked(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


@cache
def locked(file: str) -> tuple[Pin, ...]:
    """What a lock holds."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    pins = []
    for entry in filter(None, text.replace("\\\n", " ").splitlines()):
        pin, *hashes = entry.split(" --hash=")
        pins.append(Pin(Requirement(pin.strip()), tuple(part.strip() for part in hashes)))
    return tuple(pins)


@pytest.mark.parametrize("lock", LOCKS.values())
def test_every_pin_has_hashes(lock: str) -> None:
    for pin in locked(lock):
        assert pin.version
        assert pin.hashes, pin
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in pin.hashes), pin


@pytest.mark.parametrize("lock", LOCKS.values())
def test_what_each_system_decides_is_left_to_it(lock: str) -> None:
    assert not [pin.name for pin in locked(lock) if OF_EACH_SYSTEM.fullmatch(pin.name)]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: " ".join(machine.values()))
@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_has_once_what_is_asked_for(file: str, machine: dict[str, str]) -> None:
    here = [pin for pin in locked(LOCKS[file]) if pin.holds(machine)]
    versions = {pin.name: pin.version for pin in here}
    assert len(versions) == len(here)
    for requirement in asked(file):
        assert has(versions, requirement), requirement


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: " ".join(machine.values()))
@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_has_all_that_comes_along(file: str, machine: dict[str, str]) -> None:
    """As the packages say that are installed here, as far as theirs are the locked versions."""
    versions = {pin.name: pin.version for pin in locked(LOCKS[file]) if pin.holds(machine)}
    for name in [*versions, "torch"]:
        for need in needs(name, versions.get(name)):
            if need.marker is None or need.marker.evaluate(machine):
                assert has(versions, need), f"{name} needs {need}"


def has(versions: dict[str, str], requirement: Requirement) -> bool:
    """Whether these meet the requirement, or nobody asks them to."""
    name = canonicalize_name(requirement.name)
    if OF_EACH_SYSTEM.fullmatch(name):
        return True
    return name in versions and requirement.specifier.contains(versions[name])


@cache
def needs(name: str, known: str | None) -> list[Requirement]:
    """What a package needs, if it is installed here, in this version where that is known."""
    try:
        same = known in (None, version(name))
    except PackageNotFoundError:  # of another system
        return []
    return [Requirement(text) for text in requires(name) or ()] if same else []


def test_the_tests_run_on_what_the_app_runs_on() -> None:
    app, tests = (set(locked(lock)) for lock in LOCKS.values())
    assert app <= tests


def test_image_and_checks_install_from_the_locks() -> None:
    for file, lock in (("Dockerfile", "requirements.lock"), (".ci/run", "requirements-dev.lock")):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"pip install .*-r {lock}", text.replace("\\\n", " ")), file
    assert "!requirements.lock\n" in (ROOT / ".dockerignore").read_text(encoding="utf-8")
