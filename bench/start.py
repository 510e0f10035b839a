"""Seconds from starting the app's process to /_stcore/health answering.

Imports nothing of the app, so that `make smoke` can run it where only
requirements.txt is installed. Fails if the app does not come up.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 180


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running_app(
    environment: dict[str, str] | None = None,
) -> Iterator[tuple[str, float]]:
    """(address, seconds until it was healthy) of the app, stopped in the end."""
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    host, port = address.split(":")
    options = ["--server.port", port, "--server.address", host]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, env={**os.environ, **(environment or {})}
    )
    try:
        while not _is_healthy(address):
            if process.poll() is not None:
                sys.exit(f"The app ended with code {process.returncode} at its start.")
            if time.perf_counter() - start > PATIENCE_SECONDS:
                sys.exit(f"The app was not healthy after {PATIENCE_SECONDS} seconds.")
            time.sleep(0.05)
        yield f"http://{address}", time.perf_counter() - start
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _is_healthy(address: str) -> bool:
    try:
        url = f"http://{address}/_stcore/health"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read() == b"ok"
    except (urllib.error.URLError, OSError):
        return False


def seconds_to_health() -> float:
    """Start the app on a free port, wait until it is healthy, stop it."""
    with running_app() as (_, seconds):
        return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="starts to time")
    options = parser.parse_args()
    seconds = [round(seconds_to_health(), 2) for _ in range(options.runs)]
    result = {
        "benchmark": "start",
        "first_seconds": seconds[0],
        "median_seconds": round(statistics.median(seconds), 2),
        "max_seconds": max(seconds),
        "runs": options.runs,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
