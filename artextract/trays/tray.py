"""What a tray is, and the tokens of visitors and links."""

import re
import secrets
import string
from dataclasses import dataclass

TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]{31}")
"""What a token looks like: no command line takes it for an option, no spreadsheet for a number or a formula."""
WorkRef = tuple[str, str]  # A collection's name and the id of a work


@dataclass(frozen=True)
class TrayItem:
    """A work in a tray."""

    collection: str
    work: str  # Its id in the collection
    title: str  # Title, artist and date as they were when the work was added: they stay if the work goes
    artist: str = ""
    date: str = ""  # In words
    note: str = ""

    @property
    def ref(self) -> WorkRef:
        """Names the work; a tray holds a work once."""
        return self.collection, self.work


@dataclass(frozen=True)
class Tray:
    """A tray with its works in order."""

    id: int
    name: str
    link_token: str  # Token in its link: anyone who has it can read the tray
    items: tuple[TrayItem, ...]


def new_token() -> str:
    """A secret of 190 random bits that matches `TOKEN`."""
    first = secrets.choice(string.ascii_letters)
    return first + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(31))
