"""The app, started as people start it, for tests that ask a real server."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser import wait_until_up

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class RunningApp:
    """A server and where it answers."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def is_up(self) -> bool:
        return self.process.poll() is None


@contextmanager
def running_app(cache: Path, **environment: str) -> Iterator[RunningApp]:
    """The app on a cache folder, with more in its environment; stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables: Mapping[str, str] = os.environ | {"ARTEXTRACT_CACHE": str(cache)} | environment
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true",
         "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    app = RunningApp(f"http://127.0.0.1:{port}", process)
    try:
        wait_until_up(app.url)
        yield app
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:  # the machine is busy
            process.kill()
            process.wait()
