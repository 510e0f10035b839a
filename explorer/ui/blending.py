"""The blend on the table: its two ends, its settings and the tunes in between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from jaxtyping import Float, Int
from numpy import ndarray

from explorer.ghosts import Ghost
from explorer.notes import NoteSequence
from explorer.passage import Passage
from explorer.ui import cache, picks, state, words
from explorer.ui.player import PlayerData, Tile, loop_of
from explorer.ui.player.contract import FEWEST_STEPS, MOST_STEPS
from explorer.ui.state import Certainty, Pick


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stop on the way from the first tune to the second."""

    title: str
    tune: NoteSequence
    z: tuple[float, ...]
    certainty: Certainty | None  # None: notes the model did not write
    ghosts: tuple[Ghost, ...] = ()  # notes it nearly wrote


def ends() -> tuple[Pick, Pick]:
    """Both tunes; `table.lay` has put them there."""
    first, second = state.end("a"), state.end("b")
    assert first is not None, "the table is set before any page runs"
    assert second is not None, "the table is set before any page runs"
    return first, second


def steps() -> tuple[Step, ...]:
    """The tunes from the first to the second, both included."""
    model = model_name()
    first, second = ends()
    settings = state.blend_settings()
    path = cache.blend(
        model,
        (first.z, second.z),
        settings.num_steps,
        settings.spherical,
        first.tune.qpm,
    )
    last = len(path) - 1
    found = [
        Step(
            title=_title(first, second, index, last),
            tune=decoded.tune,
            z=z,
            certainty=picks.plain_certainty(decoded),
            ghosts=decoded.ghosts,
        )
        for index, (z, decoded) in enumerate(path)
    ]
    if settings.own_ends:
        for index, pick in ((0, first), (last, second)):
            found[index] = written(found[index], pick, first.tune.qpm)
    return tuple(found)


def written(step: Step, pick: Pick, qpm: float) -> Step:
    """A step that plays a tune as it was written, not the model's version."""
    model = model_name()
    return replace(
        step,
        tune=replace(pick.tune, qpm=qpm),
        certainty=picks.certainty(model, pick),
        ghosts=picks.ghosts(model, pick),
    )


def tiles(path: tuple[Step, ...]) -> list[Tile]:
    """The steps as pictures that sound."""
    return [
        Tile(label=label(index, len(path) - 1), loop=loop(step))
        for index, step in enumerate(path)
    ]


def loop(step: Step) -> PlayerData:
    """One step for the player."""
    return loop_of(
        step.tune,
        title=step.title,
        certainty=step.certainty,
        ghosts=step.ghosts,
        parts=cache.parts(model_name()),
    )


def front(path: tuple[Step, ...]) -> int:
    """Index of the step in front: the one last chosen, at first the middle one."""
    share = state.blend_share()
    return round(share * (len(path) - 1))


def title() -> str:
    """What all steps together are called."""
    first, second = ends()
    return f"{first.title} to {second.title}"


def passage(step: Step, among: Sequence[Pick]) -> Passage:
    """A step to be kept, and the tunes it lies between."""
    model = model_name()
    sources = [f"{pick.title} ({picks.credit(model, pick)})" for pick in among]
    return Passage(
        title=step.title,
        tune=step.tune,
        z=step.z,
        credit=f"between {' and '.join(sources)}",
    )


def pick(step: Step) -> Pick:
    """A step as a tune for the other pages: the model's music, at the step's tempo."""
    found = picks.decoded(model_name(), step.title, step.z, "blend")
    return replace(found, tune=replace(found.tune, qpm=step.tune.qpm))


def bring(index: int) -> None:
    """Put a step in front; it sounds only if something sounds already."""
    path = steps()
    state.set_blend_share(index / (len(path) - 1))
    offer_front()


def stretch(num_steps: int) -> None:
    """Pull the ends apart, or together; the place in front stays about where it is."""
    within = min(MOST_STEPS, max(FEWEST_STEPS, num_steps))
    st.session_state[state.BLEND_STEPS] = within
    offer_front()


def changes(step: Step) -> str:
    """What is different from the first tune, in words a listener can check."""
    first = ends()[0]
    model = model_name()
    before, after = (cache.measure(model, tune) for tune in (first.tune, step.tune))
    return words.changes(before, after, cache.model(model).encoding)


def offer_front() -> None:
    """Hand the dock the step in front."""
    path = steps()
    offer(path[front(path)])


def offer(step: Step) -> None:
    """Hand the dock a step; it sounds only if something sounds already."""
    state.offer(step.title, step.tune, step.certainty, step.ghosts)


def next_pair() -> None:
    """Put the next of the chosen pairs on the table."""
    number = state.pair_number() + 1
    state.set_pair_number(number)
    _set_pair(picks.pair(model_name(), number))
    offer_front()


def curves() -> tuple[Float[ndarray, "steps attributes"], Int[ndarray, " steps"]]:
    """Attributes of each step, and how many real tunes are near it."""
    path, model = steps(), model_name()
    values = np.stack([cache.measure(model, step.tune) for step in path])
    return values, cache.support(model, tuple(step.z for step in path))


def swap() -> None:
    """Exchange the two ends."""
    first, second = ends()
    _set_pair((second, first))
    state.set_blend_share(1 - state.blend_share())
    offer_front()


def _set_pair(pair: tuple[Pick, Pick]) -> None:
    state.set_end("a", pair[0])
    state.set_end("b", pair[1])


def model_name() -> str:
    """The checkpoint in use; one is chosen before any page runs."""
    model = state.model_name()
    assert model is not None, "a model is chosen before any page runs"
    return model


def _title(first: Pick, second: Pick, index: int, last: int) -> str:
    if index == 0:
        return first.title
    if index == last:
        return second.title
    return f"{label(index, last)} of the way to {second.title}"


def label(index: int, last: int) -> str:
    """What a step is called: A, how much of the way, or B."""
    if index == 0:
        return "A"
    if index == last:
        return "B"
    return f"{100 * index / last:.0f} %"
