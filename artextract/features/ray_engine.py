"""A job's work spread over the workers of a Ray cluster, or of this machine.

Ray Data (https://docs.ray.io/en/latest/data/data.html) hands each chunk of work to a worker, and to
another one when a worker dies. The process that started the job gets the results and alone writes
them: what is stored, and how a job goes on after a stop, is the same as without Ray.
"""

import logging
import pickle
import socket
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from artextract.errors import ArtExtractError, missing_package

STORE_BYTES = 256 * 2**20
"""Memory that a Ray of our own sets aside for what is under way."""
ATTEMPTS = 3
"""Times that a Ray of our own is started: it gives up after 30 s, too few on a busy machine."""
PATIENCE = 10.0
"""Seconds to wait for a cluster to answer."""

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


@dataclass(frozen=True)
class RayEngine:
    """Spreads work over Ray's workers, one for each of its processors."""

    address: str | None = None
    """Of a Ray cluster (`host:6379`, `ray://host:10001`, or `auto` for the one that this machine
    belongs to), whose machines must see the cache under the same path. None starts a Ray on this
    machine for as long as the job takes."""

    def map(self, make: Callable[[], Callable[[Chunk], Result]], chunks: Sequence[Chunk]) -> Generator[Result]:
        """What workers make of each chunk, as it comes: in any order, each once. Close it.

        Args:
            make: called once in each worker, to get ready; can be pickled.
            chunks: what the workers are given, one at a time; can be pickled.

        Raises:
            ArtExtractError: Ray isn't installed or can't be reached, or what a worker raised.
        """
        if not chunks:
            return
        ray = _ray()
        self._start(ray)
        try:
            items = [{"chunk": pickle.dumps(chunk)} for chunk in chunks]
            processors = int(ray.cluster_resources().get("CPU", 1))
            results = ray.data.from_items(items, override_num_blocks=len(items)).map(
                _Worker,
                fn_constructor_args=(make,),
                num_cpus=1,
                compute=ray.data.ActorPoolStrategy(size=max(1, min(processors, len(items)))),
            )
            for row in results.iter_rows():
                result = pickle.loads(row["result"])
                if isinstance(result, ArtExtractError):
                    raise result
                yield result
        finally:
            ray.shutdown()

    def _start(self, ray: Any) -> None:
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # "local" is a Ray of our own, not another one that happens to run on this machine.
        own = {"object_store_memory": STORE_BYTES, "include_dashboard": False}
        tries = ATTEMPTS if self.address is None else 1
        for left in reversed(range(tries)):
            try:
                self._knock()
                ray.init(
                    self.address or "local",
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **(own if self.address is None else {}),
                )
                break
            except Exception as error:  # Ray raises just that where its processes start slowly
                ray.shutdown()
                if left == 0:
                    raise ArtExtractError(
                        f"Ray {self.address or 'on this machine'} can't be used "
                        f"({' '.join(str(error).split())}): check the address, try again, or leave "
                        "out --engine ray."
                    ) from error
        ray.data.DataContext.get_current().enable_progress_bars = False

    def _knock(self) -> None:
        """See that somebody answers at the address: Ray itself would wait for minutes.

        Raises:
            OSError: nobody does.
            ValueError: it has no port.
        """
        if self.address is None or self.address == "auto":
            return
        host, _, port = self.address.removeprefix("ray://").rpartition(":")
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()


class _Worker:
    """What Ray Data calls in each of its workers."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._error: ArtExtractError | None = None
        try:
            self._work = make()
        except ArtExtractError as error:  # told with the first chunk: Ray would only try again
            self._error = error

    def __call__(self, row: dict[str, Any]) -> dict[str, bytes]:
        if self._error is not None:
            return {"result": pickle.dumps(self._error)}
        try:
            return {"result": pickle.dumps(self._work(pickle.loads(row["chunk"])))}
        except ArtExtractError as error:
            return {"result": pickle.dumps(error)}


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise missing_package("--engine ray", "ray", "ray") from error
    return ray
