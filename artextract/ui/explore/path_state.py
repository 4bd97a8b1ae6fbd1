"""The path that the address asks for.

`from_work` is where it begins and `to_work` where it ends; until the end is chosen, the next work
that is opened becomes the end. `path` counts the alternatives, which share no work.
"""

from artextract.ui import address

MAX_PATHS = 5
"""Alternatives that can be asked for."""


def ends() -> tuple[str, str]:
    """The two works, "" for one that is not chosen."""
    return address.get("from_work"), address.get("to_work")


def begin(work: str) -> None:
    """Begin a path at a work; the end is chosen next."""
    address.put(from_work=work, to_work=None, path=None)


def waits(work: str) -> bool:
    """Whether the path has no end yet and `work` can be the end."""
    start, end = ends()
    return bool(start) and not end and work != start


def lead_to(work: str) -> None:
    """Choose the end of the path."""
    address.put(to_work=work, path=None)


def close() -> None:
    """Show no path."""
    address.put(from_work=None, to_work=None, path=None)


def number() -> int:
    """The number of the path that is shown, from 1."""
    asked = address.get("path")
    return next((number for number in range(2, MAX_PATHS + 1) if asked == str(number)), 1)


def choose(number: int) -> None:
    """Show the path with this number, from 1."""
    address.put(path=number if number > 1 else None)
