"""The path in the address: from the work `from_work` to the work `to_work`.

Until the end is chosen, the next opened work becomes the end. `path` is the number of the
alternative; alternatives share no work.
"""

from artextract.ui import address

MAX_PATHS = 5  # Most alternatives


def ends() -> tuple[str, str]:
    """The first and the last work; "" if not chosen."""
    return address.get("from_work"), address.get("to_work")


def begin(work: str) -> None:
    """Start a path at a work; its end is chosen next."""
    address.put(from_work=work, to_work=None, path=None)


def can_end_at(work: str) -> bool:
    """Whether the path has no end yet and `work` can be the end."""
    start, end = ends()
    return bool(start) and not end and work != start


def end_at(work: str) -> None:
    """Choose the end of the path."""
    address.put(to_work=work, path=None)


def close() -> None:
    """Close the path."""
    address.put(from_work=None, to_work=None, path=None)


def number() -> int:
    """The number of the shown path, from 1."""
    return address.get_number("path", MAX_PATHS)


def choose(number: int) -> None:
    """Show the path with this number, from 1."""
    address.put(path=number if number > 1 else None)
