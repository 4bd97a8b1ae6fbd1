"""The app, started as people start it, for tests that ask a real server."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.browser import wait_until_up

ROOT = Path(__file__).parents[2]


class RunningApp:
    """A server on a port of its own; it can be killed and started again there."""

    def __init__(self, cache: Path, environment: dict[str, str], wrapper: Sequence[str] = ()) -> None:
        """Start the server; `wrapper` is a command that runs the rest of its arguments."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._wrapper = wrapper
        self._variables = os.environ | {"ARTEXTRACT_CACHE": str(cache)} | environment
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *self._wrapper,
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "streamlit_app.py",
                "--server.headless",
                "true",
                "--server.port",
                str(self._port),
                "--server.address",
                "127.0.0.1",
            ],
            cwd=ROOT,
            env=self._variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_up(self.url)
        except BaseException:
            self.kill()
            raise

    @property
    def is_up(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:  # the machine is busy
            self.kill()

    def kill(self) -> None:
        """With SIGKILL: nothing is put in order."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running_app(cache: Path, **environment: str) -> Iterator[RunningApp]:
    """The app on a cache folder, with more in its environment; stopped at the end."""
    app = RunningApp(cache, environment)
    try:
        yield app
    finally:
        app.stop()
