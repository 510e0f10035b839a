"""Widgets that two pages or more use."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.charts import DARK, LIGHT, Palette
from explorer.encodings import EncodingName
from explorer.nouns import NOUNS, Nouns
from explorer.ui import (
    blending,
    cache,
    journey_stops,
    picks,
    squaring,
    state,
    table,
    words,
)
from explorer.ui.failures import guarded
from explorer.ui.player import Tile, square, strip
from explorer.ui.shelf import Offer
from explorer.ui.state import End, Pick

REMARK_SECONDS = 10  # it stands beside the page: nothing moves under a hand that plays
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


def encoding() -> EncodingName:
    """What the checkpoint in use writes."""
    return cache.model(model_name()).encoding


def nouns() -> Nouns:
    """What its music is called."""
    return NOUNS[encoding()]


def blend_strip(key: str, *, can_pull: bool = False) -> tuple[blending.Step, ...]:
    """The tiles from A to B with the slider under them; returns their steps."""
    path = blending.steps()
    first, second = blending.ends()

    def chosen() -> None:
        blending.bring(state.take_gesture(key))

    def pulled() -> None:
        blending.stretch(int(st.session_state[key]["count"]["count"]))

    strip(
        blending.tiles(path),
        index=blending.front(path),
        gesture=state.gesture(),
        key=key,
        ends=(first.title, second.title),
        on_change=guarded(chosen),
        on_pull=guarded(pulled) if can_pull else None,
    )
    return path


@st.fragment
def blend_square(key: str) -> None:
    """The square between four tunes; its cells are sent while it is played."""
    tunes, name = squaring.corners(), squaring.identity()
    held = (st.session_state.get(key) or {}).get("have") or {}

    def chosen() -> None:
        squaring.bring(state.take_gesture(key))
        state.ask_for_run()

    square(
        squaring.next_cells(int(held["count"]) if held.get("square") == name else 0),
        name=name,
        size=state.square_size(),
        corners=(tunes[0].title, tunes[1].title, tunes[2].title, tunes[3].title),
        index=state.square_index(),
        gesture=state.gesture(),
        key=key,
        on_change=guarded(chosen),
    )
    if state.take_run():
        st.rerun()  # the dock and the words beside the square follow


def of_model(widget: str) -> str:
    """Key of a widget that shows what one model has; another model's are others."""
    return f"{widget}_{model_name()}"


def gallery(shown: Sequence[Pick], key: str) -> None:
    """Tunes side by side, to hear by a click."""
    model = model_name()

    def chosen() -> None:
        pick = shown[state.take_gesture(key)]
        picks.offer(model, pick)

    tiles = [Tile(label=pick.title, loop=picks.loop(model, pick)) for pick in shown]
    strip(
        tiles,
        key=key,
        kind="gallery",
        gesture=state.gesture(),
        on_change=guarded(chosen),
    )


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
    options = [*extra, *(t for t in picks.example_titles(model) if t not in extra)]

    def chosen() -> None:
        title = st.session_state[key]
        choose(extra[title] if title in extra else picks.example(model, title))

    def roll() -> None:
        choose(picks.surprise(model, state.take_seed()))

    figures = cache.model(model).checkpoint.metrics
    how = words.surprise(figures.get("samples", {}), encoding())
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
    """The drop-down of one end of the line, or corner of the square."""
    current = state.end(which)
    assert current is not None, "the table is set before any page runs"
    pick_tune(label, f"choice_{which}", current, lambda pick: table.choose(which, pick))


def use_as_ends(
    pick: Pick, key: str, *, then: Callable[[], None] = lambda: None
) -> None:
    """Buttons that put a tune at one end of the blend, or on the Shape page.

    What plays goes on; `then` is called after the choice.
    """

    def use(which: End) -> None:
        state.set_end(which, pick)
        then()

    corners: tuple[End, ...] = squaring.CORNERS if state.is_square() else ("a", "b")
    with st.container(horizontal=True):
        for which in corners:
            taken = state.end(which)
            is_there = taken is not None and taken.z == pick.z
            st.button(
                f"{which.upper()} of the blend ✓"
                if is_there
                else f"Use as {which.upper()}",
                key=f"{key}_{which}",
                on_click=guarded(use),
                args=(which,),
                disabled=is_there,
                help="An end or corner of the blend on the page Blend.",
            )
        send_on(pick, key)


def send_on(pick: Pick, key: str) -> None:
    """Buttons that put a tune on the page Shape, or at the journey's end.

    What plays goes on.
    """
    st.button(
        "Bend it",
        key=f"{key}_shape",
        on_click=state.set_shape_pick,
        args=(pick,),
        help="Puts it on the page Shape.",
    )
    st.button(
        "Pin to the journey",
        key=f"{key}_pin",
        on_click=guarded(journey_stops.pin),
        args=(pick,),
        help="Makes it the last stop on the page Journey.",
    )
    say_remark()  # in a fragment, the frame around it does not run


def say_remark() -> None:
    """Show what is to be said beside the page, if anything, for a while."""
    if remark := state.take_remark():
        st.toast(remark, icon=":material/info:", duration=REMARK_SECONDS)
