"""Run the chunks of a job on the workers of a Ray cluster, or of this machine.

Ray Data (https://docs.ray.io/en/latest/data/data.html) gives each chunk to a worker, and to another one
if the worker dies. The process that started the job receives and writes all results, so stores and
resuming are the same as without Ray.
"""

import logging
import pickle
import socket
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from artextract.errors import ArtExtractError, missing_package

STORE_BYTES = 256 * 2**20  # Memory for results in transit, of a Ray that this process starts
ATTEMPTS = 3  # Attempts to start Ray, which gives up after 30 s, too early on a busy machine
PATIENCE = 10.0  # Seconds to wait for a cluster's answer

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


@dataclass(frozen=True)
class RayEngine:
    """Distributes work over Ray's workers, one per CPU."""

    address: str | None = None
    """The address of a Ray cluster (`host:6379`, `ray://host:10001`, or `auto` for the cluster of this machine), whose
    machines must have the cache folder at the same path. None starts Ray on this machine for the job."""

    def map(self, make: Callable[[], Callable[[Chunk], Result]], chunks: Sequence[Chunk]) -> Generator[Result]:
        """The result of each chunk, once each, in any order. Close the generator.

        `make` makes the function that computes a chunk, once in each worker. Both can be pickled. ArtExtractError if
        Ray is not installed or cannot be reached, or the error of a worker.
        """
        if not chunks:
            return
        try:
            ray: Any = import_module("ray")
            import_module("ray.data")
        except ImportError as error:
            raise missing_package("--engine ray", "ray", "ray") from error
        self._start(ray)
        try:
            items = [{"chunk": pickle.dumps(chunk)} for chunk in chunks]
            processors = int(ray.cluster_resources().get("CPU", 1))
            results = ray.data.from_items(items, override_num_blocks=len(items)).map(
                _Actor,
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
        # "local" starts Ray and ignores any that runs on this machine already.
        own = {"object_store_memory": STORE_BYTES, "include_dashboard": False} if self.address is None else {}
        for left in reversed(range(ATTEMPTS if self.address is None else 1)):
            try:
                if self.address not in (None, "auto"):  # Ray would wait for minutes
                    host, _, port = str(self.address).removeprefix("ray://").rpartition(":")
                    socket.create_connection((host, int(port)), timeout=PATIENCE).close()
                ray.init(self.address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
                break
            except Exception as error:  # the class that Ray raises if its processes start slowly
                ray.shutdown()
                if left == 0:
                    raise ArtExtractError(
                        f"Ray {self.address or 'on this machine'} cannot be used "
                        f"({' '.join(str(error).split())}): check the address, try again, or leave "
                        "out --engine ray."
                    ) from error
        ray.data.DataContext.get_current().enable_progress_bars = False


class _Actor:
    """What Ray Data makes once in each worker and calls with each chunk."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._error: ArtExtractError | None = None
        try:
            self._work = make()
        except ArtExtractError as error:  # returned with the first chunk: Ray would only retry
            self._error = error

    def __call__(self, row: dict[str, Any]) -> dict[str, bytes]:
        try:
            result = self._error or self._work(pickle.loads(row["chunk"]))
        except ArtExtractError as error:
            result = error
        return {"result": pickle.dumps(result)}
