"""The command line: `python -m explorer COMMAND`; logic is in `explorer.commands`."""

import importlib
import json
import sys
from collections.abc import Sequence

from explorer.commands import Report
from explorer.commands.parser import PROGRAM, build
from explorer.errors import ExplorerError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 2 for what the caller can put right."""
    for stream in (sys.stdout, sys.stderr):  # file names can be any bytes
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = build().parse_args(argv)
    module, name = arguments.command
    try:
        command = getattr(importlib.import_module(f"explorer.commands.{module}"), name)
        report: Report = command(arguments)
    except ExplorerError as error:
        print(f"{PROGRAM} {name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{PROGRAM} {name}: stopped.", file=sys.stderr)
        return 130
    print(json.dumps(report.values, indent=1) if arguments.json else report.text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
