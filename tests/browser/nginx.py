"""nginx before the app, set up by the file that the README gives, at addresses of this machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.conftest import LOOPBACK, ROOT, Server, free_port, missing
from tests.browser.replicas import moved

CONFIG = ROOT / "deploy" / "nginx.conf"
NAME = "decay.example.org"
KEPT = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# What Debian's own file says around it, but for what is written where only root may.
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.txt;
events {{}}
http {{
    access_log off;
    {kept}
    include {folder}/app.conf;
}}
"""


@contextmanager
def nginx(app: Server, folder: Path) -> Iterator[str]:
    """People come to the app through it, with TLS: the address that they come to."""
    port = free_port()
    addresses = {
        "server 127.0.0.1:8501;": f"server {app.url.split('/')[2]};",
        "listen 443 ssl http2;": f"listen {LOOPBACK}:{port} ssl http2;",
        "/etc/ssl/certs/decay.pem": f"{folder}/app.pem",
        "/etc/ssl/private/decay.key": f"{folder}/app.key",
    }
    (folder / "app.conf").write_text(moved(CONFIG, addresses), encoding="utf-8")
    kept = "\n    ".join(f"{name}_temp_path {folder}/{name};" for name in KEPT)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, kept=kept), encoding="utf-8")
    _certify(folder / "app.pem", folder / "app.key")
    command = [_found("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    if os.geteuid() == 0:  # the temporary folder is root's alone
        command += ["-g", "user root;"]
    process = subprocess.Popen([*command, "-e", str(folder / "nginx.txt")])
    try:
        yield f"https://{LOOPBACK}:{port}/wd"
    finally:
        process.terminate()
        process.wait()


def _certify(certificate: Path, key: Path) -> None:
    """A certificate signed by itself."""
    subject = ["-subj", f"/CN={NAME}", "-days", "2", "-nodes"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    command = [_found("openssl"), "req", "-x509", "-newkey", "rsa:2048", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)


def _found(program: str) -> str:
    path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        missing(f"{program} is not installed")
    return path
