"""Every run of a plan: prepared, trained and promoted, several at a time.

`python -m scripts.train_all CORPUS... --plan scripts/plans/two-cores.toml` (or `make
train-all CORPUS=...`). A plan is a list of runs; one that starts from another waits
for it. Stopped at any moment it goes on where it was: finished runs are skipped and
the others resumed from their last saved state, on whatever machine they are copied
to. Standard output has a line for each thing begun and ended; each run's own output
is in `runs/<name>/output.txt`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLANS = ROOT / "scripts/plans"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One call of `python -m explorer train`, and what it waits for."""

    name: str
    preset: str
    bars: int  # of the phrases it is trained on
    minutes: float  # of all its sittings
    start_from: str | None = None  # an earlier run of the plan
    music: str = "melody"  # what `prepare` takes from the corpus
    promote: bool = False  # whether it becomes a checkpoint
    settings: dict[str, Any] = field(default_factory=dict)  # flags of `train`

    @property
    def folder(self) -> Path:
        """Where it keeps its states."""
        return Path("runs") / self.name

    @property
    def data(self) -> Path:
        """The prepared phrases it is trained on."""
        return Path("data") / f"{SHORT_NAMES[self.music]}_{self.bars}bar"

    def prepare_command(self, corpora: list[str]) -> list[str]:
        """The command that makes that folder."""
        command = [*EXPLORER, "prepare", *corpora, "-o", str(self.data)]
        command += ["--bars", str(self.bars), "--music", self.music]
        return [*command, "--arrange"] if self.music == "trio" else command

    def train_command(self, minutes: float, device: str) -> list[str]:
        """The command of one sitting."""
        command = [*EXPLORER, "train", self.preset, str(self.data)]
        command += ["--name", self.name, "--minutes", f"{minutes:g}"]
        command += ["--device", device]
        if self.start_from:
            command += ["--start_from", f"runs/{self.start_from}/export"]
        for flag, value in self.settings.items():
            command += [f"--{flag}", str(value)]
        return command


SHORT_NAMES = {"melody": "mel", "drums": "drums", "trio": "trio"}
POLL_SECONDS = 1.0
EXPLORER = [sys.executable, "-m", "explorer"]


def read_plan(path: Path) -> list[Run]:
    """The runs of a plan, in order.

    Raises
    ------
    SystemExit
        If a run starts from one that does not come before it, or a name is there twice.
    """
    runs = [Run(**values) for values in tomllib.loads(path.read_text())["run"]]
    before: set[str] = set()
    for run in runs:
        if run.name in before:
            sys.exit(f"{path}: two runs are called {run.name}. Rename one.")
        if run.start_from and run.start_from not in before:
            sys.exit(
                f"{path}: {run.name} starts from {run.start_from}, which is no earlier "
                "run of the plan."
            )
        before.add(run.name)
    return runs


def minutes_left(run: Run) -> float:
    """What is left of a run's minutes; 0 once its steps are done."""
    try:
        config = json.loads((run.folder / "export/config.json").read_text())
    except FileNotFoundError:
        return run.minutes
    training = config["training"]
    if training["steps"] >= training["num_steps"]:
        return 0.0
    return float(max(run.minutes - training["minutes"], 0.0))


def ready(runs: list[Run], left: dict[str, float], busy: set[str]) -> list[Run]:
    """Runs that can begin now: not done, not begun, nothing to wait for."""
    return [
        run
        for run in runs
        if left[run.name] > 0
        and run.name not in busy
        and not (run.start_from and left[run.start_from] > 0)
    ]


def train_all(runs: list[Run], *, jobs: int, minutes: float, device: str) -> None:
    """Train every run of a plan, `jobs` at a time, for `minutes` at most."""
    end = time.monotonic() + 60 * minutes
    threads = max((os.cpu_count() or 1) // jobs, 1)
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    left = {run.name: minutes_left(run) for run in runs}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        while True:
            budget = (end - time.monotonic()) / 60
            waiting = ready(runs, left, set(running)) if budget > 0 else []
            for run in waiting[: jobs - len(running)]:
                command = run.train_command(min(left[run.name], budget), device)
                run.folder.mkdir(parents=True, exist_ok=True)
                print("train", run.name, flush=True)
                with (run.folder / "output.txt").open("ab") as output:
                    running[run.name] = subprocess.Popen(
                        command, env=environment, stdout=output, stderr=output
                    )
            if not running:
                break
            time.sleep(POLL_SECONDS)
            for name in [n for n, p in running.items() if p.poll() is not None]:
                process = running.pop(name)
                if process.returncode:
                    sys.exit(f"{name} failed: its words are in runs/{name}/output.txt.")
                run = next(run for run in runs if run.name == name)
                left[name] = minutes_left(run)
                print("done " if left[name] == 0 else "stopped", name, flush=True)
    finally:
        for process in running.values():
            process.terminate()  # each saves its state and stops
        for process in running.values():
            process.wait()


def promote(run: Run) -> None:
    """Make a checkpoint of a finished run, unless it is there with these weights."""
    exported = json.loads((run.folder / "export/config.json").read_text())["training"]
    try:
        kept = json.loads(Path(f"checkpoints/{run.name}/config.json").read_text())
    except FileNotFoundError:
        kept = {"training": {}}
    same = ("steps", "minutes", "start")
    if all(kept["training"].get(key) == exported[key] for key in same):
        print("kept ", run.name)
        return
    print("promote", run.name, flush=True)
    subprocess.run([*EXPLORER, "promote", str(run.folder), str(run.data)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="+")
    parser.add_argument("--plan", type=Path, default=PLANS / "two-cores.toml")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (1)")
    parser.add_argument(
        "--minutes", type=float, default=24 * 60, help="of this sitting (a day)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    options = parser.parse_args()
    runs = read_plan(options.plan)
    corpora = [str(corpus.resolve()) for corpus in options.corpora]
    os.chdir(ROOT)
    for run in runs:
        if not (run.data / "manifest.json").exists():
            print("prepare", run.data, flush=True)
            subprocess.run(run.prepare_command(corpora), check=True)
    train_all(runs, jobs=options.jobs, minutes=options.minutes, device=options.device)
    for run in runs:
        if run.promote and minutes_left(run) == 0:
            promote(run)


if __name__ == "__main__":
    main()
