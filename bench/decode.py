"""Decode phrases by batch size, beside a plain LSTMCell loop and the floor.

The plain loop is what a first port writes: one-hot and condition concatenated, one
cell per layer; what it is conditioned on comes from the same conductor. The floor is
every recurrent weight read once a step at the measured matrix-vector rate, or the
arithmetic at the measured matrix rate, whichever is longer; the conductor's few steps
are left out of it. Weights are random; speed does not depend on them.

`strip` is what the app asks for: the nine tunes of a blend, with their certainty.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bench.timing import alternate, arguments, ceilings, report
from explorer.checkpoint import Checkpoint
from explorer.config import ModelConfig
from explorer.model import CoreDecoder, MusicVAE
from explorer.presets import CONFIGS
from explorer.trained_model import TrainedModel

STRIP = 9  # tunes of a blend


def plain_loop(model: MusicVAE):
    """Decode greedily the way a first port does."""
    parts = [_plain_part(model.config, core) for core in model.cores]

    def decode(z: torch.Tensor) -> list[torch.Tensor]:
        conditions = model.conditions(z)
        return [part(conditions) for part in parts]

    return decode


def _plain_part(config: ModelConfig, core: CoreDecoder):
    """The loop of one part; what it is conditioned on is given."""
    sizes, input_size = config.dec_rnn_size, core.lstm.input_size
    inputs = (input_size, *sizes)
    cells = [nn.LSTMCell(*pair) for pair in zip(inputs, sizes, strict=False)]
    initial = nn.Linear(input_size - core.depth, 2 * sum(sizes))
    output = nn.Linear(sizes[-1], core.depth)

    def write(conditions: torch.Tensor) -> torch.Tensor:
        event = conditions.new_zeros(len(conditions), core.depth)
        tokens = []
        for condition in conditions.unbind(1):
            parts = torch.tanh(initial(condition))
            parts = parts.split([n for n in sizes for _ in "ch"], dim=1)
            state = list(zip(parts[1::2], parts[0::2], strict=True))
            for _ in range(config.num_steps // conditions.shape[1]):
                hidden = torch.cat([event, condition], dim=1)
                for layer, cell in enumerate(cells):
                    state[layer] = cell(hidden, state[layer])
                    hidden = state[layer][0]
                tokens.append(output(hidden).argmax(dim=1))
                event = functional.one_hot(tokens[-1], core.depth).float()
        return torch.stack(tokens, dim=1)

    return write


def weights_read_each_step(decoder: CoreDecoder) -> int:
    """Numbers multiplied at every step; the constant part of layer 0 is not."""
    recurrent = sum(weights[1].numel() for weights in decoder.lstm.all_weights)
    upper = sum(weights[0].numel() for weights in decoder.lstm.all_weights[1:])
    return recurrent + upper + decoder.output.weight.numel()


def strip_of(model: MusicVAE) -> Callable[[], object]:
    """Make the tunes of a blend as the app does; needs neither map nor sliders."""
    unsaved = Checkpoint(
        name="unsaved",
        path=Path(),
        model=model,
        config=model.config,
        preset="",
        training={},
        data={},
        metrics={},
        files={},
        sha256="",
    )
    no_map: Any = None
    trained = TrainedModel(checkpoint=unsaved, library=no_map, attribute_vectors=no_map)
    ends = np.random.default_rng(0).standard_normal((2, model.config.z_size))

    def strip() -> object:
        return trained.decode(trained.interpolate(*ends.astype(np.float32), STRIP))

    return strip


@torch.inference_mode()
def main() -> None:
    parser = arguments(__doc__.splitlines()[0], runs=15)
    parser.add_argument(
        "--preset", choices=sorted(CONFIGS), default="cat-mel_2bar_small"
    )
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4, 32, 100])
    options = parser.parse_args()
    config = CONFIGS[options.preset].model
    model = MusicVAE(config).eval()
    plain = plain_loop(model)
    weights = sum(map(weights_read_each_step, model.cores))
    limits = ceilings(memory_bytes=4 * weights)  # in the cache the weights lie in
    sizes = {}
    for batch in options.batch:
        z = torch.randn(batch, config.z_size)
        timings = alternate(
            {"explorer": lambda z=z: model.decode(z), "plain": lambda z=z: plain(z)},
            options.runs,
        )
        reading_ms = 4 * weights * config.num_steps / limits["read_gb_s"] / 1e6
        arithmetic_ms = (
            2 * weights * batch * config.num_steps / limits["fp32_gflops"] / 1e6
        )
        ours, theirs = timings["explorer"].median_ms, timings["plain"].median_ms
        floor_ms = max(reading_ms, arithmetic_ms)
        sizes[f"batch_{batch}"] = {
            **timings,
            "phrases_per_second": round(1000 * batch / ours, 1),
            "floor_ms": round(floor_ms, 3),
            "share_of_floor": round(floor_ms / ours, 3),
            "faster_than_plain": round(theirs / ours, 2),
        }
    sizes["strip"] = alternate({f"{STRIP}_tunes": strip_of(model)}, options.runs)
    report("decode", preset=options.preset, ceilings=limits, **sizes)


if __name__ == "__main__":
    main()
