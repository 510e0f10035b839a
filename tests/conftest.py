"""Options and fixtures of the whole suite.

Nothing of `explorer` is imported at the top: the hook that checks shapes has to see
each module's first import.
"""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_addoption(parser):
    """`--browser` runs the tests that drive Chromium."""
    parser.addoption(
        "--browser",
        action="store_true",
        help="run the tests marked `browser`, which drive Chromium",
    )


def find_chromium() -> str | None:
    """The browser to drive: $CHROMIUM, or the first one on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(config, items):
    """Skip browser tests, with a reason, unless asked for and possible."""
    if not config.getoption("--browser"):
        reason = "browser tests run with --browser (`make test` gives it)"
    elif find_chromium() is None:
        reason = f"no Chromium: none of {', '.join(BROWSERS)} found, CHROMIUM not set"
    else:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator, the same for every test."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; only for tests marked `browser`."""
    path = find_chromium()
    assert path is not None, (
        "mark the test `browser`, so that it is skipped without one"
    )
    return path
