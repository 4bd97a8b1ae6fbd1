"""What the status and headers of a response stand for."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, RetryableError, ServerRefusedError, host_of

_CAUSES = {
    400: Cause.SIZE,
    401: Cause.LOGIN,
    404: Cause.GONE,
    407: Cause.LOGIN,
    410: Cause.GONE,
    429: Cause.TOO_MANY,
    501: Cause.SIZE,
}
_MAY_PASS = (408, 425, 429)  # Beside 5xx
_PAGE = 20_000  # Bytes of an error page that are looked at
_BROWSER_CHECKS = (
    b"_incapsula_resource",
    b"just a moment",
    b"cf-chl",
    b"cf_chl",
    b"challenge-platform",
    b"captcha",
    b"checking your browser",
    b"enable javascript and cookies",
    b"are you a robot",
    b"ddos-guard",
)


def is_browser_check(page: bytes) -> bool:
    """Whether a page is the check by which servers keep programs out."""
    start = page[:_PAGE].lower()
    return any(word in start for word in _BROWSER_CHECKS)


def check_status(response: httpx2.Response) -> None:
    """Check that a response, whose body is not read yet, has the content that was asked for, or that it is unchanged.

    Raises:
        RetryableError: a failure that may pass.
        ServerRefusedError: a failure that will not.
    """
    code, url, host = response.status_code, response.request.url, host_of(response.request.url)
    if code == httpx2.codes.NOT_MODIFIED:
        return
    if code == httpx2.codes.OK:
        kind = response.headers.get("Content-Type", "").lower()
        if kind.startswith(("video/", "audio/", "application/pdf")):
            raise FetchError(f"{url}: this is a film, sound or PDF, not a picture ({kind}).", Cause.FILM, host, code)
        return
    challenged = "challenge" in (response.headers.get("cf-mitigated"), response.headers.get("x-amzn-waf-action"))
    if challenged or is_browser_check(_start_of(response)):
        sentence = f"{url}: the server answered {code} with a check for browsers, which no program can pass."
        raise ServerRefusedError(sentence, Cause.BROWSER_CHECK, host, code)
    if code in _MAY_PASS or (code >= 500 and code != 501):
        cause = _CAUSES.get(code, Cause.SERVER_ERROR)
        raise RetryableError(f"{url}: the server kept answering {code}.", cause, host, code)
    sentence = f"{url}: the server answered {code} {response.reason_phrase}."
    raise ServerRefusedError(sentence, _CAUSES.get(code, Cause.REFUSED), host, code)


def _start_of(response: httpx2.Response) -> bytes:
    page = b""
    try:
        for piece in response.iter_bytes():
            page += piece
            if len(page) >= _PAGE:
                break
    except httpx2.HTTPError:  # the status says enough
        pass
    return page


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header (a number or a date) asks for; None if it is missing or wrong."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)
