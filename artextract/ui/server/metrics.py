"""What the server counts for Prometheus. The library adds memory and processor time of the process."""

from prometheus_client import Counter, Gauge, Histogram

from artextract.network_queue import network_queue

REQUESTS = Counter("artextract_requests", "Requests answered, by route and status.", ["route", "status"])
SECONDS = Histogram(
    "artextract_request_seconds",
    "Seconds until a request was answered completely.",
    ["route"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10),
)
WORK = Histogram(
    "artextract_work_seconds",
    "Seconds of a computation, with the time it waited.",
    ["kind"],
    buckets=(0.05, 0.2, 0.5, 1, 2, 5, 20),
)
REFUSED = Counter("artextract_refused", "Refused requests, connections, messages and computations.", ["what"])
VISITORS = Gauge("artextract_visitors", "Open tabs.")
DAMAGED = Gauge("artextract_damaged_collections", "Collections that cannot be opened, when health was last asked.")
_waiting = Gauge("artextract_network_queue_length", "Calls that wait for the networks.")
_waiting.set_function(lambda: network_queue().waiting)
