"""What a tray is, how much it holds, and the tokens that open it."""

import secrets
from dataclasses import dataclass

MOST_WORKS = 200
"""In a tray."""
MOST_TRAYS = 50
"""Of a visitor."""
LONGEST_NAME = 120
LONGEST_NOTE = 5000
"""Characters."""
FIRST_NAME = "My tray"


@dataclass(frozen=True)
class Laid:
    """A work to lay into a tray, with what shall be known of it should it go."""

    collection: str
    work: str
    """Its id."""
    title: str
    artist: str = ""
    date: str = ""
    """In words."""


@dataclass(frozen=True)
class Item(Laid):
    """A work that lies in a tray."""

    id: int = 0
    """Of this item, in all trays."""
    note: str = ""


@dataclass(frozen=True)
class Tray:
    """A tray with its works, in their order."""

    id: int
    name: str
    reading: str
    """The token of its reading link."""
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Line:
    """A tray in a list of trays."""

    id: int
    name: str
    count: int


def new_token() -> str:
    """A secret of 192 random bits, as 32 letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(24)
