"""The training loop: a budget, a log, states to resume from and an export."""

import dataclasses
import json
import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.checkpoint import Checkpoint
from explorer.config import Config
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.model import beta_at
from explorer.speed import matrix_rate, training_work
from explorer.trainer import StepResult, Trainer, learning_rate_at

MAX_BAD_STEPS = 3  # steps in a row without a finite gradient that end a run


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run stands; one line of its log."""

    step: int
    examples: int  # phrases seen, repeats counted
    minutes: float  # of training, all sittings together
    loss: float  # means since the last line
    reconstruction: float  # nats a phrase
    kl_bits: float
    accuracy: float  # teacher-forced, on the training batches
    beta: float
    learning_rate: float
    examples_per_second: float
    matrix_share: float  # arithmetic done, as a share of the device's matrix rate
    validation: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a run logs, validates and saves."""

    log_steps: int = 50
    validate_minutes: float = 5.0
    save_minutes: float = 5.0


def train(
    config: Config,
    data: Dataset,
    folder: Path,
    *,
    minutes: float,
    device: str = "cpu",
    bf16: bool | None = None,
    start: Checkpoint | None = None,
    pace: Pace | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Trainer:
    """Train until the steps or the minutes of this sitting are used up.

    A run in `folder` is resumed. Lines of `log.jsonl` are `Progress` as JSON.

    Parameters
    ----------
    config
        Model and training; `num_steps` ends the run.
    data
        Prepared phrases.
    folder
        The run: states, log, and `export/`, a checkpoint of the averaged weights.
    minutes
        Wall-clock budget of this sitting.
    device
        `cpu` or `cuda`.
    bf16
        Autocast to bfloat16; None measures whether it is faster.
    start
        A model whose weights this run starts from, as far as they fit; the same one
        each time the run is resumed.
    should_stop
        Asked after every step; a state is saved before stopping.

    Raises
    ------
    DataError
        If the folder holds another model's run or one on other data, or the loss
        stops being a number.
    """
    pace = pace or Pace()
    folder.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(config, data, folder, device=device, bf16=bf16, start=start)
    started = last_saved = last_validated = time.monotonic()
    minutes_before = trainer.minutes
    work = training_work(trainer.model, config.train.objective)
    meter = _Meter(work / matrix_rate(trainer.device, bf16=trainer.bf16))
    bad_steps = 0
    with (folder / "log.jsonl").open("a") as log:
        while trainer.step < config.train.num_steps:
            result = trainer.run_step()
            now = time.monotonic()
            trainer.minutes = minutes_before + (now - started) / 60
            if not torch.isfinite(result.grad_norm):
                bad_steps += 1
                if bad_steps == MAX_BAD_STEPS:
                    raise DataError(
                        f"{MAX_BAD_STEPS} steps in a row gave no finite gradient "
                        f"(step {trainer.step}). Lower the learning rate and start "
                        "again: the run resumes from its last saved state."
                    )
                continue
            bad_steps = 0
            meter.add(result)
            over = (now - started) / 60 >= minutes
            done = over or trainer.step == config.train.num_steps or should_stop()
            validate = done or (now - last_validated) / 60 >= pace.validate_minutes
            if validate or trainer.step % pace.log_steps == 0:
                validation = trainer.validate() if validate else None
                last_validated = now if validate else last_validated
                progress = meter.flush(trainer, validation)
                log.write(json.dumps(dataclasses.asdict(progress)) + "\n")
                log.flush()
                on_progress(progress)
            if done or (now - last_saved) / 60 >= pace.save_minutes:
                trainer.save()
                last_saved = now
            if done:
                break
    return trainer


class _Meter:
    """Means over the steps since the last line of the log."""

    def __init__(self, ideal_seconds: float) -> None:
        self.ideal_seconds = ideal_seconds  # for a phrase, at the full matrix rate
        self.rows: list[Float[Tensor, " 4"]] = []
        self.started = time.monotonic()

    def add(self, result: StepResult) -> None:
        terms = result.terms
        row = [terms.loss, terms.reconstruction, terms.kl, result.accuracy]
        self.rows.append(torch.stack([value.detach() for value in row]))

    def flush(self, trainer: Trainer, validation: dict[str, float] | None) -> Progress:
        loss, reconstruction, kl, accuracy = torch.stack(self.rows).mean(dim=0).tolist()
        train = trainer.config.train
        seconds = time.monotonic() - self.started
        rate = len(self.rows) * train.batch_size / seconds
        self.__init__(self.ideal_seconds)  # type: ignore[misc]  # start over
        return Progress(
            step=trainer.step,
            examples=trainer.examples,
            minutes=trainer.minutes,
            loss=loss,
            reconstruction=reconstruction,
            kl_bits=kl / math.log(2),
            accuracy=accuracy,
            beta=beta_at(trainer.step, train),
            learning_rate=learning_rate_at(trainer.step, train),
            examples_per_second=rate,
            matrix_share=rate * self.ideal_seconds,
            validation=validation,
        )


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """SIGTERM and Ctrl-C ask for a stop after the current step instead of killing."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    before = {s: signal.signal(s, ask) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
