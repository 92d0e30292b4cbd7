"""The README is a promise: its example runs as it stands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def python_blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_the_examples_run(capsys):
    """One after the other, as in a notebook."""
    blocks = [block for block in python_blocks() if not block.startswith("#")]
    assert len(blocks) == 3
    exec(compile("\n".join(blocks), "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("0 [")
    assert any(line.startswith("100 [") for line in lines)
    assert [line.count(".") for line in lines[-2:]] == [3, 3]
    assert any(line.endswith("(101, 2, 32, 2)") for line in lines)


def test_every_picture_is_there():
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / name).is_file()


def test_the_small_page_is_a_page(tmp_path: Path) -> None:
    """Written into a copy of the code it opens, and what is tested of every page holds for it."""
    for folder in ("pages", "wd_core", "tests", ".streamlit"):
        copytree(ROOT / folder, tmp_path / folder, ignore=ignore_patterns("__pycache__"))
    copy(ROOT / "pyproject.toml", tmp_path)
    registry = tmp_path / "pages" / "registry.py"
    for block in python_blocks():
        place, _, code = block.partition("\n")
        if place == "# in PAGES":
            before = registry.read_text(encoding="utf-8")
            # pages of a group stand together
            after = re.sub(
                r'    Page\(\s*"which"', lambda entry, new=code: new + entry[0], before, count=1
            )
            assert after != before
            registry.write_text(after, encoding="utf-8")
        elif place.startswith("# pages/"):
            file = tmp_path / place.removeprefix("# ")
            file.parent.mkdir(exist_ok=True)
            file.write_text(code, encoding="utf-8")
    tests = [f"tests/pages/{name}.py" for name in ("test_frame", "test_form")]
    # of the tests of a page's form those of this one; the others run elsewhere
    wanted = ["-k", "test_frame or halving"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, *wanted]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    opened = subprocess.run(
        [sys.executable, "-c", OPENED], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert opened.stdout.split("\n")[:2] == ["How fast does decay alone halve a weight?", "1.0"]
    assert json.loads(opened.stdout.split("\n")[2])["query"] == "weight_decay=1"


# A link to the page, opened: its heading, its slider, and what its chart is sent.
OPENED = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/frame.py", default_timeout=60).run()
page.switch_page("halving/view.py")
page.query_params["weight_decay"] = "1"
page.run()
assert not page.exception and not page.warning
print(page.title[0].value)
print(page.select_slider[0].value)
(chart,) = (made for made in page.get("bidi_component") if made.proto.bytes)
import json
print(json.dumps(json.loads(chart.proto.bytes)["payload"]))
"""
