"""MusicVAE, the whole network: encoder, flat and hierarchical decoder, ELBO.

A phrase is tokens (batch, time), or (batch, time, parts) of several parts, such as a
trio's (see `explorer.encodings`). The `Encoder` reads it both ways and gives the
`Posterior` q(z|x). The decoder writes it back in *segments*: a flat decoder has one
segment, conditioned on z; a hierarchical one has a `Conductor` that turns z into one
embedding per bar, and each bar is a segment conditioned on its embedding alone, so the
bottom LSTM must rely on the code. Each part has a bottom LSTM of its own that hears
only that part; what the parts have in common they know from the embedding.
Nothing here knows notes, files or training loops.

**Conventions.** Batch first. `mu`, `sigma` are mean and *standard deviation*.
Costs are in nats unless a name says bits, summed over time and parts, averaged over
the batch. A token fed back is the previous event; the first is all zeros. Logits of
several parts stand side by side in one vector.

Parts: 1 posterior and ELBO; 2 schedules; 3 encoder; 4 conductor and core decoder;
5 MusicVAE; 6 tokens in and out. First weights are drawn by `explorer.initialisation`.

References
----------
.. [1] Roberts et al. (2018), A Hierarchical Latent Vector Model for Learning
   Long-Term Structure in Music, arXiv:1803.05428.
.. [2] magenta/magenta 526d3eb1 `models/music_vae` (Apache-2.0): state order,
   scheduled sampling and free bits follow it; departures are said where they are.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int, Integer, Shaped
from torch import Generator, Tensor, nn
from torch.nn import functional

from explorer.config import ModelConfig, TrainConfig
from explorer.encodings import NUM_DRUM_CLASSES, Encoding
from explorer.notes import STEPS_PER_BAR

State = list[tuple[Tensor, Tensor]]  # (h, c) of each layer, (batch, units)


# 1. Posterior and evidence lower bound


@dataclass(frozen=True)
class Posterior:
    """q(z|x) = N(mu, diag(sigma^2))."""

    mu: Float[Tensor, "batch z_size"]
    sigma: Float[Tensor, "batch z_size"]  # standard deviation, > 0

    def sample(
        self, generator: Generator | None = None
    ) -> Float[Tensor, "batch z_size"]:
        """Z = mu + sigma * eps with eps ~ N(0, I)."""
        eps = torch.randn(
            self.mu.shape,
            generator=generator,
            device=self.mu.device,
            dtype=self.mu.dtype,
        )
        return self.mu + self.sigma * eps

    def kl_divergence(self) -> Float[Tensor, "batch z_size"]:
        """KL(q || N(0, I)) of each dimension, in nats."""
        variance = self.sigma.square()
        return 0.5 * (self.mu.square() + variance - 1 - variance.log())


@dataclass(frozen=True)
class LossTerms:
    """The negative ELBO of a batch and what it is made of."""

    loss: Float[Tensor, ""]  # reconstruction + beta * max(KL - free bits, 0)
    reconstruction: Float[Tensor, ""]  # cross-entropy of a phrase, nats
    kl: Float[Tensor, ""]  # KL of a phrase, nats, nothing subtracted
    beta: float


def negative_elbo(
    logits: Float[Tensor, "batch time depth"],
    tokens: Integer[Tensor, "batch time *parts"],
    posterior: Posterior,
    music: Encoding,
    *,
    beta: float,
    free_bits: float,
) -> LossTerms:
    """Loss of equation (4) of [1]_: -E[log p(x|z)] + beta max(KL - tau, 0).

    The threshold tau applies to the sum over dimensions of each example, as in
    Magenta's code, not to single dimensions.
    """
    # 1. RECONSTRUCTION: -log p(x|z), summed over the phrase and its parts.
    cross_entropy = sum(
        (
            functional.cross_entropy(
                part.flatten(0, 1).float(), truth.flatten().long(), reduction="sum"
            )
            for part, truth in zip(
                split_logits(logits, music), music.by_part(tokens).values(), strict=True
            )
        ),
        start=logits.new_zeros((), dtype=torch.float32),
    )
    reconstruction = cross_entropy / len(tokens)
    # 2. RATE: KL(q(z|x) || p(z)), summed over z.
    kl = posterior.kl_divergence().sum(dim=1)  # (batch,)
    # 3. FREE BITS: rate below tau costs nothing.
    kl_cost = (kl - free_bits * math.log(2)).clamp(min=0).mean()
    return LossTerms(reconstruction + beta * kl_cost, reconstruction, kl.mean(), beta)


# 2. Schedules, functions of the training step


def beta_at(step: int, config: TrainConfig) -> float:
    """Weight of the KL: (1 - beta_rate^step) * max_beta."""
    return float((1 - config.beta_rate**step) * config.max_beta)


def sampling_probability_at(step: int, config: TrainConfig) -> float:
    """Share of decoder inputs drawn from the model instead of the truth [2]_."""
    rate = config.sampling_rate
    match config.sampling_schedule:
        case "constant":
            return rate
        case "inverse_sigmoid":
            return 1 - rate / (rate + math.exp(min(step / rate, 700)))
        case "exponential":
            return float(1 - rate**step)


# 3. Encoder


class Encoder(nn.Module):
    """Bidirectional LSTM; the last layer's final states of both directions give q.

    A flat encoder reads the phrase event by event. A hierarchical one, as in
    Magenta's `hier-*` configs, first reads every bar from a fresh state, then the
    phrase bar by bar, which is 16 + 16 steps from the first event to z, not 256.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        units, in_size = config.enc_rnn_size[0], config.music.input_depth
        self.bar_lstm: nn.LSTM | None = None
        if config.bar_enc_rnn_size:
            self.bar_lstm = _lstm(in_size, config.bar_enc_rnn_size, bidirectional=True)
            in_size = 2 * config.bar_enc_rnn_size[-1]
        self.lstm = _lstm(in_size, config.enc_rnn_size, bidirectional=True)
        self.mu = nn.Linear(2 * units, config.z_size)
        self.sigma = nn.Linear(2 * units, config.z_size)

    def forward(self, x: Float[Tensor, "batch time depth"]) -> Posterior:
        """q(z|x) of each phrase."""
        return self.posterior(self.embed(x))

    def embed(
        self, x: Float[Tensor, "batch time depth"]
    ) -> Float[Tensor, "batch embedding"]:
        """What the phrase left in the last layer's states, (batch, 2 * units)."""
        if self.bar_lstm is not None:
            bars = x.reshape(-1, STEPS_PER_BAR, x.shape[2])  # (batch * bars, 16, depth)
            x = _read(self.bar_lstm, bars).reshape(len(x), -1, self.lstm.input_size)
        return _read(self.lstm, x)

    def read_bars(self, bars: Float[Tensor, "batch bars embedding"]) -> Posterior:
        """q(z|x) of phrases whose bars were read before (hierarchical encoder)."""
        return self.posterior(_read(self.lstm, bars))

    def posterior(self, embedding: Float[Tensor, "batch embedding"]) -> Posterior:
        """q(z|x) from `embed`'s result."""
        sigma = functional.softplus(self.sigma(embedding).float())
        return Posterior(self.mu(embedding).float(), sigma)


