"""A 5-gram model of tokens, trained apart from any network: how usual a phrase is.

The paper judges blends by such a model [1]_ and leaves its smoothing open. Here it is
interpolated Witten-Bell [2]_, [3]_: each order trusts its own counts the more, the
fewer different events followed the context, and leaves the rest to the order below:

    p(w | h) = (c(h w) + t(h) p(w | h')) / (c(h) + t(h))

with `c` counts, `t(h)` the number of different events seen after `h`, and `h'` the
context without its oldest event. Below the unigrams all events are alike. Contexts
end at the start of a phrase: its first step is judged without one.

Music of several parts has a model of each: what a step costs is the sum over the parts,
as if they did not listen to one another.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 5.
.. [2] Witten and Bell (1991), The zero-frequency problem. IEEE Transactions on
   Information Theory 37 (method C).
.. [3] Chen and Goodman (1998), An empirical study of smoothing techniques for language
   modeling. Harvard, TR-10-98.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int, Integer
from numpy import ndarray

from explorer.dataset import Split
from explorer.encodings import Encoding
from explorer.notes import STEPS_PER_BAR

ORDER: Final = 5  # 512^5 n-grams are told apart by one 64-bit number
SMOOTHING: Final = "interpolated Witten-Bell"


@dataclass(frozen=True, kw_only=True)
class _Counts:
    """N-grams of one length, as numbers to the base `depth`; the event comes last."""

    ngrams: Int[ndarray, " n"]  # sorted
    counts: Int[ndarray, " n"]
    contexts: Int[ndarray, " m"]  # sorted
    totals: Int[ndarray, " m"]  # events after each context
    followers: Int[ndarray, " m"]  # different ones


@dataclass(frozen=True, kw_only=True)
class _PartModel:
    """Counts of every order, shortest first, of one part."""

    orders: tuple[_Counts, ...]
    depth: int  # event classes

    def probabilities(
        self, tokens: Integer[ndarray, "n steps"]
    ) -> Float[ndarray, "n steps"]:
        """The probability of each event after those before it, above 0."""
        found = np.full(tokens.shape, 1 / self.depth)
        for before, order in enumerate(self.orders[: tokens.shape[1]]):
            ngrams = _pack(tokens, before + 1, self.depth)
            contexts = ngrams // self.depth
            own = _look_up(order.ngrams, order.counts, ngrams)
            total = _look_up(order.contexts, order.totals, contexts)
            trust = _look_up(order.contexts, order.followers, contexts)
            lower = found[:, before:]
            better = (own + trust * lower) / np.maximum(total + trust, 1)
            found[:, before:] = np.where(total > 0, better, lower)
        return found


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A model of each part of the music."""

    music: Encoding
    parts: tuple[_PartModel, ...]
    num_tokens: int  # trained on, of all parts

    def probabilities(
        self, tokens: Integer[ndarray, "n steps *parts"]
    ) -> Float[ndarray, "n steps *parts"]:
        """The probability of each event after those before it, above 0."""
        of_parts = zip(self.parts, self.music.by_part(tokens).values(), strict=True)
        found = [model.probabilities(own) for model, own in of_parts]
        return np.stack(found, axis=2) if self.music.part_shape else found[0]

    def cost_bits(
        self, tokens: Integer[ndarray, "n steps *parts"]
    ) -> Float[ndarray, " n"]:
        """Bits a step that each phrase takes to write down; fewer is more usual."""
        bits = -np.log2(self.probabilities(tokens))
        if self.music.part_shape:
            bits = bits.sum(axis=2)
        return bits.mean(axis=1)


def train(
    tokens: Integer[ndarray, "n steps *parts"],
    music: Encoding,
    counted: Bool[ndarray, "n steps"] | None = None,
    *,
    order: int = ORDER,
) -> LanguageModel:
    """Count the n-grams of phrases.

    Parameters
    ----------
    tokens
        Phrases.
    music
        What they are of.
    counted
        The steps whose event is counted; the events before it are its context
        either way. None counts all.
    order
        Length of the longest n-gram, at most 5.
    """
    if counted is None:
        counted = np.ones(tokens.shape[:2], bool)
    own = music.by_part(tokens).values()
    return LanguageModel(
        music=music,
        parts=tuple(
            _train_part(own_tokens, counted, order, depth)
            for own_tokens, depth in zip(own, music.depths, strict=True)
        ),
        num_tokens=int(counted.sum()) * len(music.parts),
    )


def _train_part(
    tokens: Integer[ndarray, "n steps"],
    counted: Bool[ndarray, "n steps"],
    order: int,
    depth: int,
) -> _PartModel:
    orders = []
    for before in range(min(order, tokens.shape[1])):
        ngrams, counts = np.unique(
            _pack(tokens, before + 1, depth)[counted[:, before:]], return_counts=True
        )
        contexts, first = np.unique(ngrams // depth, return_index=True)
        orders.append(
            _Counts(
                ngrams=ngrams,
                counts=counts,
                contexts=contexts,
                totals=np.add.reduceat(counts, first) if len(first) else first,
                followers=np.diff(np.append(first, len(ngrams))),
            )
        )
    return _PartModel(orders=tuple(orders), depth=depth)


def train_on_split(split: Split, music: Encoding) -> LanguageModel:
    """A model of a split in which each bar of each tune is counted once.

    Windows start a bar apart, so a bar stands in as many as it has room in; it is
    counted in the first one.
    """
    num_bars = split.tokens.shape[1] // STEPS_PER_BAR
    counted = np.repeat(first_seen(split, num_bars), STEPS_PER_BAR, axis=1)
    return train(split.tokens, music, counted)


def first_seen(split: Split, num: int) -> Bool[ndarray, "n num"]:
    """Which of the first `num` bars of each phrase stand in no phrase before it."""
    bars = split.bar[:, None].astype(np.int64) + np.arange(num)
    places = bars + split.tune[:, None].astype(np.int64) * (
        int(bars.max(initial=0)) + 1
    )
    seen = np.zeros(places.size, bool)
    seen[np.unique(places, return_index=True)[1]] = True
    return seen.reshape(places.shape)


def _pack(
    tokens: Integer[ndarray, "n steps"], length: int, depth: int
) -> Int[ndarray, "n places"]:
    """Every n-gram of `length` tokens as one number, by the place where it ends."""
    num = tokens.shape[1] - length + 1
    packed = np.zeros((len(tokens), num), np.int64)
    for offset in range(length):
        packed = packed * depth + tokens[:, offset : offset + num]
    return packed


def _look_up(
    keys: Int[ndarray, " n"], values: Int[ndarray, " n"], wanted: Int[ndarray, "*shape"]
) -> Int[ndarray, "*shape"]:
    """The value of each key, 0 for an unknown one."""
    if not len(keys):
        return np.zeros(wanted.shape, np.int64)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0)
