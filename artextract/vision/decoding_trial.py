"""Decodes a stranger's picture first in a process of its own, which can be ended.

A decoder is one call into C: a thread that runs it cannot be stopped, and a fault of it would end the process.
"""

import json
import os
import resource
import subprocess
import sys
import threading

from artextract.errors import BadImageError, LimitError
from artextract.vision.images import open_picture

DEADLINE = 10.0  # Seconds for one picture
AT_ONCE = 2  # Pictures; more would take too much memory
PATIENCE = 30.0  # Seconds to wait for a turn
_ADDRESS_SPACE = 2_500_000_000  # Bytes; the libraries take about 1 GB of it, most of it unused
_REFUSED = 3  # Exit status
_turns = threading.BoundedSemaphore(AT_ONCE)


def try_to_decode(content: bytes, name: str, at_least: int) -> None:
    """Decode a picture in another process, as `open_picture` would, and discard the result.

    BadImageError if `open_picture` refuses it, or takes longer than `DEADLINE`; LimitError if too many pictures wait.
    """
    if not _turns.acquire(timeout=PATIENCE):
        raise LimitError("The server is busy. Please try again in a minute.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(at_least)],
            input=json.dumps(name).encode() + b"\n" + content,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadImageError(f"{name} takes too long to decode: save it as JPEG or PNG.") from error
    finally:
        _turns.release()
    if done.returncode == _REFUSED:
        raise BadImageError(done.stdout.decode())
    if done.returncode:
        raise BadImageError(f"{name} is damaged and can't be decoded: download the file again.")


def _main() -> int:
    """Decode the picture on stdin, after a line with its name."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    name = json.loads(sys.stdin.buffer.readline())
    try:
        open_picture(sys.stdin.buffer.read(), name, int(sys.argv[1]))
    except BadImageError as error:
        sys.stdout.buffer.write(str(error).encode())
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main())