# 4. Conductor and core decoder


class Conductor(nn.Module):
    """Turns z into one embedding per bar.

    The LSTM starts from z and reads a zero at every bar (no autoregression, as in
    all of Magenta's hierarchical configs). With `conductor_output_size` its
    outputs are projected, as the paper's 512; without, they are used as they are.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        sizes = config.conductor_rnn_size
        self.num_bars = config.num_bars
        self.initial_state = InitialState(config.z_size, sizes)
        self.lstm = _lstm(1, sizes)
        self.output: nn.Module = nn.Identity()
        self.embedding_size = sizes[-1]
        if config.conductor_output_size is not None:
            self.output = nn.Linear(sizes[-1], config.conductor_output_size)
            self.embedding_size = config.conductor_output_size

    def forward(
        self, z: Float[Tensor, "batch z_size"]
    ) -> Float[Tensor, "batch bars embedding"]:
        """Embeddings of all bars."""
        zeros = z.new_zeros(len(z), self.num_bars, 1)
        outputs, _ = _run(self.lstm, zeros, self.initial_state(z))
        return self.output(outputs)


class InitialState(nn.Module):
    """tanh(Linear(z)) cut into the states of an LSTM stack: c0, h0, c1, h1, ..."""

    def __init__(self, in_size: int, rnn_size: tuple[int, ...]) -> None:
        super().__init__()
        self.sizes = [size for size in rnn_size for _ in ("c", "h")]
        self.dense = nn.Linear(in_size, sum(self.sizes))

    def forward(self, z: Float[Tensor, "batch in_size"]) -> State:
        """(h, c) of each layer."""
        parts = torch.split(torch.tanh(self.dense(z)), self.sizes, dim=1)
        return list(zip(parts[1::2], parts[0::2], strict=True))


class CoreDecoder(nn.Module):
    """Bottom LSTM of one part: writes a segment from its condition, z or an embedding.

    Each step reads [previous event | condition]; the state is made anew from the
    condition at every segment.
    """

    def __init__(self, config: ModelConfig, condition_size: int, depth: int) -> None:
        super().__init__()
        self.depth = depth
        self.initial_state = InitialState(condition_size, config.dec_rnn_size)
        self.lstm = _lstm(depth + condition_size, config.dec_rnn_size)
        self.output = nn.Linear(config.dec_rnn_size[-1], depth)

    def forward(
        self,
        previous: Float[Tensor, "batch time depth"],
        condition: Float[Tensor, "batch condition"],
    ) -> Float[Tensor, "batch time depth"]:
        """Logits of a segment whose previous events are all known."""
        repeated = condition[:, None].expand(-1, previous.shape[1], -1)
        inputs = torch.cat([previous, repeated.to(previous.dtype)], dim=2)
        outputs, _ = _run(self.lstm, inputs, self.initial_state(condition))
        return self.output(outputs)

    def constant_gates(
        self, condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch gates"]:
        """The first layer's share of gates that does not change within a segment."""
        weight_ih, _, bias, _ = self.lstm.all_weights[0]
        return functional.linear(condition, weight_ih[:, self.depth :], bias)

    def step(
        self,
        token: Int[Tensor, " batch"] | None,
        gates: Float[Tensor, "batch gates"],
        state: State,
    ) -> tuple[Float[Tensor, "batch depth"], State]:
        """Logits of one event and the next state.

        A one-hot input times a matrix is a column of it, so the previous token
        (None: the zero vector) is looked up instead of multiplied.
        """
        if token is not None:
            table = self.lstm.all_weights[0][0][:, : self.depth].T
            gates = gates + functional.embedding(token, table)
        new_state: State = []
        for layer, (h, c) in enumerate(state):
            weight_ih, weight_hh, bias, _ = self.lstm.all_weights[layer]
            if layer:
                gates = functional.linear(new_state[-1][0], weight_ih, bias)
            i, f, g, o = (gates + functional.linear(h, weight_hh)).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            new_state.append((torch.sigmoid(o) * torch.tanh(c), c))
        return self.output(new_state[-1][0]), new_state


