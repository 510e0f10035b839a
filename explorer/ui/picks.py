"""Tunes one can pick: examples, dots of the map, surprises, one's own music."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from explorer import examples
from explorer.examples import ExamplePlace, ExampleTune
from explorer.ghosts import Ghost
from explorer.notes import NoteSequence, slice_bars
from explorer.passage import Passage
from explorer.trained_model import DecodedTune
from explorer.ui import cache, state, words
from explorer.ui.player import PlayerData, loop_of
from explorer.ui.state import Certainty, Origin, Pick

WRITTEN: Final = ("example", "upload")  # origins of notes that no model wrote
TEMPO = 110.0  # of dots and surprises, quarter notes per minute


def example(model: str, title: str, bar: int = 0) -> Pick:
    """One of the examples that come with the app, from a bar on."""
    found = _examples(model)[title]
    rest = slice_bars(found.tune, bar, found.tune.num_bars - bar)
    name = f"{title}, bar {bar + 1}" if bar else title
    return _written(model, name, rest, "example", _origin(found))


def example_titles(model: str) -> tuple[str, ...]:
    """Titles of the examples that a model can read."""
    return tuple(_examples(model))


def example_tune(model: str, title: str) -> NoteSequence:
    """The whole of one example."""
    return _examples(model)[title].tune


def pair(model: str, number: int) -> tuple[Pick, Pick]:
    """Two examples that blend well; after the last pair comes the first again.

    Pairs that fill a phrase, once or a whole number of times, come before those
    that break off in the middle.
    """
    used = cache.model(model)
    pairs = sorted(
        examples.load_pairs(used.encoding),
        key=lambda pair: not all(_fills(model, place) for place in pair),
    )
    first, second = pairs[number % len(pairs)]
    return (
        example(model, first.title, first.bar),
        example(model, second.title, second.bar),
    )


def own(model: str, title: str, tune: NoteSequence) -> Pick:
    """A tune from somebody's own file."""
    return _written(model, title, tune, "upload", "Your own music")


def again(model: str, pick: Pick) -> Pick:
    """A written tune as this model reads it."""
    assert pick.whole is not None, "only written tunes have notes of their own"
    return _written(model, pick.title, pick.whole, pick.origin, pick.credit)


def credit(model: str, pick: Pick) -> str:
    """Where a tune comes from, and how a short one fills the phrase."""
    filling = ""
    if pick.whole is not None:
        filling = words.filling(pick.whole.num_bars, cache.model(model).num_bars)
    return "; ".join(part for part in (pick.credit, filling) if part)


def dot(model: str, row: int) -> Pick:
    """A phrase of the map, as the model plays it."""
    return dots(model, [row])[0]


def dots(model: str, rows: Sequence[int]) -> list[Pick]:
    """Phrases of the map, computed together."""
    library = cache.model(model).library
    codes = [tuple(float(value) for value in library.mu[row]) for row in rows]
    cache.decode_all(model, codes)
    return [
        _decoded(
            model,
            library.titles[row],
            z,
            "map",
            f"{words.source_name(library.sources[row])}, {library.licences[row]}, "
            f"from bar {library.bars[row] + 1}",
            row,
        )
        for row, z in zip(rows, codes, strict=True)
    ]


def as_written(model: str, pick: Pick) -> Pick | None:
    """The notes of a dot as they were written, where the map was made to keep them."""
    used = cache.model(model)
    if pick.row is None or used.library.tokens is None:
        return None
    title = f"{pick.title}, as written"
    tokens = used.library.tokens[pick.row]
    tune = replace(used.converter.from_tokens(tokens, qpm=TEMPO), title=title)
    return replace(pick, title=title, tune=tune, origin="upload", row=None)


def passage(pick: Pick) -> Passage:
    """A tune to be kept: by its code, or as it was written."""
    return Passage(
        title=pick.title,
        tune=pick.tune,
        z=None if is_written(pick) else pick.z,
        credit=pick.credit,
    )


