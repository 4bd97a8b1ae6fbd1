"""Sentences for visitors of a public server: paths are removed, because no sentence may name a file of the server."""

import logging
import re

from artextract import settings
from artextract.errors import NotReadyError

NOT_AVAILABLE = "Not available right now. The server log has the details."  # Replaces a sentence that contains a path
NOT_READY = "This part has not been prepared on this server yet."  # Replaces a sentence that names the command to run
# An absolute path, but no web address (https://…) and no "and/or".
_PATH = re.compile(r"(?<![\w:/.])(?:~?/\.?\w|[A-Za-z]:\\)")
_log = logging.getLogger(__name__)


def redact(sentence: str | Exception) -> str:
    """The sentence (or the error's message), replaced on a public server if it contains a path."""
    text = str(sentence)
    if not settings.public():
        return text
    if isinstance(sentence, NotReadyError):
        _log.warning("not prepared: %s", text)
        return NOT_READY
    if not _PATH.search(text):
        return text
    _log.warning("not shown to a visitor: %s", text)
    return NOT_AVAILABLE
