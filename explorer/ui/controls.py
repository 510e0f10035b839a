"""Widgets that two pages or more use."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from explorer import midi
from explorer.charts import DARK, LIGHT, Palette
from explorer.notes import NoteSequence
from explorer.ui import blending, cache, picks, state, words
from explorer.ui.failures import guarded
from explorer.ui.player import Tile, loop_of, strip
from explorer.ui.shelf import Offer
from explorer.ui.state import End, Pick

NO_MODEL = (
    "The music model isn't installed yet, so there is nothing to play. Put a "
    "checkpoint into the folder `checkpoints` (the README says how to make one) and "
    "start again."
)


def palette() -> Palette:
    """Colours of the theme the visitor sees."""
    return LIGHT if st.context.theme.type == "light" else DARK


def choose_model(found: Sequence[Offer]) -> str | None:
    """The checkpoint to use, with a picker where several work; None if none does."""
    labels = {offer.name: offer.label for offer in found if offer.problem is None}
    names = list(labels)
    if not names:
        st.info(NO_MODEL, title="No music model")
        return None
    if len(names) == 1:
        return names[0]
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center"
    ):
        st.caption("Music model", width="content")
        return st.selectbox(
            "Music model",
            names,
            format_func=labels.__getitem__,
            key="model_choice",
            label_visibility="collapsed",
            width=420,
            required=True,
            persist_state="session",
        )


def model_name() -> str:
    """The checkpoint in use; the frame runs no page without one."""
    name = state.model_name()
    assert name is not None, "the frame chooses a model before any page runs"
    return name


def blend_strip(key: str) -> tuple[blending.Step, ...]:
    """The tiles from A to B with the slider under them; returns their steps."""
    path = blending.steps()
    first, second = blending.ends()

    def chosen() -> None:
        event = st.session_state[key]["chosen"]
        blending.bring(int(event["index"]))

    strip(
        blending.tiles(path),
        index=blending.front(path),
        key=key,
        ends=(first.title, second.title),
        on_change=guarded(chosen),
    )
    return path


def gallery(shown: Sequence[Pick], key: str) -> None:
    """Tunes side by side, to hear by a click."""
    model = model_name()

    def chosen() -> None:
        pick = shown[int(st.session_state[key]["chosen"]["index"])]
        state.offer(pick.title, pick.tune, picks.certainty(model, pick))

    tiles = [
        Tile(
            label=pick.title,
            loop=loop_of(
                pick.tune, title=pick.title, certainty=picks.certainty(model, pick)
            ),
        )
        for pick in shown
    ]
    strip(tiles, key=key, kind="gallery", on_change=guarded(chosen))


def pick_tune(
    label: str, key: str, current: Pick, choose: Callable[[Pick], None]
) -> None:
    """A drop-down of every tune at hand, and a die for one nobody wrote.

    Parameters
    ----------
    label
        Words over the drop-down.
    key
        Streamlit's name of the drop-down.
    current
        The tune that is chosen now.
    choose
        Called with the newly chosen tune, before the page runs again.
    """
    model = model_name()
    kept = (state.map_pick(), state.own_pick(), state.shape_pick(), current)
    at_hand = [pick for pick in kept if pick is not None]
    extra = {pick.title: pick for pick in at_hand if pick.origin != "example"}
    options = [*extra, *(t for t in picks.example_titles() if t not in extra)]

    def chosen() -> None:
        title = st.session_state[key]
        choose(extra[title] if title in extra else picks.example(model, title))

    def roll() -> None:
        choose(picks.surprise(model, state.take_seed()))

    how = words.surprise(cache.model(model).checkpoint.metrics.get("samples", {}))
    st.session_state[key] = current.title
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(label, options, key=key, on_change=guarded(chosen))
        st.button(
            "Surprise me",
            key=f"{key}_roll",
            help=f"{how} Repeatable: its number brings it back.",
            on_click=guarded(roll),
        )
    st.caption(words.plain(picks.credit(model, current)))


def pick_end(which: End, label: str) -> None:
    """The drop-down of one end of the blend."""
    first, second = blending.ends()
    pick_tune(
        label,
        f"choice_{which}",
        first if which == "a" else second,
        lambda pick: blending.choose(which, pick),
    )


def use_as_ends(
    pick: Pick, key: str, *, then: Callable[[], None] = lambda: None
) -> None:
    """Buttons that put a tune at one end of the blend, or on the Shape page.

    What plays goes on; `then` is called after the choice.
    """

    def use(which: End) -> None:
        state.set_end(which, pick)
        then()

    first, second = blending.ends()
    with st.container(horizontal=True):
        for which, taken in (("a", first), ("b", second)):
            is_there = taken.z == pick.z
            st.button(
                f"{which.upper()} of the blend ✓"
                if is_there
                else f"Use as {which.upper()}",
                key=f"{key}_{which}",
                on_click=guarded(use),
                args=(which,),
                disabled=is_there,
                help="One end of the blend on the page Blend.",
            )
        st.button(
            "Bend it",
            key=f"{key}_shape",
            on_click=state.set_shape_pick,
            args=(pick,),
            help="Puts it on the page Shape.",
        )


def as_heard(tune: NoteSequence) -> NoteSequence:
    """The tune at the tempo and on the instrument set in the dock."""
    sound = state.sound()
    notes = tune.notes
    if sound.program is not None:
        notes = tuple(
            note if note.is_drum else replace(note, program=sound.program)
            for note in notes
        )
    return replace(tune, notes=notes, qpm=sound.qpm or tune.qpm)


def downloads(tune: NoteSequence, *, name: str, label: str, key: str) -> None:
    """Buttons that save a tune as MIDI and as WAV, as the dock plays it.

    Parameters
    ----------
    tune
        What to save.
    name
        Name of the file, without its ending.
    label
        What is saved, in a word or two.
    key
        Streamlit's name of the buttons.
    """
    heard = as_heard(tune)
    program = next((note.program for note in heard.notes if not note.is_drum), 0)
    missing = cache.no_wav_because()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            f"{label} as MIDI",
            lambda: midi.write_midi(heard),
            file_name=f"{name}.mid",
            mime="audio/midi",
            key=f"{key}_midi",
            on_click="ignore",
        )
        if missing is None:
            st.download_button(
                f"{label} as WAV",
                lambda: cache.wav(heard, program),
                file_name=f"{name}.wav",
                mime="audio/wav",
                key=f"{key}_wav",
                on_click="ignore",
            )
    if missing is not None:
        st.caption(words.plain(f"WAV: {missing}"))


def file_name(title: str) -> str:
    """A title made fit for a file name."""
    kept = "".join(c.lower() if c.isalnum() and c.isascii() else "-" for c in title)
    return "-".join(part for part in kept.split("-") if part)[:60] or "tune"
