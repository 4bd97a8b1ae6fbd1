"""What costs the server something: measured always, and on a public server bounded.

A token is about half a second of one processor. A visitor gets a good handful at once, then one
every two seconds; all of one address together four times that.
"""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from artextract import settings
from artextract.errors import LimitError
from artextract.network_queue import network_queue
from artextract.ui.server import metrics
from artextract.ui.server.rate_limits import Bounds, Rate, Visitor, visitor_of

T = TypeVar("T")

COOKIE = "artextract_visitor"
"""Tells visitors of one address apart; it is random, and gone with the browser's session."""
COSTS = {
    "reading": 2.0,
    "saliency": 2.0,
    "texture": 1.0,
    "picture": 2.0,
    "vector": 1.0,
    "look": 1.0,
    "words": 1.0,
    "faces": 3.0,
    "poses": 3.0,
    "scores": 1.0,
    "comparison": 1.0,
    "correspondence": 2.0,
    "differences": 4.0,
}
"""What is computed for a visitor → tokens. Other people's same question is remembered, and free."""
QUEUE = 24
"""Calls that may wait for the networks; beyond, whoever it is has to come again."""
_bounds = Bounds(visitor=Rate(30, 0.5), address=Rate(120, 2))


@contextmanager
def charge(kind: str) -> Iterator[None]:
    """Around what computes something of that kind.

    Raises:
        LimitError: on a public server, the visitor has asked for too much, or too many wait.
    """
    if settings.public():
        _take_tokens(kind)
    began = time.perf_counter()
    try:
        yield
    finally:
        metrics.WORK.labels(kind).observe(time.perf_counter() - began)


def for_this_visitor(make: Callable[[], T]) -> Callable[[], T]:
    """`make`, to be called later in another thread for the visitor who is here now.

    A download is made when it is asked for, where Streamlit knows no visitor.
    """
    context = get_script_run_ctx(suppress_warning=True)

    def made() -> T:
        with ThreadPoolExecutor(1, initializer=lambda: add_script_run_ctx(ctx=context)) as thread:
            return thread.submit(make).result()

    return made


def _take_tokens(kind: str) -> None:
    if network_queue().waiting >= QUEUE:
        metrics.REFUSED.labels("busy").inc()
        raise LimitError("Many people ask at once just now: try again in a minute.")
    wait = _bounds.spend(_visitor(), COSTS[kind])
    if wait:
        metrics.REFUSED.labels(kind).inc()
        raise LimitError(
            f"You have asked for much in a short time, and others want to ask, too: try again in {math.ceil(wait)} s."
        )


def _visitor() -> Visitor:
    return visitor_of(st.context.cookies.get(COOKIE, ""), st.context.ip_address or "this machine")
