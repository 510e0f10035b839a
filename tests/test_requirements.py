"""The lists of requirements: exact, as installed, and above known advisories.

Floors name what was fixed there; docs/decisions/0006 has the reasons in full.
"""

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("requirements.txt", "requirements-dev.txt")
LINE = re.compile(r"([\w.-]+)==([\w.]+)")

FLOORS = {
    "torch": (2, 10),
    "streamlit": (1, 67),
    "starlette": (1, 1),
    "pyfluidsynth": (1, 4),
}


def entries(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


PINS = {
    match[1]: match[2]
    for name in LISTS
    for entry in entries(name)
    if (match := LINE.fullmatch(entry))
}


@pytest.mark.parametrize("name", LISTS)
def test_every_requirement_names_one_version(name):
    assert entries(name)
    assert [entry for entry in entries(name) if not LINE.fullmatch(entry)] == []


def test_no_requirement_stands_twice():
    names = [entry.partition("==")[0].lower() for n in LISTS for entry in entries(n)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PINS)
def test_the_pinned_version_is_the_one_under_test(name):
    assert metadata.version(name).partition("+")[0] == PINS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_versions_stay_above_known_advisories(name):
    version = tuple(int(part) for part in PINS[name].split(".")[:2])
    assert version >= FLOORS[name]
