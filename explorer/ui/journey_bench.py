"""The Journey page: the arrangement, what it is made with, and what is added to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

import streamlit as st

from explorer import examples, journey
from explorer.notes import STEPS_PER_BAR, NoteSequence
from explorer.ui import (
    blending,
    cache,
    controls,
    journey_stops,
    journeying,
    link_making,
    picks,
    saving,
    sharing_views,
    state,
    words,
)
from explorer.ui.failures import guarded
from explorer.ui.journeying import JourneyPlan
from explorer.ui.player import (
    JourneyBlock,
    JourneyStop,
    StopsEvent,
    arrangement,
    loop_of,
)
from explorer.ui.state import Pick

Option = TypeVar("Option", int, str)

PAGE: Final = "journey_page"  # the fragment that it is
STRIP: Final = "journey_strip"  # Streamlit's keys of the widgets below
BARS: Final = "journey_bars"
BETWEEN: Final = "journey_between"
PATH: Final = "journey_path"
TIMES: Final = "journey_times"
ENDING: Final = "journey_ending"
BEAT: Final = "journey_beat"
NEXT: Final = "journey_next"
CANDIDATE: Final = "journey_candidate"  # Pick; of a model's own
PLAYED: Final = "journey_played"  # the last gesture on the strip that is known

ENDINGS: Final[dict[journey.Ending, str]] = {
    "stop": "As it comes",
    "home": "Back at stop 1",
    "hold": "Hold the last note",
}
NO_BEAT: Final = "No beat"
EMPTY: Final = (
    "No stops yet. Add one below, pin one on another page, or draw a line across the "
    "map."
)


@st.fragment(key=PAGE)
def page() -> None:
    """All of it, so that the frame around it does not run for a setting."""
    found = journey_stops.lay()
    st.title("Make a journey", anchor=False)
    st.caption(
        "From stop to stop, with music in between that nobody wrote. Click a block to "
        "play from there; drag a stop to move it."
    )
    if found.stops:
        _strip(found)
    else:
        st.info(EMPTY, title="An empty journey")
        _undo_button()
    _settings(found)
    _more(found)


def redraw() -> None:
    """Run the dock and the page again, and nothing else."""
    st.rerun([state.DOCK_FRAGMENT, PAGE])


def blocks(found: JourneyPlan) -> list[JourneyBlock]:
    """The blocks of one round that are played, and after them the ending's."""
    table = journeying.timetable(found)
    made: list[JourneyBlock] = []
    for index, spot in enumerate(journeying.spots(found)):
        place = spot.place
        made.append(
            {
                "kind": "stop" if place.is_stop else "blend",
                "label": f"Stop {place.left + 1}: {spot.title}"
                if place.is_stop
                else spot.title,
                "stop": place.left,
                "next": place.right,
                "share": place.share,
                "start_step": index * table.bars * STEPS_PER_BAR,
                "steps": table.bars * STEPS_PER_BAR,
            }
        )
    if table.ending == "stop":
        return made
    is_home = table.ending == "home"
    stop = 0 if is_home else made[-1]["stop"]
    made.append(
        {
            "kind": table.ending,
            "label": f"Back home: {found.stops[0].title}"
            if is_home
            else journeying.HELD,
            "stop": stop,
            "next": stop,
            "share": 0.0,
            "start_step": table.num_places * table.bars * STEPS_PER_BAR,
            "steps": (table.bars if is_home else 1) * STEPS_PER_BAR,
        }
    )
    return made


def told(found: JourneyPlan, tune: NoteSequence) -> str:
    """How long the journey is, and what of it does not fit."""
    minutes, seconds = divmod(round(tune.duration_seconds), 60)
    said = f"{words.counted(tune.num_bars, 'bar')}, {minutes}:{seconds:02d}"
    wanted = journeying.wanted_bars(found)
    if wanted > tune.num_bars:
        said += (
            f". All of it would be {wanted:,} bars; a journey has {journey.MOST_BARS} "
            "at most, so the rest is left out"
        )
    return f"{said}."


def _strip(found: JourneyPlan) -> None:
    passages = journeying.passages()
    whole = journeying.tune_of(passages)
    loop = loop_of(whole, parts=cache.lanes(controls.model_name(), whole))

    def rearranged() -> None:
        event: StopsEvent = st.session_state[STRIP]["stops"]
        st.session_state[PLAYED] = int(event["nth"])
        journey_stops.put(event["stops"])
        redraw()

    arrangement(
        loop,
        blocks(found),
        stops=[
            JourneyStop(id=journey_stops.id_of(stop), title=stop.title)
            for stop in found.stops
        ],
        times=journeying.timetable(found).times,
        nth=int(st.session_state.get(PLAYED, 0)),
        key=STRIP,
        on_stops=guarded(rearranged),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words.plain(told(found, whole)))
        _undo_button()
        saving.keep(
            passages, title=whole.title, key="journey_save", label="Keep the journey"
        )
        sharing_views.share(link_making.journey, what="journey", key="share_journey")