# 5. MusicVAE


@dataclass(frozen=True)
class Decoded:
    """Tokens a decoder wrote and the logits they were chosen from."""

    tokens: Int[Tensor, "batch time *parts"]
    logits: Float[Tensor, "batch time depth"]


class MusicVAE(nn.Module):
    """Recurrent VAE of music with a flat or a hierarchical decoder [1]_."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.conductor = Conductor(config) if config.is_hierarchical else None
        size = self.conductor.embedding_size if self.conductor else config.z_size
        cores = [CoreDecoder(config, size, depth) for depth in config.music.depths]
        self.decoder: CoreDecoder | nn.ModuleList = (
            cores[0] if len(cores) == 1 else nn.ModuleList(cores)
        )

    @property
    def cores(self) -> list[CoreDecoder]:
        """The bottom decoder of each part."""
        if isinstance(self.decoder, CoreDecoder):
            return [self.decoder]
        return [core for core in self.decoder if isinstance(core, CoreDecoder)]

    def encode(self, tokens: Integer[Tensor, "batch time *parts"]) -> Posterior:
        """q(z|x) of phrases."""
        return self.encoder(encoder_input(tokens, self.config.music))

    def conditions(
        self, z: Float[Tensor, "batch z_size"]
    ) -> Float[Tensor, "batch segments condition"]:
        """What each segment is written from: z itself, or an embedding per bar."""
        return self.conductor(z) if self.conductor else z[:, None]

    def teacher_forced(
        self,
        tokens: Integer[Tensor, "batch time *parts"],
        z: Float[Tensor, "batch z_size"],
        *,
        keep: Bool[Tensor, "batch time *parts"] | None = None,
    ) -> Float[Tensor, "batch time depth"]:
        """Logits when every previous event is the true one.

        `keep` False blanks the previous event of that step and part (word dropout),
        so that the decoder has to ask z.
        """
        conditions = self.conditions(z)  # (batch, segments, condition)
        segments = conditions.shape[1]
        truths = self.config.music.by_part(tokens).values()
        logits = []
        for core, truth, mask in zip(
            self.cores, truths, self._by_part(keep), strict=True
        ):
            events = one_hot(truth, core.depth).to(conditions.dtype)
            previous = functional.pad(events, (0, 0, 1, -1))  # shift right, zeros first
            if mask is not None:
                previous = previous * mask[:, :, None]
            previous = previous.reshape(len(z) * segments, -1, core.depth)
            written = core(previous, conditions.flatten(0, 1))
            logits.append(written.reshape(len(z), -1, core.depth))
        return torch.cat(logits, dim=2)

    def decode(
        self,
        z: Float[Tensor, "batch z_size"],
        *,
        temperature: float | None = None,
        generator: Generator | None = None,
        truth: Integer[Tensor, "batch time *parts"] | None = None,
        sampling_probability: float = 1.0,
    ) -> Decoded:
        """Phrases written event by event, the parts one after the other.

        Parameters
        ----------
        z
            Latent codes.
        temperature
            Events are drawn from softmax(logits / temperature); None takes the
            likeliest (the first of equals).
        generator
            Source of all draws.
        truth, sampling_probability
            Scheduled sampling: with `truth`, each step's previous event is the
            model's own with this probability and the true one otherwise, drawn
            anew per example and step. No gradient flows through a draw.

        Raises
        ------
        ValueError
            If the temperature is not positive.
        """
        if temperature is not None and not temperature > 0:
            raise ValueError(f"temperature {temperature} must be positive, or None")
        conditions = self.conditions(z)
        truths = self._by_part(truth)
        tokens, logits = [], []
        for core, true in zip(self.cores, truths, strict=True):
            written = self._write(
                core, conditions, temperature, generator, true, sampling_probability
            )
            tokens.append(written.tokens)
            logits.append(written.logits)
        together = tokens[0] if len(tokens) == 1 else torch.stack(tokens, dim=2)
        return Decoded(together, torch.cat(logits, dim=2))

    def _write(
        self,
        core: CoreDecoder,
        conditions: Float[Tensor, "batch segments condition"],
        temperature: float | None,
        generator: Generator | None,
        truth: Integer[Tensor, "batch time"] | None,
        sampling_probability: float,
    ) -> Decoded:
        """One part of `decode`."""
        steps_per_segment = self.config.num_steps // conditions.shape[1]
        num = len(conditions)
        tokens: list[Tensor] = []
        logits: list[Tensor] = []
        previous: Tensor | None = None
        for condition in conditions.unbind(1):
            gates = core.constant_gates(condition)
            state = core.initial_state(condition)
            for _ in range(steps_per_segment):
                step_logits, state = core.step(previous, gates, state)
                token = _draw(step_logits.detach(), temperature, generator)
                previous = token
                if truth is not None:
                    chance = torch.rand(
                        num, generator=generator, device=conditions.device
                    )
                    true_token = truth[:, len(tokens)].long()
                    use_own = chance < sampling_probability
                    previous = torch.where(use_own, token, true_token)
                tokens.append(token)
                logits.append(step_logits)
        return Decoded(torch.stack(tokens, dim=1), torch.stack(logits, dim=1))

    def _by_part(
        self, tokens: Shaped[Tensor, "batch time *parts"] | None
    ) -> list[Tensor | None]:
        """The array of each part; None for each where there is none."""
        if tokens is None:
            return [None] * len(self.cores)
        return list(self.config.music.by_part(tokens).values())

    def num_parameters(self) -> int:
        """Trainable numbers; torch's second, always zero, LSTM bias is not one."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad)


