"""The source that a user is adding: kept in the session, and previewed again after each change."""

import hashlib
import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.collecting.looking import Look
from artextract.errors import SourceError
from artextract.files import write_bytes
from artextract.settings import cache_dir
from artextract.sources.recognise import recognise, values_for
from artextract.sources.registry import SOURCES
from artextract.ui.jobs.job_queue import Job, job_queue
from artextract.ui.jobs.start import start_collecting, start_look

PICTURE_OPTIONS = ("picture", "image")  # Source options that name the picture column
COLUMN_OPTIONS = ("column", *PICTURE_OPTIONS)  # Source options that say what columns mean
_NUMBERS = count(1)  # Part of the keys of fields, so that no field takes over the state of another preview
_STATE = "adding"
_CONTACT = "contact"


@dataclass
class Adding:
    """The source that a user is adding."""

    place: str  # The folder, file, address or name
    source: str  # The name of its source; `UNKNOWN` until the address was fetched
    values: dict[str, Any] = field(default_factory=dict)  # Further options of the source
    seen: Look | None = None  # The last look
    columns: dict[str, Any] = field(default_factory=dict)  # Values of `COLUMN_OPTIONS` in the last look
    number: int = field(default_factory=lambda: next(_NUMBERS))
    looks: int = 0  # The number of the last look
    shown: int = 0  # The number of the look that is shown: part of the keys of its fields
    job: Job | None = None  # The job that looks or collects
    collection: str = ""  # The collection's name, once it is collected

    def look(self) -> None:
        """Preview with the current values; stops a preview that is running."""
        self.leave()
        self.looks = number = next(_NUMBERS)
        columns = {name: self.values[name] for name in COLUMN_OPTIONS if name in self.values}

        def found(source: str, seen: Look) -> None:
            if number == self.looks:
                self.source, self.seen, self.columns, self.shown = source, seen, columns, number

        self.job = start_look(self.source, self.place, self.values, contact(), found)

    def choose_source(self, source: str) -> None:
        """Preview the place as another source."""
        self.source, self.values, self.seen, self.columns = source, {}, None, {}
        self.look()

    def restore_columns(self) -> None:
        """After a failed preview, restore the columns of the last one that worked."""
        others = {name: value for name, value in self.values.items() if name not in COLUMN_OPTIONS}
        self.values = others | self.columns
        self.shown = self.looks  # the select boxes show the look before

    def collect(self, name: str) -> None:
        """Collect what was previewed; ArtExtractError if a value or the name is wrong."""
        values = {**values_for(self.source, self.place), **self.values}
        self.job = start_collecting(SOURCES[self.source], values, name, contact())
        self.collection = name.strip()

    def leave(self) -> None:
        """Stop a preview that is running; a collecting job continues."""
        if self.job is not None and not self.collection:
            self.job.stop()


def adding() -> Adding | None:
    """What this session's user is adding; None if nothing."""
    now: Adding | None = st.session_state.get(_STATE)
    if now is not None and now.job is not None:
        job_queue().forget(now.job.key)  # once it has ended: the form shows its result
    return now


def begin(text: str, dropped: UploadedFile | None) -> None:
    """Preview what a user entered or dropped. A file with a folder is the folder's table.

    Raises SourceError if no source accepts it.
    """
    file = None if dropped is None else _kept(dropped.name, dropped.getvalue())
    source, place = recognise(text if text.strip() or file is None else file)
    values = {}
    if file is not None and text.strip():
        if source != "folder":
            raise SourceError("Enter an address or drop a file, not both. Only a folder can have a file: its table.")
        values = {"metadata": file}
    end()
    st.session_state[_STATE] = Adding(place, source, values)
    st.session_state[_STATE].look()


def end() -> None:
    """Stop adding: forget the entry."""
    if (now := st.session_state.pop(_STATE, None)) is not None:
        now.leave()


def contact() -> str:
    """The contact that this session's user entered; "" if none."""
    return str(st.session_state.get(_CONTACT, ""))


def set_contact(named: str) -> None:
    """Use a contact from now on in this session."""
    st.session_state[_CONTACT] = named


def _kept(name: str, content: bytes) -> str:
    """The path of a dropped file, stored by its content so that it can be collected again."""
    sha256 = hashlib.sha256(content).hexdigest()
    safe = re.sub(r"[^\w. -]+", "_", name)[-100:].lstrip(". ") or "file"
    path = cache_dir() / "sources" / "dropped" / sha256[:16] / safe
    if not path.exists():
        write_bytes(path, content)
    return str(path)
