"""What the server counts of itself, for Prometheus: requests, refusals, waiting, seconds, people.

The libraries' own collectors add the process's memory and processor time.
"""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from artextract.network_queue import network_queue

REQUESTS = Counter("artextract_requests", "Requests answered, by route and status.", ["route", "status"])
SECONDS = Histogram(
    "artextract_request_seconds",
    "Seconds until a request was answered whole.",
    ["route"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10),
)
WORK = Histogram(
    "artextract_work_seconds",
    "Seconds of what costs: its waiting and its computing.",
    ["kind"],
    buckets=(0.05, 0.2, 0.5, 1, 2, 5, 20),
)
REFUSED = Counter("artextract_refused", "What was refused to visitors, by what it was.", ["what"])
VISITORS = Gauge("artextract_visitors", "Tabs that are open: connections of a browser.")
_waiting = Gauge("artextract_network_queue_length", "Calls that wait for the networks.")
_waiting.set_function(lambda: network_queue().waiting)


def exposition() -> tuple[bytes, str]:
    """All of it in Prometheus's text format, and that format's media type."""
    return generate_latest(), CONTENT_TYPE_LATEST
