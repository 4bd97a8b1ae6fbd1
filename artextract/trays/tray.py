"""A tray and its items."""

from dataclasses import dataclass

WorkRef = tuple[str, str]  # A collection's name and the id of a work


@dataclass(frozen=True)
class TrayItem:
    """A work in a tray."""

    collection: str
    work: str  # Its id in the collection
    title: str  # Title, artist and date as they were when the work was added: they stay if the work goes
    artist: str = ""
    date: str = ""  # As text
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
