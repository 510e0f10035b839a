"""Tunes one can pick: examples, dots of the map, surprises, one's own music."""

from dataclasses import replace

from explorer import examples
from explorer.examples import ExampleTune
from explorer.notes import NoteSequence, slice_bars
from explorer.ui import cache, state, words
from explorer.ui.state import Origin, Pick

TEMPO = 110.0  # of dots and surprises, quarter notes per minute


def example(model: str, title: str, bar: int = 0) -> Pick:
    """One of the examples that come with the app, from a bar on."""
    found = _examples()[title]
    phrase = slice_bars(found.tune, bar, cache.model(model).num_bars)
    name = f"{title}, bar {bar + 1}" if bar else title
    return _written(model, name, phrase, "example", f"{found.origin}, {found.year}")


def example_titles() -> tuple[str, ...]:
    """Titles of the examples."""
    return tuple(_examples())


def example_tune(title: str) -> NoteSequence:
    """The whole of one example."""
    return _examples()[title].tune


def pair(model: str, number: int) -> tuple[Pick, Pick]:
    """Two examples that blend well; after the last pair comes the first again."""
    pairs = examples.load_pairs()
    first, second = pairs[number % len(pairs)]
    return (
        example(model, first.title, first.bar),
        example(model, second.title, second.bar),
    )


def own(model: str, title: str, tune: NoteSequence) -> Pick:
    """A tune from somebody's own file."""
    return _written(model, title, tune, "upload", "Your own music")


def dot(model: str, row: int) -> Pick:
    """A phrase of the map, as the model plays it."""
    library = cache.model(model).library
    z = tuple(float(value) for value in library.mu[row])
    title = library.titles[row]
    bar = library.bars[row] + 1
    source = words.source_name(library.sources[row])
    credit = f"{source}, {library.licences[row]}, from bar {bar}"
    return _decoded(model, title, z, "map", credit, row)


def surprise(model: str, seed: int) -> Pick:
    """A tune nobody wrote; the same seed brings it back."""
    z = cache.surprise(model, seed)
    return _decoded(model, f"Surprise {seed}", z, "surprise", f"Made up, seed {seed}")


def decoded(model: str, title: str, z: tuple[float, ...], origin: Origin) -> Pick:
    """The tune that a code stands for."""
    return _decoded(model, title, z, origin, "")


def of_model(model: str, pick: Pick) -> Pick:
    """The model's version of a tune."""
    tune = cache.decode(model, pick.z, pick.tune.qpm).tune
    return replace(pick, tune=replace(tune, title=pick.title))


def play(model: str, pick: Pick) -> None:
    """Hand a tune to the dock and let it sound."""
    state.play(pick.title, pick.tune, certainty(model, pick))


def certainty(model: str, pick: Pick) -> tuple[float, ...] | None:
    """How sure the model is of each step; None for notes the model did not write."""
    if pick.origin in ("example", "upload"):
        return None
    decoded_tune = cache.decode(model, pick.z, pick.tune.qpm)
    return tuple(float(value) for value in decoded_tune.certainty)


def _examples() -> dict[str, ExampleTune]:
    return {example.title: example for example in examples.load_examples()}


def _written(
    model: str, title: str, tune: NoteSequence, origin: Origin, credit: str
) -> Pick:
    """A tune with notes of its own, cut to what the model reads."""
    loop = cache.one_phrase(model, tune)
    return Pick(
        title=title,
        tune=loop,
        z=cache.encode(model, loop),
        origin=origin,
        credit=credit,
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
