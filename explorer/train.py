"""Training: batches, one step, and the loop with its log, states and exports.

Everything random at step n is drawn from (seed, n) alone: which phrases, how far
each is transposed, the noise of z. So a run that was killed and resumed takes the
same steps as one that was not, and nothing of the data's order needs saving.
Examples are drawn by source weight, with replacement; transposition is drawn anew
each time (Magenta caches its first draw).
"""

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
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Generator, Tensor

from explorer import checkpoint, run_state
from explorer.config import Config, TrainConfig, model_config_to_json
from explorer.converters import NUM_SPECIAL_EVENTS
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.evaluate import reconstruct
from explorer.metrics import reconstruction_score
from explorer.model import (
    LossTerms,
    MusicVAE,
    beta_at,
    initialise,
    negative_elbo,
    one_hot,
    sampling_probability_at,
)

VALIDATION_WINDOWS = 512  # looked at during training; `evaluate` reads them all
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
    validation: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a run logs, validates and saves."""

    log_steps: int = 50
    validate_minutes: float = 5.0
    save_minutes: float = 5.0


def learning_rate_at(step: int, config: TrainConfig) -> float:
    """Adam's rate: exponential as in Magenta, or a cosine over `num_steps`."""
    low, high = config.min_learning_rate, config.learning_rate
    if config.lr_schedule == "exponential":
        rate = (high - low) * config.decay_rate**step + low
    else:
        done = min(step / config.num_steps, 1.0)
        rate = low + (high - low) * 0.5 * (1 + math.cos(math.pi * done))
    return rate * min(1.0, (step + 1) / max(config.warmup_steps, 1))


class Batches:
    """Draws the batch of any step, without a memory of the steps before."""

    def __init__(self, data: Dataset, config: TrainConfig) -> None:
        split = data.split("train")
        self.tokens = split.tokens
        self.config = config
        rows = [np.flatnonzero(split.source == i) for i in range(len(data.sources))]
        weights = np.array([source.weight for source in data.sources], float)
        weights[[len(r) == 0 for r in rows]] = 0
        if not weights.sum() > 0:
            raise DataError(
                "The prepared data has no training phrases. Prepare it again."
            )
        self.rows = rows
        self.weights = weights / weights.sum()

    def draw(self, step: int) -> UInt8[ndarray, "batch steps"]:
        """Tokens of the batch of `step`, transposed."""
        rng = np.random.default_rng([self.config.seed, step])
        counts = rng.multinomial(self.config.batch_size, self.weights)
        picks = [
            rows[rng.integers(len(rows), size=count)]
            for rows, count in zip(self.rows, counts, strict=True)
            if count
        ]
        tokens = self.tokens[np.concatenate(picks)]
        return transpose_tokens(tokens, self.config.max_transpose, rng)


def transpose_tokens(
    tokens: UInt8[ndarray, "batch steps"], max_semitones: int, rng: np.random.Generator
) -> UInt8[ndarray, "batch steps"]:
    """Each phrase moved by its own whole number of semitones.

    Drawn evenly from -max..max, as far as the phrase stays on the keyboard
    (Magenta deletes the notes that leave it instead).
    """
    if max_semitones == 0:
        return tokens
    pitched = tokens >= NUM_SPECIAL_EVENTS
    lowest = np.where(pitched, tokens, 255).min(axis=1)
    highest = np.where(pitched, tokens, 0).max(axis=1)
    down = np.minimum(
        max_semitones, np.maximum(lowest.astype(int) - NUM_SPECIAL_EVENTS, 0)
    )
    up = np.minimum(max_semitones, np.maximum(89 - highest.astype(int), 0))
    shift = rng.integers(-down, up + 1)
    moved = tokens.astype(np.int16) + shift[:, None]
    return np.where(pitched, moved, tokens).astype(np.uint8)


@dataclass(frozen=True)
class StepResult:
    """What one training step measured."""

    terms: LossTerms
    accuracy: Float[Tensor, ""]
    grad_norm: Float[Tensor, ""]