# 6. Tokens in and out


def one_hot(
    tokens: Integer[Tensor, "batch time"], depth: int
) -> Float[Tensor, "batch time depth"]:
    """One-hot float32 of the tokens of one part."""
    return functional.one_hot(tokens.long(), depth).float()


def drum_roll(
    tokens: Integer[Tensor, "batch time"],
) -> Float[Tensor, "batch time drums_and_none"]:
    """A bit for each of the nine drums, and one that says that none is hit [2]_."""
    bits = torch.arange(NUM_DRUM_CLASSES, device=tokens.device)
    hits = (tokens[:, :, None].long() >> bits) & 1
    none = (tokens == 0)[:, :, None]
    return torch.cat([hits, none], dim=2).float()


def encoder_input(
    tokens: Integer[Tensor, "batch time *parts"], music: Encoding
) -> Float[Tensor, "batch time in_size"]:
    """What the encoder reads: a drum roll, or the one-hot parts side by side."""
    if music.reads_drum_roll:
        return drum_roll(tokens)
    parts = music.by_part(tokens).values()
    return torch.cat(
        [one_hot(p, depth) for p, depth in zip(parts, music.depths, strict=True)], dim=2
    )


def split_logits(
    logits: Float[Tensor, "batch time depth"], music: Encoding
) -> tuple[Tensor, ...]:
    """The logits of each part, (batch, time, depth of the part)."""
    return torch.split(logits, list(music.depths), dim=2)


