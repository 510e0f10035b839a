"""The documents say what is there: commands, pages, attributes, figures, links."""

import argparse
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

import explorer
from explorer.attributes import attributes_of
from explorer.commands.parser import build
from explorer.corpus_sources import FOLDERS
from explorer.encodings import ENCODINGS
from scripts import update_readme

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
TRAINING = (ROOT / "docs/training.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "assets/*.md", "checkpoints/*/*.md")
    for path in ROOT.glob(pattern)
)
SOURCES = [s for folder in FOLDERS.values() for s in folder.sources if s.weight]
# Found anywhere, these mean that something was left unfinished or is of one machine.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
OF_ONE_MACHINE = re.compile(r"(?<![\w.\])}])/(work|root|farm|home/\w+)/")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout: which files are ours is not known")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def make_targets(text: str) -> set[str]:
    blocks = re.findall(r"```\n(.*?)```|`(make[^`]*)`", text, re.DOTALL)
    lines = "\n".join(block or inline for block, inline in blocks)
    return set(re.findall(r"\bmake ([a-z][a-z-]*)", lines))


@pytest.mark.parametrize("name", ["README", "CONTRIBUTING", "TRAINING"])
def test_every_make_command_in_the_documents_is_a_target(name):
    named = make_targets(globals()[name])
    assert named
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert named <= targets


def test_readme_names_the_two_commands_a_stranger_needs():
    assert {"run", "test"} <= make_targets(README)


def command_names() -> list[str]:
    actions = build()._actions
    (sub,) = [a for a in actions if isinstance(a, argparse._SubParsersAction)]
    return list(sub.choices)


def command_lines(text: str) -> list[str]:
    return re.findall(r"^python -m explorer (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_shown_in_the_documents(name):
    shown = command_lines(README) + command_lines(TRAINING)
    assert name in {shlex.split(line)[0] for line in shown}
    assert f"`{name}`" in README or f"explorer {name} " in README


@pytest.mark.parametrize("line", command_lines(README) + command_lines(TRAINING))
def test_every_command_line_in_the_documents_is_understood(line):
    assert build().parse_args(shlex.split(line)).command[1] == shlex.split(line)[0]


def test_the_recipe_make_trains_with_exists():
    defaults = dict(re.findall(r"^(\w+) \?= (\S+)$", MAKEFILE, re.MULTILINE))
    argv = ["train", defaults["PRESET"], "DATA", "--recipe", defaults["RECIPE"]]
    build().parse_args([*argv, "--minutes", defaults["MINUTES"]])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_in_the_glossary(page):
    assert f"`pages/{page}.py`" in GLOSSARY


def test_every_page_of_the_glossary_exists():
    assert set(re.findall(r"`pages/(\w+)\.py`", GLOSSARY)) == set(PAGES)


ATTRIBUTES = [
    attribute
    for encoding in ENCODINGS
    for attribute in attributes_of(encoding).values()
]


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda a: a.name)
def test_every_attribute_is_in_the_glossary_by_both_its_names(attribute):
    row = next(line for line in GLOSSARY.splitlines() if f"`{attribute.name}`" in line)
    assert attribute.label in row


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_relative_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
    local = [link for link in links if "://" not in link and "mailto:" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_figures_in_the_readme_are_those_that_were_measured():
    table = update_readme.table(ROOT / "checkpoints")
    assert update_readme.filled(README, table) == README, (
        "run `python -m scripts.update_readme`"
    )


def test_the_python_example_of_the_readme_runs(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "checkpoints").symlink_to(ROOT / "checkpoints")
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    written = sorted(tmp_path.glob("*.mid"))
    assert len(written) == 9
    assert all(path.read_bytes().startswith(b"MThd") for path in written)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_source_of_the_training_data_is_named_with_its_licence(source):
    data = (ROOT / "docs/data.md").read_text()
    assert " ".join(source.licence.split()) in " ".join(README.split())
    assert source.licence.partition(",")[0] in " ".join(data.split())
    assert source.url.removeprefix("https://github.com/") in data


def test_readme_says_what_may_be_done_with_the_code_and_whose_idea_it_is():
    assert "Apache-2.0" in README
    assert "1803.05428" in README
    assert "Apache License" in (ROOT / "LICENSE").read_text()


def test_the_package_and_its_settings_name_one_version():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["project"]["version"] == explorer.__version__


def test_the_changelog_speaks_of_every_page_and_command():
    changes = (ROOT / "CHANGELOG.md").read_text()
    titles = re.findall(r"^\| ([A-Z][\w ]+) \| `pages/", GLOSSARY, re.MULTILINE)
    assert len(titles) == len(PAGES)
    assert [title for title in titles if f"**{title}**" not in changes] == []
    assert [name for name in command_names() if f"`{name}`" not in changes] == []


def test_every_decision_has_its_number_once_and_says_why():
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [path.name[:4] for path in files]
    assert numbers == [f"{n:04d}" for n in range(1, len(files) + 1)]
    for path in files:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]} ")
        assert {"## Context", "## Choice", "## Consequences"} <= set(text.splitlines())


def test_no_file_is_unfinished_or_knows_one_machine():
    found = []
    for path in tracked_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for pattern in (UNFINISHED, OF_ONE_MACHINE):
            found += [f"{name_of(path)}: {m[0]}" for m in pattern.finditer(text)]
    assert found == []
