"""Options and fixtures of the whole suite.

Nothing of `explorer` is imported at the top: the hook that checks shapes has to see
each module's first import.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--autoplay-policy=user-gesture-required",  # as strict as a visitor's browser
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# What somebody has made of files of their own is not there for the tests.
os.environ["EXPLORER_MAPS"] = os.devnull
os.environ.pop("EXPLORER_MAP", None)


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


def pytest_terminal_summary(terminalreporter):
    """Print what tests measured, which no test may judge: a machine can be busy."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator, the same for every test."""
    return np.random.default_rng(0)


@pytest.fixture
def use(monkeypatch):
    """Point the app at a folder of checkpoints."""
    import streamlit as st

    def point(folder):
        monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(folder))
        st.cache_resource.clear()
        st.cache_data.clear()

    yield point
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def unchecked():
    """Do not check shapes and types: that takes most of the time of what has notes.

    For tests of whole pages, whose parts are all checked by tests of their own.
    """
    import jaxtyping

    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; only for tests marked `browser`."""
    path = find_chromium()
    assert path is not None, (
        "mark the test `browser`, so that it is skipped without one"
    )
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    """Chromium, launched once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def app_url(tmp_path_factory):
    """The address of the app with its own checkpoints, as `make run` starts it."""
    environment = dict(os.environ)
    is_shipped = any(ROOT.glob("checkpoints/*/phrases.json"))
    if not (is_shipped or environment.get("EXPLORER_CHECKPOINTS")):
        from tests import tiny_checkpoint

        root = tmp_path_factory.mktemp("checkpoints")
        tiny_checkpoint.write(root, num=200)
        environment["EXPLORER_CHECKPOINTS"] = str(root)
    yield from _served(tmp_path_factory, environment)


@pytest.fixture(scope="session")
def two_lengths_url(tmp_path_factory):
    """The address of an app with models of two bars and of sixteen."""
    from tests import tiny_checkpoint

    root = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(root, "short", num=200)
    tiny_checkpoint.write(root, "long", num=200, config=tiny_checkpoint.TINY_LONG)
    environment = {**os.environ, "EXPLORER_CHECKPOINTS": str(root)}
    yield from _served(tmp_path_factory, environment)


@pytest.fixture(scope="session")
def kinds_url(tmp_path_factory):
    """The address of an app with models of melodies, of drums and of bands."""
    from tests import tiny_checkpoint

    root = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(root, "tunes", num=200)
    tiny_checkpoint.write(root, "beats", num=200, encoding="drums")
    config = tiny_checkpoint.TINY_LONG_TRIO
    tiny_checkpoint.write(root, "band", num=200, config=config)
    environment = {**os.environ, "EXPLORER_CHECKPOINTS": str(root)}
    yield from _served(tmp_path_factory, environment)


@pytest.fixture(scope="session")
def crowd_url(tmp_path_factory):
    """The address of an app whose map has as many phrases as one may have."""
    from tests import tiny_checkpoint

    root = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(root, num=100_000)
    environment = {**os.environ, "EXPLORER_CHECKPOINTS": str(root)}
    yield from _served(tmp_path_factory, environment)


def _served(tmp_path_factory, environment):
    """Start the app, hand out its address, and stop it in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = [f"--server.port={port}", "--server.address=127.0.0.1"]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_healthy(url, process, log):
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            assert process.poll() is None, f"the server ended:\n{log.read_text()}"
            assert time.monotonic() < deadline, "the server did not answer"
            time.sleep(0.1)
