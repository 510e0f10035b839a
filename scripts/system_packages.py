"""Look for the programs pip cannot install, and install or name what is missing.

`make run` wants libfluidsynth (the WAV download); `make test` also wants Chromium
(the browser tests) and Node.js (the player's unit tests). On Debian and Ubuntu, as
root, the missing packages are installed. Anywhere else this prints what to type.
Nothing here is required, so the exit code is always 0.

Only the standard library: it runs before anything is installed.
"""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("libfluidsynth.so.3", "libfluidsynth.dylib", "libfluidsynth-3.dll")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def has_fluidsynth() -> bool:
    """Whether the library loads, not only whether its file exists."""
    for name in filter(None, (ctypes.util.find_library("fluidsynth"), *LIBRARIES)):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def has_browser() -> bool:
    """Whether a Chromium that Playwright can drive is installed."""
    named = os.environ.get("CHROMIUM")
    return bool(named and Path(named).exists()) or any(map(shutil.which, BROWSERS))


class Need(NamedTuple):
    """One program outside pip."""

    name: str
    found: Callable[[], bool]
    without: str  # what happens when it is missing
    packages: tuple[str, ...]  # Debian and Ubuntu
    elsewhere: str  # how to install it on other systems


NEEDS = {
    "run": (
        Need(
            "libfluidsynth",
            has_fluidsynth,
            "WAV files cannot be made; everything else works",
            tuple((ROOT / "packages.txt").read_text().split()),
            "Fedora: dnf install fluidsynth-libs; macOS: brew install fluid-synth",
        ),
    ),
    "test": (
        Need(
            "Chromium",
            has_browser,
            "the browser tests are skipped",
            ("chromium",),
            "install Chromium or Chrome, or set CHROMIUM to its path",
        ),
        Need(
            "Node.js",
            lambda: shutil.which("node") is not None,
            "the player's JavaScript tests are skipped",
            ("nodejs",),
            "install Node.js 20 or newer",
        ),
    ),
}


def can_use_apt() -> bool:
    """Whether packages can be installed here without asking anybody."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Install Debian packages; a failure is reported by whoever looks again."""
    print(f"Installing {' '.join(packages)} with apt-get ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt_get = ["apt-get", "-qq", "-o", "Acquire::Retries=2"]
    for command in (
        [*apt_get, "update"],
        [*apt_get, "install", "-y", "--no-install-recommends", *packages],
    ):
        try:
            subprocess.run(
                command, env=environment, timeout=420, stdout=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"apt-get did not finish: {error}")
            return


def main(purposes: list[str]) -> None:
    """Check every need of the named purposes, install once, report what is left."""
    needs = [need for purpose in purposes for need in NEEDS[purpose]]
    missing = [need for need in needs if not need.found()]
    if missing and can_use_apt():
        install([package for need in missing for package in need.packages])
    for need in missing:
        if not need.found():
            print(
                f"{need.name} is missing: {need.without}. To install it: "
                f"Debian or Ubuntu: sudo apt-get install {' '.join(need.packages)}; "
                f"{need.elsewhere}."
            )


if __name__ == "__main__":
    main(sys.argv[1:])
