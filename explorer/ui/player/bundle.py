"""The player's ES modules joined into the one script a component may have.

Why: a components v2 mount takes one inline script, which the browser loads from
a blob address where relative imports have nothing to be relative to
(docs/decisions/0004). The modules stay plain files that Node and an editor read
as they are; here they are put one after the other.
"""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
MODULES = (  # each may import only from those before it
    "contract.js",
    "drums.js",
    "parts.js",
    "colour.js",
    "layout.js",
    "roll.js",
    "clock.js",
    "bank.js",
    "voice.js",
    "mixer.js",
    "scales.js",
    "band.js",
    "blend.js",
    "changes.js",
    "history.js",
    "performer.js",
    "engine.js",
    "keys.js",
    "lanes.js",
    "trail.js",
    "settings.js",
    "memory.js",
    "dock.js",
    "pull.js",
    "strip.js",
    "grid.js",
    "trajectory.js",
    "touring.js",
    "pad_paint.js",
    "pad_cells.js",
    "pad_sheet.js",
    "pad_drawing.js",
    "pad_tools.js",
    "pad_hand.js",
    "pad.js",
    "big_play.js",
    "map_path.js",
    "map_hand.js",
    "arrangement_order.js",
    "arrangement_hand.js",
    "arrangement_blocks.js",
    "arrangement.js",
    "slider_row.js",
    "sliders.js",
    "main.js",
)

_BLOCK_COMMENT = re.compile(r"^[ ]*/\*(?:(?!\*/).)*\*/[ ]*\n", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ ]*//.*\n", re.MULTILINE)
_IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)


def script() -> str:
    """All modules as one: no imports, one default export, no comment lines.

    It asks of the modules that no two give the same name to something at their
    top level and that an `import` starts a line; a test holds them to it.
    """
    joined = "\n".join((FOLDER / name).read_text("utf-8") for name in MODULES)
    for pattern in (_BLOCK_COMMENT, _LINE_COMMENT, _IMPORT, _EXPORT):
        joined = pattern.sub("", joined)
    return joined


def page_part(name: str) -> str:
    """Text of one HTML or CSS file beside this one."""
    return (FOLDER / name).read_text("utf-8")
