"""Between which two works a path is asked for: it stands in the address.

`from_work` is where it begins, `to_work` where it leads; while the second isn't chosen yet, it is
the next work that is opened. `way` counts the ways that share nothing with those before.
"""

from artextract.ui import address

MOST_WAYS = 5
"""So many ways are looked for at the most."""


def ends() -> tuple[str, str]:
    """The two works, "" for one that isn't chosen."""
    return address.get("from_work"), address.get("to_work")


def begin(work: str) -> None:
    """Ask for a path from a work; where to is chosen next."""
    address.put(from_work=work, to_work=None, way=None)


def waits(work: str) -> bool:
    """Whether the path still waits for the work that it leads to, and `work` may be it."""
    start, end = ends()
    return bool(start) and not end and work != start


def lead_to(work: str) -> None:
    """Choose where the path leads."""
    address.put(to_work=work, way=None)


def leave() -> None:
    """Ask for no path any more."""
    address.put(from_work=None, to_work=None, way=None)


def way() -> int:
    """Which way is shown, from 1."""
    asked = address.get("way")
    return next((n for n in range(2, MOST_WAYS + 1) if asked == str(n)), 1)


def take_way(number: int) -> None:
    """Show the way of that number, from 1."""
    address.put(way=number if number > 1 else None)
