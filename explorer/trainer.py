"""A training run's moving parts: one step, and weights, optimiser and counters.

Everything random at step n is drawn from (seed, n) alone: which phrases, how far
each is transposed, the noise of z. So a run that was killed and resumed takes the
same steps as one that was not.
"""

import dataclasses
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Integer
from torch import Generator, Tensor

from explorer import checkpoint, run_state
from explorer.batches import Batches, cut
from explorer.checkpoint import Checkpoint
from explorer.config import (
    Config,
    TrainConfig,
    model_config_from_json,
    model_config_to_json,
)
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.initialisation import initialise
from explorer.model import LossTerms, MusicVAE
from explorer.objectives import bar_code_terms, event_terms, start_from
from explorer.validation import validate

VALIDATION_WINDOWS = 512  # `evaluate` reads them all


def learning_rate_at(step: int, config: TrainConfig) -> float:
    """Adam's rate: exponential as in Magenta, or a cosine over `num_steps`."""
    low, high = config.min_learning_rate, config.learning_rate
    if config.lr_schedule == "exponential":
        rate = (high - low) * config.decay_rate**step + low
    elif config.lr_schedule == "trapezoid":
        left = 1 - step / config.num_steps
        rate = low + (high - low) * min(max(3 * left, 0.0), 1.0)
    else:
        done = min(step / config.num_steps, 1.0)
        rate = low + (high - low) * 0.5 * (1 + math.cos(math.pi * done))
    return rate * min(1.0, (step + 1) / max(config.warmup_steps, 1))


@dataclass(frozen=True)
class StepResult:
    """What one training step measured."""

    terms: LossTerms
    accuracy: Float[Tensor, ""]
    grad_norm: Float[Tensor, ""]


