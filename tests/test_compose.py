"""Several replicas are set up as one server is, and the proxy knows where they answer.

tests/browser/test_replicas.py sends people through that proxy.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROXY = (ROOT / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
# What compose.yaml calls otherwise.
NAMES = {
    "cpus": "--cpus",
    "mem_limit": "--memory",
    "memswap_limit": "--memory-swap",
    "pids_limit": "--pids-limit",
    "restart": "--restart",
    "tmpfs": "--tmpfs",
    "cap_drop": "--cap-drop",
    "security_opt": "--security-opt",
}
# The flags of `docker run` that only say what this container is called and where it is reached.
OF_ONE = {"--name", "-d", "-p"}


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"])


def one_server() -> list[str]:
    """The README's command for a workshop, word for word."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"docker run -d .*?\n```", readme, re.DOTALL)
    return shlex.split(command.removesuffix("```").replace("\\\n", " "))[2:]


def as_flags(service: dict[str, Any]) -> set[str]:
    """What a service says as `docker run` would."""
    flags = {f"--{name.replace('_', '-')}" for name in ("init", "read_only") if service[name]}
    for name, flag in NAMES.items():
        values = service[name] if isinstance(service[name], list) else [service[name]]
        flags |= {f"{flag} {value}".removesuffix(":true") for value in values}
    return flags


def test_a_replica_is_run_as_one_server_is(services: dict[str, Any]) -> None:
    *words, image = one_server()
    flags: list[str] = []
    for word in words:
        if word.startswith("-"):
            flags.append(word)
        else:
            flags[-1] += f" {word}"
    assert services["app"]["image"] == image
    assert as_flags(services["app"]) == {f for f in flags if f.split()[0] not in OF_ONE}


def test_the_proxy_asks_where_the_image_answers(services: dict[str, Any]) -> None:
    (port,) = re.findall(r"^EXPOSE (\d+)$", IMAGE, re.MULTILINE)
    (health,) = re.findall(r"'GET', '([^']+)'", IMAGE)
    assert f" app:{port} " in PROXY
    assert f"option httpchk GET {health}\n" in PROXY
    assert "app" in services


def test_the_proxy_listens_where_people_come(services: dict[str, Any]) -> None:
    (published,) = services["proxy"]["ports"]
    assert f"bind :{published.rpartition(':')[2]}\n" in PROXY
    (mounted,) = services["proxy"]["volumes"]
    assert (ROOT / mounted.partition(":")[0]).read_text(encoding="utf-8") == PROXY


def test_a_replica_counts_people_and_not_the_proxy(services: dict[str, Any]) -> None:
    """It believes the proxy, and the proxy nobody; tests/browser/test_nginx.py shows the effect."""
    assert "FORWARDED_ALLOW_IPS=*" in services["app"]["environment"]
    assert "http-request set-header X-Forwarded-For %[src]\n" in PROXY
    assert "ports" not in services["app"]
