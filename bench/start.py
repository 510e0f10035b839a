"""Seconds from starting the app's process to /_stcore/health answering.

Imports nothing of the app, so that `make smoke` can run it where only
requirements.txt is installed. Fails if the app does not come up.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 180


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def seconds_to_health() -> float:
    """Start the app on a free port, wait until it is healthy, stop it."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    start = time.perf_counter()
    process = subprocess.Popen([*command, *options], cwd=ROOT)
    try:
        while process.poll() is None:
            try:
                url = f"http://127.0.0.1:{port}/_stcore/health"
                with urllib.request.urlopen(url, timeout=5) as answer:
                    if answer.read() == b"ok":
                        return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                pass
            if time.perf_counter() - start > PATIENCE_SECONDS:
                sys.exit(f"The app was not healthy after {PATIENCE_SECONDS} seconds.")
            time.sleep(0.05)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    sys.exit(f"The app ended with code {process.returncode} before it was healthy.")


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
