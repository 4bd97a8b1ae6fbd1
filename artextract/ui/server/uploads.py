"""The memory that uploads take: Streamlit keeps them until the tab is closed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from artextract.ui.server.in_use import Bounds, InUse


class UploadMemory:
    """The bytes of all uploads, those that arrive and those that Streamlit keeps, by the address that sent them."""

    def __init__(self, megabytes: Bounds) -> None:
        in_all, per_address = megabytes
        self._arriving = InUse((in_all * 2**20, per_address * 2**20))
        self._sender: dict[str, str] = {}  # Streamlit's session → address

    @contextmanager
    def lend(self, address: str, session: str, size: int) -> Iterator[bool]:
        """Memory for an upload of `size` bytes while it arrives; False if a bound does not allow it."""
        kept = _kept()
        self._sender = {known: sender for known, sender in self._sender.items() if known in kept}
        stored: Counter[str] = Counter()
        for known, amount in kept.items():
            stored[self._sender.get(known, "")] += amount
        with self._arriving.lend(address, size, stored) as lent:
            yield lent
        if lent:
            self._sender[session] = address


def _kept() -> dict[str, int]:
    """Session → bytes of its uploads in Streamlit's memory."""
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(manager.file_storage.items())
    }
