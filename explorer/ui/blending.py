"""The blend on the table: its two ends, its settings and the tunes in between."""

from dataclasses import dataclass, replace

from explorer.notes import NoteSequence, concatenate
from explorer.ui import cache, picks, state, words
from explorer.ui.player import Tile, loop_of
from explorer.ui.state import End, Pick


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stop on the way from the first tune to the second."""

    title: str
    tune: NoteSequence
    z: tuple[float, ...]
    certainty: tuple[float, ...] | None  # None: notes the model did not write


def set_table() -> None:
    """Put the first pair in place, so that no page ever opens on nothing."""
    model = state.model_name()
    if model is None:
        return
    if state.end("a") is None:
        _fill_end(model, "a", state.end("b"))
    if state.end("b") is None:
        _fill_end(model, "b", state.end("a"))
    if state.playing() is None:
        offer_front()


def ends() -> tuple[Pick, Pick]:
    """Both tunes; `set_table` has put them there."""
    first, second = state.end("a"), state.end("b")
    assert first is not None, "the table is set before any page runs"
    assert second is not None, "the table is set before any page runs"
    return first, second


def steps() -> tuple[Step, ...]:
    """The tunes from the first to the second, both included."""
    model = _model()
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
            certainty=tuple(float(value) for value in decoded.certainty),
        )
        for index, (z, decoded) in enumerate(path)
    ]
    if settings.own_ends:
        for index, pick in ((0, first), (last, second)):
            found[index] = replace(
                found[index],
                tune=replace(pick.tune, qpm=first.tune.qpm),
                certainty=picks.certainty(model, pick),
            )
    return tuple(found)


def tiles(path: tuple[Step, ...]) -> list[Tile]:
    """The steps as pictures that sound."""
    return [
        Tile(
            label=_label(index, len(path) - 1),
            loop=loop_of(step.tune, title=step.title, certainty=step.certainty),
        )
        for index, step in enumerate(path)
    ]


def front(path: tuple[Step, ...]) -> int:
    """Index of the step in front: the one last chosen, at first the middle one."""
    share = state.blend_share()
    return round(share * (len(path) - 1))


def whole(path: tuple[Step, ...]) -> NoteSequence:
    """All steps one after the other."""
    first, second = ends()
    return concatenate(
        [step.tune for step in path], title=f"{first.title} to {second.title}"
    )


def bring(index: int) -> None:
    """Put a step in front; it sounds only if something sounds already."""
    path = steps()
    state.set_blend_share(index / (len(path) - 1))
    offer_front()


def changes(step: Step) -> str:
    """What is different from the first tune, in words a listener can check."""
    first = ends()[0]
    before, after = (cache.measure(_model(), tune) for tune in (first.tune, step.tune))
    return words.changes(before, after)


def offer_front() -> None:
    """Hand the dock the step in front."""
    path = steps()
    step = path[front(path)]
    state.offer(step.title, step.tune, step.certainty)


def choose(which: End, pick: Pick) -> None:
    """Put a tune at one end and let the dock follow."""
    state.set_end(which, pick)
    offer_front()


def next_pair() -> None:
    """Put the next of the chosen pairs on the table."""
    number = state.pair_number() + 1
    state.set_pair_number(number)
    _set_pair(picks.pair(_model(), number))
    offer_front()


def swap() -> None:
    """Exchange the two ends."""
    first, second = ends()
    state.set_end("a", second)
    state.set_end("b", first)
    state.set_blend_share(1 - state.blend_share())
    offer_front()


def _fill_end(model: str, which: End, other: Pick | None) -> None:
    """Put a tune of the pair at an empty end, not the one at the other end."""
    first, second = picks.pair(model, state.pair_number())
    wanted, spare = (first, second) if which == "a" else (second, first)
    is_taken = other is not None and other.title == wanted.title
    state.set_end(which, spare if is_taken else wanted)


def _set_pair(pair: tuple[Pick, Pick]) -> None:
    state.set_end("a", pair[0])
    state.set_end("b", pair[1])


def _model() -> str:
    model = state.model_name()
    assert model is not None, "a model is chosen before any page runs"
    return model


def _title(first: Pick, second: Pick, index: int, last: int) -> str:
    if index == 0:
        return first.title
    if index == last:
        return second.title
    return f"{_label(index, last)} of the way to {second.title}"


def _label(index: int, last: int) -> str:
    if index == 0:
        return "A"
    if index == last:
        return "B"
    return f"{100 * index / last:.0f} %"