def train_step(
    model: MusicVAE,
    optimizer: torch.optim.Optimizer,
    tokens: UInt8[Tensor, "batch time"],
    step: int,
    config: TrainConfig,
    generator: Generator,
    *,
    bf16: bool,
) -> StepResult:
    """One update of the weights; skipped when the gradient is not finite."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate_at(step, config)
    probability = sampling_probability_at(step, config)
    with torch.autocast(tokens.device.type, torch.bfloat16, enabled=bf16):
        x = one_hot(tokens, model.config.depth)
        posterior = model.encode(x)
        z = posterior.sample(generator)
        if probability > 0:
            logits = model.decode(
                z,
                temperature=1.0,
                generator=generator,
                truth=tokens,
                sampling_probability=probability,
            ).logits
        else:
            keep = None
            if config.word_dropout > 0:
                chance = torch.rand(
                    tokens.shape, generator=generator, device=tokens.device
                )
                keep = chance >= config.word_dropout
            logits = model.teacher_forced(x, z, keep=keep)
    terms = negative_elbo(
        logits,
        tokens,
        posterior,
        beta=beta_at(step, config),
        free_bits=config.free_bits,
    )
    optimizer.zero_grad(set_to_none=True)
    terms.loss.backward()  # type: ignore[no-untyped-call]  # torch's own
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
    if torch.isfinite(norm):
        optimizer.step()
    accuracy = (logits.argmax(dim=2) == tokens).float().mean()
    return StepResult(terms, accuracy, norm)


class Trainer:
    """A run: weights, optimiser and counters, and how they go to disk."""

    def __init__(
        self,
        config: Config,
        data: Dataset,
        folder: Path,
        *,
        device: str,
        bf16: bool | None,
    ) -> None:
        self.config, self.data, self.folder = config, data, folder
        self.device = torch.device(device)
        self.step = self.examples = 0
        self.minutes = 0.0
        self.model = MusicVAE(config.model)
        initialise(self.model, config.train.initialisation, self._generator("weights"))
        self.model.to(self.device)
        self.average = {n: p.detach().clone() for n, p in self._trainable()}
        self.optimizer = torch.optim.Adam(
            [p for _, p in self._trainable()], lr=config.train.learning_rate, fused=True
        )
        self.batches = Batches(data, config.train)
        self._restore()
        self.bf16 = self._bf16_is_faster() if bf16 is None else bf16

    def run_step(self) -> StepResult:
        """Take one step and count it."""
        tokens = torch.from_numpy(self.batches.draw(self.step)).to(self.device)
        result = train_step(
            self.model,
            self.optimizer,
            tokens,
            self.step,
            self.config.train,
            self._generator("noise"),
            bf16=self.bf16,
        )
        self.step += 1
        self.examples += len(tokens)
        decay = self.config.train.ema_decay
        with torch.no_grad():
            weights = [p.detach() for _, p in self._trainable()]
            decay = min(decay, self.step / (self.step + 10))
            torch._foreach_lerp_(list(self.average.values()), weights, 1 - decay)
        return result

    def save(self) -> None:
        """Write the state to resume from, and the averaged model as a checkpoint."""
        names = [name for name, _ in self._trainable()]
        tensors = {f"model.{n}": p for n, p in self._trainable()}
        tensors |= {f"average.{n}": p for n, p in self.average.items()}
        for name, moments in zip(names, self.optimizer.state.values(), strict=False):
            tensors |= {f"adam.{key}.{name}": value for key, value in moments.items()}
        run_state.write(self.folder, self.step, tensors, self._facts())
        checkpoint.save(
            self.folder / "export",
            self.averaged_model(),
            name=self.folder.name,
            preset=self.config.name,
            training=self._training_facts(),
            data={"sha256": self.data.sha256, "num_train": len(self.batches.tokens)},
        )

    def averaged_model(self) -> MusicVAE:
        """A model with the averaged weights, on the CPU."""
        model = MusicVAE(self.config.model)
        model.load_state_dict({**self.model.state_dict(), **self.average})
        return model.eval()

    def validate(self) -> dict[str, float]:
        """Accuracy of the averaged model on some held-out phrases."""
        tokens = self.data.split("validation").tokens
        rng = np.random.default_rng(self.config.train.seed)
        if len(tokens) > VALIDATION_WINDOWS:
            rows = rng.choice(len(tokens), VALIDATION_WINDOWS, replace=False)
            tokens = tokens[np.sort(rows)]
        written = reconstruct(self.averaged_model().to(self.device), tokens, seed=0)
        forced = reconstruction_score(tokens, written.teacher_forced)
        sampled = reconstruction_score(tokens, written.sampled)
        return {
            "teacher_forced": forced.accuracy,
            "sampled": sampled.accuracy,
            "exact_phrases": sampled.exact_phrases,
            "kl_bits": written.kl_bits,
        }

    def _trainable(self) -> list[tuple[str, torch.nn.Parameter]]:
        return [(n, p) for n, p in self.model.named_parameters() if p.requires_grad]

    def _generator(self, purpose: str) -> Generator:
        """The generator of this step: a function of seed, step and purpose."""
        stream = {"weights": 1, "noise": 2}[purpose]
        mixed = np.random.SeedSequence([self.config.train.seed, self.step, stream])
        device = self.device if purpose == "noise" else torch.device("cpu")
        return Generator(device).manual_seed(int(mixed.generate_state(1)[0]))

    def _facts(self) -> dict[str, Any]:
        return {
            "examples": self.examples,
            "minutes": self.minutes,
            "preset": self.config.name,
            "model": model_config_to_json(self.config.model),
            "train": dataclasses.asdict(self.config.train),
            "data_sha256": self.data.sha256,
        }

    def _training_facts(self) -> dict[str, Any]:
        device = torch.cuda.get_device_name() if self.device.type == "cuda" else "CPU"
        return {
            "steps": self.step,
            "examples": self.examples,
            "minutes": round(self.minutes, 1),
            "hardware": f"{device}, {torch.get_num_threads()} threads",
            "bf16": self.bf16,
            **dataclasses.asdict(self.config.train),
        }

    def _restore(self) -> None:
        found = run_state.newest(self.folder)
        if found is None:
            return
        tensors, facts = found
        if facts["model"] != model_config_to_json(self.config.model):
            raise DataError(
                f"{self.folder} holds a run of another model ({facts['preset']}). "
                "Give this run another --name."
            )
        if facts["data_sha256"] != self.data.sha256:
            raise DataError(
                f"{self.folder} was trained on other data (hash "
                f"{facts['data_sha256'][:12]}, now {self.data.sha256[:12]}). "
                "Use that data again, or give this run another --name."
            )
        self.step, self.examples = facts["step"], facts["examples"]
        self.minutes = facts["minutes"]
        with torch.no_grad():
            for name, parameter in self._trainable():
                parameter.copy_(tensors[f"model.{name}"])
                self.average[name].copy_(tensors[f"average.{name}"])
        state = self.optimizer.state_dict()
        for index, (name, _) in enumerate(self._trainable()):
            prefixes = {
                key: f"adam.{key}.{name}" for key in ("step", "exp_avg", "exp_avg_sq")
            }
            if prefixes["step"] in tensors:
                state["state"][index] = {k: tensors[p] for k, p in prefixes.items()}
        self.optimizer.load_state_dict(state)

    def _bf16_is_faster(self) -> bool:
        """Whether bf16 autocast beats float32 on this machine, measured on a batch."""
        if self.device.type == "cuda":
            return torch.cuda.is_bf16_supported()
        tokens = torch.from_numpy(self.batches.draw(0))
        seconds = {}
        for bf16 in (False, True, False, True):  # the first of each warms up
            started = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                x = one_hot(tokens, self.config.model.depth)
                posterior = self.model.encode(x)
                logits = self.model.teacher_forced(x, posterior.mu)
            logits.float().sum().backward()  # type: ignore[no-untyped-call]
            self.optimizer.zero_grad(set_to_none=True)
            seconds[bf16] = time.perf_counter() - started
        return seconds[True] < seconds[False]


def train(
    config: Config,
    data: Dataset,
    folder: Path,
    *,
    minutes: float,
    device: str = "cpu",
    bf16: bool | None = None,
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
    trainer = Trainer(config, data, folder, device=device, bf16=bf16)
    started = last_saved = last_validated = time.monotonic()
    minutes_before = trainer.minutes
    meter = _Meter()
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

    def __init__(self) -> None:
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
        self.__init__()  # type: ignore[misc]  # start over
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
