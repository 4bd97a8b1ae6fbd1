"""Turns: calls of one address never hold up those of another."""

import asyncio
import threading
from collections.abc import Callable

from artextract.ui.server.in_use import Turns


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.001)


def test_a_few_run_at_once_and_each_address_waits_for_itself() -> None:
    running: list[str] = []
    most: list[int] = []
    go = threading.Event()

    def slow(address: str) -> str:
        running.append(address)
        most.append(len(running))
        go.wait(30)
        running.remove(address)
        return address

    async def attack() -> None:
        turns = Turns((3, 2))
        calls = [asyncio.create_task(turns.run("a", slow, "a")) for _ in range(50)]
        await _until(lambda: len(running) == 2)
        calls.append(asyncio.create_task(turns.run("b", slow, "b")))
        await _until(lambda: sorted(running) == ["a", "a", "b"])
        calls.append(asyncio.create_task(turns.run("c", slow, "c")))
        go.set()
        assert await asyncio.gather(*calls) == ["a"] * 50 + ["b", "c"]

    asyncio.run(attack())
    assert max(most) == 3
