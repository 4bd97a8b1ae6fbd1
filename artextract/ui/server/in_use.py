"""What visitors use at the same time, bounded in all and for each address."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

T = TypeVar("T")
Bounds = tuple[int, int]  # In all, and for each address


class InUse:
    """Amounts of something that addresses use now. Threads may share it."""

    def __init__(self, bounds: Bounds) -> None:
        self._in_all, self._per_address = bounds
        self._used: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def lend(self, address: str, amount: int = 1, stored: Counter[str] | None = None) -> Iterator[bool]:
        """Lend an amount to an address while the context lasts; False if a bound does not allow it.

        `stored` is what addresses use besides, by address.
        """
        with self._lock:
            used = self._used + (stored or Counter())
            lent = used.total() + amount <= self._in_all and used[address] + amount <= self._per_address
            self._used[address] += amount if lent else 0
        try:
            yield lent
        finally:
            with self._lock:
                self._used[address] -= amount if lent else 0
                self._used += Counter()  # drops zeros


class Turns:
    """Calls in threads of which only a few run at once; the others wait, each address in its own line.

    Each kind of slow call has its own turns, so that it never holds the threads that other requests need.
    """

    def __init__(self, bounds: Bounds) -> None:
        in_all, self._per_address = bounds
        self._all = CapacityLimiter(in_all)
        self._lines: dict[str, CapacityLimiter] = {}
        self._calls: Counter[str] = Counter()

    async def run(self, address: str, call: Callable[..., T], *arguments: object) -> T:
        """The result of a call for an address."""
        line = self._lines.setdefault(address, CapacityLimiter(self._per_address))
        self._calls[address] += 1
        try:
            async with line:
                return await to_thread.run_sync(call, *arguments, limiter=self._all)
        finally:
            self._calls[address] -= 1
            if not self._calls[address]:
                del self._lines[address], self._calls[address]


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
