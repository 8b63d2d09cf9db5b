"""What the files at the root promise each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lines(name: str) -> list[str]:
    return [line for line in text(name).splitlines() if line and line[0] not in " #"]


def load(name: str):
    return yaml.safe_load(text(name))


def pins(name: str) -> dict[str, str]:
    return dict(line.split(" ;")[0].split("==") for line in lines(f"requirements/{name}.txt"))


def test_version_is_released_or_has_fragments():
    version = load("galaxy.yml")["version"]
    released = load("changelogs/changelog.yaml")["releases"]
    assert version in released or list((ROOT / "changelogs/fragments").glob("*.yml"))


def test_version_is_told_to_systems_manager():
    version = load("galaxy.yml")["version"]
    assert f'\nUSER_AGENT = "OpenMDMVPP/{version} OpenMDM"\n' in text("plugins/module_utils/_mdm/meraki.py")


def test_no_sanity_test_is_ignored():
    assert not list((ROOT / "tests/sanity").glob("ignore*"))


def test_no_other_collection_is_needed():
    assert load("galaxy.yml")["dependencies"] == {}
    assert load("requirements.yml") == {"collections": []}


def test_oldest_release_is_a_lane():
    oldest = load("meta/runtime.yml")["requires_ansible"]
    lanes = sorted(path.stem.removeprefix("lane-") for path in (ROOT / "requirements").glob("lane-*.txt"))
    assert oldest == f">={lanes[0]}.0"
    for lane in lanes:
        assert pins(f"lane-{lane}")["ansible-core"].startswith(f"{lane}.")


def test_oldest_http_library_is_tested():
    (wanted,) = lines("requirements.txt")
    oldest = re.match(r"httpx>=([0-9.]+),", wanted)[1]
    assert pins("lane-2.16")["httpx"] == f"{oldest}.0"


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.in")), ids=lambda path: path.name)
def test_direct_requirement_says_why(path):
    for line in lines(f"requirements/{path.name}"):
        assert line.startswith("-r ") or "#" in line, line


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_requirement_is_pinned(path):
    for line in lines(f"requirements/{path.name}"):
        assert re.match(r"[a-z0-9-]+==[0-9a-z.]+( ; .*)?$", line), line


def test_init_files_are_empty():
    for folder in ("plugins", "tests"):
        assert [path for path in (ROOT / folder).rglob("__init__.py") if path.stat().st_size] == []


def test_what_the_guides_call_a_proof_is_a_test():
    guides = text("docs/docsite/rst/guide_safety.rst") + text("docs/docsite/rst/guide_inclusion.rst")
    told = set(re.findall(r"``(test_\w+)", guides))
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "/output/" not in str(path)]
    tests = {path.stem for path in files}
    tests |= {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))}
    assert len(told) > 20
    assert told <= tests


def test_what_the_requirements_are_shown_by_is_there():
    guide = text("docs/docsite/rst/guide_inclusion.rst")
    targets = set(re.findall(r"``make (\w+)``", guide))
    files = set(re.findall(r"``([\w./-]+\.(?:md|py|yml)|\.ci/run|LICENSE)``", guide))
    assert len(targets) > 5
    assert len(files) > 5
    assert targets <= set(re.findall(r"^(\w+):", text("Makefile"), re.MULTILINE))
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_what_the_middle_lane_repeats_knows_neither_ansible_nor_httpx():
    """So that lane 2.16, with the same Python, has run the very same: scripts/ansible_test.sh leaves it out of 2.19."""
    script = (ROOT / "scripts/ansible_test.sh").read_text(encoding="utf-8")
    left_out = re.search(r"^ +\*/plugins/ .*$", script, re.MULTILINE)[0]
    parts = re.findall(r"\*/(_\w+)/", left_out)
    assert parts == ["_core", "_entity", "_mail", "_state"]
    knows = re.compile(r"^\s*(from|import) (ansible|httpx)\b", re.MULTILINE)
    for part in parts:
        for folder in (f"plugins/module_utils/{part}", f"tests/unit/plugins/module_utils/{part}"):
            for path in (ROOT / folder).rglob("*.py"):
                assert not knows.search(path.read_text(encoding="utf-8")), path
    pythons = (ROOT / "scripts/lib.sh").read_text(encoding="utf-8")
    assert re.findall(r"2\.1[69]\) echo (\S+)", pythons) == ["3.11", "3.11"]
