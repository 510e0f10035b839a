"""A journey: stops in latent space, the way between them, and the music of it."""

from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st

from explorer.ui.state import Pick

Ending = Literal["stop", "home", "hold"]
PLAN: Final = "journey_plan"  # JourneyPlan of the visit


@dataclass(frozen=True, kw_only=True)
class JourneyPlan:
    """Everything a journey is made from; immutable, so that an old one can be kept."""

    stops: tuple[Pick, ...]
    bars: int  # played at each stop, and of each blend between two
    between: int  # blends on the way from a stop to the next
    spherical: bool  # the way turns round the middle, or goes straight
    times: int  # the whole is played so often
    ending: Ending  # as it comes; back at the first stop; the last note held
    beat: str | None  # title of a drum loop under a melody


def plan() -> JourneyPlan | None:
    """The journey of this visit, if one was begun with the model in use."""
    return st.session_state.get(PLAN)


def set_plan(wanted: JourneyPlan) -> None:
    """Make this the journey."""
    st.session_state[PLAN] = wanted
