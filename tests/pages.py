"""What tests of the pages share: opening one, reading it, changing the model."""

import json
import re

from streamlit.testing.v1 import AppTest

from explorer.ui import state
from tests.conftest import ROOT

PAGES = ("start", "blend", "map", "shape", "journey", "my_music", "under_the_hood")
PATIENCE = 600.0  # seconds a run may take: a busy machine must not fail a test


def frame():
    """The app as it starts, before its first run."""
    return AppTest.from_file(ROOT / "explorer/ui/main.py", default_timeout=PATIENCE)


def opened(app, page):
    """The app on one of its pages, which must not have failed."""
    app.run()
    if page != "start":
        app.switch_page(f"../../pages/{page}.py").run()
    assert not app.exception
    return app


def said(app):
    """All text on the page, as it is read."""
    kinds = (
        app.title,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
        app.toast,
    )
    text = "\n".join(element.value for kind in kinds for element in kind)
    return re.sub(r"\\(\W)", r"\1", text)


def components(app, name):
    """Mounted components of a kind."""
    found = [e.proto for e in app.get("bidi_component")]
    return [proto for proto in found if proto.component_name.endswith(name)]


def sent(app, name):
    """What the one component of a kind was mounted with."""
    (proto,) = components(app, name)
    return json.loads(proto.mixed.json or proto.json)


def switch(app, name):
    """Choose another model."""
    app.selectbox(key="model_choice").set_value(name).run()
    assert not app.exception
    assert not app.error
    return app


def playing(app):
    """The tune that the dock has."""
    return app.session_state[state.NOW].tune