def same_dot(before: str, model: str, row: int) -> Pick | None:
    """The phrase that starts where a dot of another model's map does, if any."""
    old, new = cache.model(before).library, cache.model(model).library
    wanted = old.titles[row], old.bars[row], old.sources[row]
    places = zip(new.titles, new.bars, new.sources, strict=True)
    found = next((at for at, place in enumerate(places) if place == wanted), None)
    return None if found is None else dot(model, found)


def surprise(model: str, seed: int) -> Pick:
    """A tune nobody wrote; the same seed brings it back."""
    z = cache.surprise(model, seed)
    made = f"Made up near real tunes of the map, number {seed}"
    return _decoded(model, f"Surprise {seed}", z, "surprise", made)


def decoded(model: str, title: str, z: tuple[float, ...], origin: Origin) -> Pick:
    """The tune that a code stands for."""
    return _decoded(model, title, z, origin, "")


def of_model(model: str, pick: Pick) -> Pick:
    """The model's version of a tune."""
    tune = cache.decode(model, pick.z, pick.tune.qpm).tune
    return replace(pick, tune=replace(tune, title=pick.title))


def play(model: str, pick: Pick) -> None:
    """Hand a tune to the dock and let it sound."""
    state.play(pick.title, pick.tune, certainty(model, pick), ghosts(model, pick))


def offer(model: str, pick: Pick) -> None:
    """Hand a tune to the dock; it sounds only if something sounds already."""
    state.offer(pick.title, pick.tune, certainty(model, pick), ghosts(model, pick))


def loop(model: str, pick: Pick) -> PlayerData:
    """A tune for the player."""
    return loop_of(
        pick.tune,
        title=pick.title,
        certainty=certainty(model, pick),
        ghosts=ghosts(model, pick),
        parts=cache.parts(model),
    )


def plain_certainty(decoded: DecodedTune) -> Certainty:
    """How sure the model was, as plain values: of each step, or each step and part."""
    rows = decoded.certainty.tolist()
    if decoded.certainty.ndim == 1:
        return tuple(rows)
    return tuple(tuple(row) for row in rows)


def is_written(pick: Pick) -> bool:
    """Whether its notes are as somebody wrote them, not the model's."""
    return pick.origin in WRITTEN


def certainty(model: str, pick: Pick) -> Certainty | None:
    """How sure the model is of each step; None for notes the model did not write."""
    if is_written(pick):
        return None
    return plain_certainty(cache.decode(model, pick.z, pick.tune.qpm))


def ghosts(model: str, pick: Pick) -> tuple[Ghost, ...]:
    """Notes the model nearly wrote; none of a tune that it did not write."""
    if is_written(pick):
        return ()
    return cache.decode(model, pick.z, pick.tune.qpm).ghosts


def _examples(model: str) -> dict[str, ExampleTune]:
    found = examples.load_examples(cache.model(model).encoding)
    return {example.title: example for example in found}


def _origin(found: ExampleTune) -> str:
    """Where an example comes from: a tune from somebody at some time, or a style."""
    if found.year is None:
        return f"Style: {found.origin}"
    made = f"{found.origin}, {found.year}"
    return f"{made}; {found.setting}" if found.setting else made


def _fills(model: str, place: ExamplePlace) -> bool:
    """Whether an example from a place on is long enough, or fits in evenly."""
    num_bars = cache.model(model).num_bars
    rest = _examples(model)[place.title].tune.num_bars - place.bar
    return rest >= num_bars or num_bars % rest == 0


def _written(
    model: str, title: str, tune: NoteSequence, origin: Origin, credit: str
) -> Pick:
    """A tune with notes of its own, as long as what the model reads."""
    loop = cache.one_phrase(model, tune)
    return Pick(
        title=title,
        tune=loop,
        z=cache.encode(model, loop),
        origin=origin,
        credit=credit,
        whole=tune,
    )


def _decoded(
    model: str,
    title: str,
    z: tuple[float, ...],
    origin: Origin,
    credit: str,
    row: int | None = None,
) -> Pick:
    tune = cache.decode(model, z, TEMPO).tune
    return Pick(
        title=title,
        tune=replace(tune, title=title),
        z=z,
        origin=origin,
        credit=credit,
        row=row,
    )
