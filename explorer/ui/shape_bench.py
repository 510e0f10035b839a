"""The sliders of the page Shape, what moves all of them at once, and the tune made."""

from typing import Final

import streamlit as st

from explorer.ui import (
    controls,
    link_making,
    picks,
    saving,
    shaping,
    sharing_views,
    state,
    words,
)
from explorer.ui.failures import guarded
from explorer.ui.player import SliderData, SlidersEvent, sliders
from explorer.ui.shaping import Bent, Setting, Size, Slider

BENCH: Final = "shape_bench"  # the sliders' own state
KNOWN: Final = "shape_gesture"  # int; the last gesture on them that is known
SEED: Final = "shape_seed"  # int; of the surprise to bring back

OBEYED: Final = 0.5  # share of the wish that counts as done
WEAK_WISH: Final = 0.5  # smaller wishes are not judged
WORKS_WELL: Final = 0.75  # share of held-out tunes; below, a slider is called weak
HOW: Final = (
    "Hatched is what you asked for, solid what the {note}s written did, on one scale. "
    "Arrow keys move a slider by a quarter, 0 or a double click to the middle."
)


def bench(found: Bent) -> None:
    """All sliders, and what is done to them together."""
    settings = shaping.settings()
    rows = [_row(slider, settings[slider.name], found) for slider in shaping.sliders()]
    sliders(
        rows,
        reach=shaping.REACH,
        step=shaping.STEP,
        nth=int(st.session_state.get(KNOWN, 0)),
        key=BENCH,
        on_set=guarded(_set),
    )
    st.caption(HOW.format(note=controls.nouns().note))
    together()
    if said := disobeyed(found):
        st.caption(words.plain(said))


def together() -> None:
    """Buttons that move every slider but the locked ones."""
    reaches = shaping.SURPRISES
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for size, reach in reaches.items():
            st.button(
                f"Surprise me, {size}",
                key=f"shape_surprise_{size}",
                on_click=guarded(_surprise),
                args=(size,),
                help=f"Puts every slider that is not locked up to {reach:g} away from "
                "its middle. Repeatable: its number brings it back.",
            )
        st.button("Back to the middle", key="shape_reset", on_click=guarded(_reset))
        if last := shaping.last_surprise():
            size, st.session_state[SEED] = last
            st.number_input(
                f"Surprise, {size}, number",
                min_value=0,
                key=SEED,
                on_change=guarded(_repeat),
                width=170,
                help="The same number gives the same surprise again.",
            )


def result(found: Bent, key: str) -> None:
    """The tune before and after, what changed, and where it can go from here."""
    controls.gallery(shaping.before_and_after(found), key=f"{key}_gallery")
    with st.container(horizontal=True):  # up here, they have room to open
        passages = [picks.passage(found.pick)]
        saving.keep(passages, title=found.pick.title, key=f"{key}_save")
        sharing_views.share(
            link_making.bent, what=controls.nouns().one, key=f"{key}_share"
        )
    st.markdown(f"**What changed:** {shaping.changes(found)}.")
    controls.use_as_ends(found.pick, key=f"{key}_use", then=shaping.redraw)


def success(share: float | None) -> str:
    """How often a slider was seen to work, in words; "" if nobody looked."""
    if share is None:
        return ""
    times = round(10 * share)
    if share >= WORKS_WELL:
        return f"works {times} times in 10" if times < 10 else "works nearly every time"
    return f"only works about {times} times in 10" if times else "hardly ever works"


def is_disobeyed(value: float, got: float) -> bool:
    """Whether a wish is large enough to be judged, and less than half came of it."""
    return abs(value) >= WEAK_WISH and got * value < OBEYED * value * value


def disobeyed(found: Bent) -> str:
    """Which sliders did not do what was asked, and why that may be; "" if all did."""
    wanted = shaping.amounts()
    labels = [
        f"“{slider.label}”"
        for slider in shaping.sliders()
        if is_disobeyed(wanted.get(slider.name, 0.0), found.got[slider.name])
    ]
    if not labels:
        return ""
    return (
        f"{' and '.join(labels)} did not do what you asked. The model knows too few "
        f"such {controls.nouns().many}, or another slider pulls against it. Try a "
        "smaller step."
    )


def _row(slider: Slider, setting: Setting, found: Bent) -> SliderData:
    got = found.got[slider.name]
    is_weak = slider.works is not None and slider.works < WORKS_WELL
    note = success(slider.works) if slider.note is None else slider.note
    if is_disobeyed(setting.value, got):
        note, is_weak = "did not obey here", True
    return {
        "name": slider.name,
        "label": slider.label,
        "help": slider.help,
        "note": note,
        "is_weak": is_weak,
        "value": setting.value,
        "before": setting.before,
        "is_locked": setting.is_locked,
        "got": round(got, 2),
    }


def _set() -> None:
    """Sliders have been let go, or locked."""
    event: SlidersEvent = st.session_state[BENCH]["set"]
    st.session_state[KNOWN] = int(event["nth"])
    shaping.lock(event["locked"])
    shaping.move(event["values"])
    _heard()


def _surprise(size: Size) -> None:
    shaping.surprise(size, state.take_seed())
    _heard()


def _repeat() -> None:
    """Bring back the surprise of the number that was typed."""
    last, seed = shaping.last_surprise(), st.session_state[SEED]
    if last is not None and seed is not None:
        shaping.surprise(last[0], int(seed))
        _heard()


def _reset() -> None:
    shaping.reset()
    _heard()


def _heard() -> None:
    shaping.offer()
    shaping.redraw()