def likeliest(
    logits: Float[Tensor, "batch time depth"], music: Encoding
) -> Int[Tensor, "batch time *parts"]:
    """The likeliest event of each step and part, the first of equals."""
    best = [part.argmax(dim=2) for part in split_logits(logits, music)]
    return best[0] if len(best) == 1 else torch.stack(best, dim=2)


def _draw(
    logits: Float[Tensor, "batch depth"],
    temperature: float | None,
    generator: Generator | None,
) -> Int[Tensor, " batch"]:
    if temperature is None:
        return logits.argmax(dim=1)
    probabilities = torch.softmax(logits.float() / temperature, dim=1)
    return torch.multinomial(probabilities, 1, generator=generator)[:, 0]


def _lstm(
    in_size: int, sizes: tuple[int, ...], *, bidirectional: bool = False
) -> nn.LSTM:
    """A stack of LSTM layers with one bias each; torch's second stays zero."""
    lstm = nn.LSTM(
        in_size, sizes[0], len(sizes), batch_first=True, bidirectional=bidirectional
    )
    for name, parameter in lstm.named_parameters():
        if name.startswith("bias_hh"):
            parameter.requires_grad_(False).zero_()
    return lstm


def _read(
    lstm: nn.LSTM, inputs: Float[Tensor, "batch time depth"]
) -> Float[Tensor, "batch units"]:
    """The last layer's final states of both directions, side by side."""
    _, (h, _) = lstm(inputs)
    return torch.cat([h[-2], h[-1]], dim=1)


def _run(
    lstm: nn.LSTM, inputs: Float[Tensor, "batch time depth"], state: State
) -> tuple[Float[Tensor, "batch time units"], tuple[Tensor, Tensor]]:
    h = torch.stack([h for h, _ in state])
    c = torch.stack([c for _, c in state])
    return lstm(inputs, (h.contiguous(), c.contiguous()))
