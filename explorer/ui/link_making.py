"""What a link to what is heard now holds: a blend, a tune, a bent tune, a journey."""

from dataclasses import asdict

from explorer.errors import SharedLinkError
from explorer.ui import (
    blending,
    journeying,
    shaping,
    sharing,
    squaring,
    state,
    taught,
)
from explorer.ui.link_fields import LinkSettings
from explorer.ui.sharing import SharedBlend, SharedJourney, SharedShape
from explorer.ui.state import Pick


def blend() -> dict[str, str]:
    """The blend, with the tile or cell in front.

    Raises
    ------
    SharedLinkError
        If its tunes have too many notes for a link.
    """
    is_square = state.is_square()
    settings = state.blend_settings()
    last = settings.num_steps - 1
    return sharing.to_query(
        blending.model_name(),
        squaring.corners() if is_square else blending.ends(),
        SharedBlend(
            view="square" if is_square else "line",
            index=state.square_index()
            if is_square
            else round(state.blend_share() * last),
            size=state.square_size() if is_square else settings.num_steps,
            spherical=settings.spherical,
            own_ends=settings.own_ends,
        ),
        _sound(),
    )


def tune(pick: Pick) -> dict[str, str]:
    """One tune; it is opened on the page Shape, as it is.

    Raises
    ------
    SharedLinkError
        If it has too many notes for a link.
    """
    content = SharedShape(amounts=())
    return sharing.to_query(blending.model_name(), [pick], content, _sound())


def bent() -> dict[str, str]:
    """The tune on the page Shape and its sliders.

    Nobody else has a slider that was taught here: with one, it is the tune as it was
    bent.

    Raises
    ------
    SharedLinkError
        If it has too many notes for a link.
    """
    amounts = shaping.amounts()
    if amounts.keys() & {slider.key for slider in taught.sliders()}:
        return tune(shaping.bent().pick)
    content = SharedShape(amounts=tuple(amounts.items()))
    tunes = [shaping.current()]
    return sharing.to_query(blending.model_name(), tunes, content, _sound())


def journey() -> dict[str, str]:
    """The journey.

    Raises
    ------
    SharedLinkError
        If there is none, or its stops have too many notes for a link.
    """
    plan = journeying.plan()
    if plan is None:
        raise SharedLinkError("There is no journey yet. Add a stop, and share it then.")
    content = SharedJourney(
        bars=plan.bars,
        between=plan.between,
        spherical=plan.spherical,
        times=plan.times,
        ending=plan.ending,
        beat=plan.beat,
    )
    return sharing.to_query(blending.model_name(), plan.stops, content, _sound())


def _sound() -> LinkSettings:
    return sharing.settings_of(asdict(state.sound()))