def _undo_button() -> None:
    st.button(
        "Undo",
        key="journey_undo",
        icon=":material/undo:",
        on_click=guarded(_undo),
        disabled=not journey_stops.can_undo(),
        help="Back to the journey before the last change.",
    )


def _settings(found: JourneyPlan) -> None:
    """What the journey is made with; a change is heard at once if it sounds."""
    model = controls.model_name()
    first = st.columns(3)
    with first[0]:
        _choice(
            "Bars at each stop",
            BARS,
            list(journey_stops.bars_to_choose(model)),
            found.bars,
            lambda bars: replace(found, bars=bars),
        )
    with first[1]:
        _choice(
            "Blends between stops",
            BETWEEN,
            list(range(journey.MOST_BETWEEN + 1)),
            found.between,
            lambda between: replace(found, between=between),
        )
    with first[2]:
        _choice(
            "Times through",
            TIMES,
            list(range(1, journey.MOST_TIMES + 1)),
            found.times,
            lambda times: replace(found, times=times),
        )
    second = st.columns(3)
    with second[0]:
        _choice(
            "The way between",
            PATH,
            list(state.BLEND_PATHS),
            state.BLEND_PATHS[not found.spherical],
            lambda path: replace(found, spherical=path == state.BLEND_PATHS[0]),
        )
    with second[1]:
        endings = list(ENDINGS.values())
        names = {label: name for name, label in ENDINGS.items()}
        _choice(
            "At the end",
            ENDING,
            endings,
            ENDINGS[found.ending],
            lambda label: replace(found, ending=names[label]),
        )
    if controls.encoding() == "melody":
        with second[2]:
            beats = [beat.title for beat in examples.beat_loops()]
            _beat([NO_BEAT, *beats], found)


def _choice(
    label: str,
    key: str,
    options: list[Option],
    now: Option,
    changed: Callable[[Option], JourneyPlan],
) -> None:
    """Buttons in a row, of which the one that holds is pressed."""

    def chosen() -> None:
        journey_stops.change(changed(st.session_state[key]))
        redraw()

    st.session_state[key] = now
    st.segmented_control(
        label, options, key=key, required=True, on_change=guarded(chosen)
    )


def _beat(options: list[str], found: JourneyPlan) -> None:
    def chosen() -> None:
        title = st.session_state[BEAT]
        journey_stops.change(replace(found, beat=None if title == NO_BEAT else title))
        redraw()

    st.session_state[BEAT] = found.beat if found.beat in options else NO_BEAT
    st.selectbox(
        "Drums under it",
        options,
        key=BEAT,
        on_change=guarded(chosen),
        help="A loop that goes on under all of the journey and is kept with it.",
    )


def _more(found: JourneyPlan) -> None:
    """Another stop."""
    st.markdown("**Another stop**")
    left, right = st.columns([3, 1], gap="medium", vertical_alignment="center")
    candidate = _candidate(found)
    with left:
        controls.pick_tune(controls.nouns().one.capitalize(), NEXT, candidate, _choose)
    right.button(
        "Add as the last stop",
        key="journey_add",
        icon=":material/add:",
        on_click=guarded(_add),
        args=(candidate,),
    )


def _candidate(found: JourneyPlan) -> Pick:
    """The tune that is added next: the one last chosen here, at first an example."""
    key = controls.of_model(CANDIDATE)
    if key not in st.session_state:
        model = controls.model_name()
        taken = {stop.title for stop in found.stops}
        titles = picks.example_titles(model)
        free = (title for title in titles if title not in taken)
        st.session_state[key] = picks.example(model, next(free, titles[0]))
    chosen: Pick = st.session_state[key]
    return chosen


def _choose(pick: Pick) -> None:
    """Take another tune in hand, and let it be heard."""
    st.session_state[controls.of_model(CANDIDATE)] = pick
    picks.offer(blending.model_name(), pick)
    redraw()


def _add(pick: Pick) -> None:
    number = journey_stops.add(pick)
    journey_stops.hear()
    state.remark(f"Stop {number}: “{words.plain(pick.title)}”.")
    redraw()


def _undo() -> None:
    journey_stops.undo()
    redraw()
