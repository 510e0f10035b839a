"""Who may import what (CONTRIBUTING, "Layout"), read from the source with ast."""

import ast
import graphlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = sorted((ROOT / "explorer").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
SOURCES = [*PACKAGE, *PAGES, ROOT / "streamlit_app.py"]

# A library, and the only files that may import it.
OWNERS = {
    "streamlit": r"explorer/ui/.*|pages/.*|streamlit_app\.py",
    "starlette": r"explorer/ui/.*|streamlit_app\.py",
    "pretty_midi": r"explorer/midi\.py",
    "symusic": r"explorer/midi\.py",
    "music21": r"explorer/corpus\w*\.py",
    "mido": r"explorer/midi\.py",
    "PIL": r"explorer/roll_picture\.py",
    "safetensors": r"explorer/(checkpoint|run_state|sealed_folder)\.py",
    "fluidsynth": r"explorer/synth\.py",
    "soundfile": r"explorer/synth\.py",
    "plotly": (
        r"explorer/(charts|figures|map_chart|path_charts|pictures)\.py|explorer/ui/.*"
    ),
    "kaleido": r"explorer/pictures\.py",
    "sklearn": r"explorer/(projection|regions)\.py",
    "scipy": r"explorer/(projection|regions|teaching)\.py",
    "openTSNE": r"explorer/projection\.py",
}

# A part of the project, and what it must not import.
FORBIDDEN = {
    r"explorer/errors\.py": r"explorer\..*",
    r"explorer/(?!ui/).*": r"explorer\.ui.*|pages.*",
    r"explorer/ui/.*": r"pages.*",
    r"pages/.*": r"pages.*|torch.*|explorer\.(model|train|corpus|dataset).*",
    r"explorer/(notes|attributes|latent|projection|metrics|midi|converters)\.py": (
        r"torch.*"
    ),
    r".*": r"__future__\.annotations|utils.*|helpers.*|tests.*",
}

# Standard names of what an import name is called on the package index.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "fluidsynth": "pyfluidsynth",
    "PIL": "pillow",
}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every dotted name a file imports, at the top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import, line {node.lineno}"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def top_levels(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


@cache
def loaded_by(module: str) -> frozenset[str]:
    """The modules a fresh Python holds after importing one."""
    code = f"import {module}, sys; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_libraries_are_imported_by_their_owner_only(path):
    strangers = {
        library
        for library in top_levels(path) & OWNERS.keys()
        if not re.fullmatch(OWNERS[library], name_of(path))
    }
    assert not strangers, f"{name_of(path)} imports {strangers}: owners are in OWNERS"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_down(path):
    wrong = {
        name
        for part, banned in FORBIDDEN.items()
        if re.fullmatch(part, name_of(path))
        for name in imports(path)
        if re.fullmatch(banned, name)
    }
    assert not wrong


def test_no_two_modules_import_each_other():
    modules = {
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): (
            path
        )
        for path in PACKAGE
    }
    graph = {
        module: {
            imported
            for name in imports(path)
            for imported in (name, name.rpartition(".")[0])
            if imported in modules and imported not in (module, "explorer")
        }
        for module, path in modules.items()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_every_library_the_app_imports_is_a_pinned_requirement():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = {line.partition("==")[0] for line in lines if "==" in line}
    optional = {"kaleido"}
    used = set().union(*map(top_levels, SOURCES))
    used -= sys.stdlib_module_names | {"explorer"} | optional
    assert {DISTRIBUTIONS.get(name, name) for name in used} <= pinned


@pytest.mark.parametrize("heavy", ["torch", "streamlit", "numpy", "sklearn"])
def test_importing_the_package_loads_nothing_heavy(heavy):
    assert heavy not in loaded_by("explorer")


@pytest.mark.parametrize("heavy", ["streamlit", "plotly", "music21"])
def test_the_command_line_loads_no_app(heavy):
    assert heavy not in loaded_by("explorer.__main__")


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_no_file_is_named_for_nothing(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.mark.parametrize("path", [*PACKAGE, *PAGES], ids=name_of)
def test_every_module_says_its_job_in_its_first_line(path):
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, f"{name_of(path)} has no docstring"
    assert len(docstring.splitlines()[0]) > 15
