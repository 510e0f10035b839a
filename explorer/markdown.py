"""Markdown as the model cards use it: numbers, lists, tables."""

from collections.abc import Iterable


def number(value: float | str) -> str:
    """A figure as people read it: counts whole, the rest in a few digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if 0 < abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def table(header: list[str], rows: list[list[str]]) -> str:
    """A table; what would break its cells is replaced."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| "
        + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in line)
        + " |"
        for line in lines
    )