def train_step(
    model: MusicVAE,
    optimizer: torch.optim.Optimizer,
    tokens: Integer[Tensor, "batch time *parts"],
    step: int,
    config: TrainConfig,
    generator: Generator,
    *,
    bf16: bool,
    bar_model: MusicVAE | None = None,
) -> StepResult:
    """One update of the weights; skipped when the gradient is not finite.

    `bar_model` is read by the objective `bar_codes` alone.
    """
    for group in optimizer.param_groups:
        group["lr"] = learning_rate_at(step, config)
    with torch.autocast(tokens.device.type, torch.bfloat16, enabled=bf16):
        if config.objective == "bar_codes":
            if bar_model is None:
                raise ValueError("the objective bar_codes needs a model of the bars")
            terms, accuracy = bar_code_terms(
                model, bar_model, tokens, step, config, generator
            )
        else:
            terms, accuracy = event_terms(model, tokens, step, config, generator)
    optimizer.zero_grad(set_to_none=True)
    terms.loss.backward()  # type: ignore[no-untyped-call]  # torch's own
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
    if torch.isfinite(norm):
        optimizer.step()
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
        start: Checkpoint | None = None,
    ) -> None:
        if data.encoding != config.model.encoding:
            raise DataError(
                f"The data holds {data.encoding} phrases and {config.name} writes "
                f"{config.model.encoding}. Prepare with --music "
                f"{config.model.encoding}, or choose another preset."
            )
        self.config, self.data, self.folder = config, data, folder
        self.device = torch.device(device)
        self.step = self.examples = 0
        self.minutes = 0.0
        self.model = MusicVAE(config.model)
        initialise(self.model, config.train.initialisation, self._generator("weights"))
        self.start = start
        if start:
            start_from(self.model, start.model)
        self.bar_model: MusicVAE | None = None
        if config.train.objective == "bar_codes":
            self.bar_model = self._bar_model()
            _freeze_bars(self.model)
        self.model.to(self.device)
        self.average = {n: p.detach().clone() for n, p in self._trainable()}
        self.optimizer = torch.optim.Adam(
            [p for _, p in self._trainable()], lr=config.train.learning_rate, fused=True
        )
        self.batches = Batches(
            data, config.train, num_bars=config.model.num_bars, device=self.device
        )
        self._restore()
        self.bf16 = self._bf16_is_faster() if bf16 is None else bf16

    def run_step(self) -> StepResult:
        """Take one step and count it."""
        tokens = self.batches.draw(self.step)
        result = train_step(
            self.model,
            self.optimizer,
            tokens,
            self.step,
            self.config.train,
            self._generator("noise"),
            bf16=self.bf16,
            bar_model=self.bar_model,
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
        tensors: dict[str, Tensor] = {f"model.{n}": p for n, p in self._trainable()}
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
        weights: dict[str, Tensor] = {**self.model.state_dict(), **self.average}
        model.load_state_dict(weights)
        return model.eval()

    def validate(self) -> dict[str, float]:
        """Accuracy of the averaged model on some held-out phrases."""
        tokens = cut(self.data.split("validation").tokens, self.config.model.num_bars)
        rng = np.random.default_rng(self.config.train.seed)
        if len(tokens) > VALIDATION_WINDOWS:
            rows = rng.choice(len(tokens), VALIDATION_WINDOWS, replace=False)
            tokens = tokens[np.sort(rows)]
        return validate(self.averaged_model().to(self.device), tokens, seed=0)

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
            "start": self.start.sha256 if self.start else None,
        }

    def _bar_model(self) -> MusicVAE:
        if self.start is None or self.start.config.num_bars != 1:
            raise DataError(
                "The objective bar_codes needs a model of single bars to start from. "
                "Train one and name it with --start-from."
            )
        return self.start.model.to(self.device).requires_grad_(False)

    def _training_facts(self) -> dict[str, Any]:
        device = torch.cuda.get_device_name() if self.device.type == "cuda" else "CPU"
        return {
            "steps": self.step,
            "examples": self.examples,
            "minutes": round(self.minutes, 1),
            "hardware": f"{device}, {torch.get_num_threads()} threads",
            "bf16": self.bf16,
            "start": _origin(self.start),
            **dataclasses.asdict(self.config.train),
        }

    def _restore(self) -> None:
        found = run_state.newest(self.folder)
        if found is None:
            return
        tensors, facts = found
        if model_config_from_json(facts["model"]) != self.config.model:
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
        if facts.get("start") != (self.start.sha256 if self.start else None):
            raise DataError(
                f"{self.folder} holds a run that started from another model. Name the "
                "same one with --start-from, or give this run another --name."
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
        tokens = self.batches.draw(0)
        seconds = {}
        for bf16 in (False, True, False, True):  # the first of each warms up
            started = time.perf_counter()
            try:
                with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                    posterior = self.model.encode(tokens)
                    logits = self.model.teacher_forced(tokens, posterior.mu)
                logits.float().sum().backward()  # type: ignore[no-untyped-call]
            except RuntimeError:  # processors without bf16 have no such LSTM
                return False
            finally:
                self.optimizer.zero_grad(set_to_none=True)
            seconds[bf16] = time.perf_counter() - started
        return seconds[True] < seconds[False]


def _origin(start: Checkpoint | None) -> dict[str, Any] | None:
    """Where the first weights came from, and what had gone into them."""
    if start is None:
        return None
    kept = ("examples", "minutes", "objective", "start")
    facts = {key: start.training[key] for key in kept if key in start.training}
    return {"name": start.name, "sha256": start.sha256, **facts}


def _freeze_bars(model: MusicVAE) -> None:
    """Leave only what is above the bars to be trained."""
    if model.encoder.bar_lstm is None or model.conductor is None:
        raise DataError(
            "The objective bar_codes trains the levels above the bars, and this preset "
            "has none. Choose a hierarchical preset, or train on events."
        )
    for part in (model.encoder.bar_lstm, model.decoder):
        part.requires_grad_(False)
