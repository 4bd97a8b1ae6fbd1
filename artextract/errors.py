"""Exceptions with a message for the person at the screen.

Each message has one or two sentences: what happened and what to do. The command line prints it and
exits with status 1; the app shows it in place of the result.
"""


class ArtExtractError(Exception):
    """An error that a person can understand and act on."""


class BadImageError(ArtExtractError):
    """A picture cannot be read, or is too large to open safely."""


class CollectionError(ArtExtractError):
    """A collection does not exist, is damaged, or has an invalid name."""


class SourceError(ArtExtractError):
    """A source (a folder, a label list, a table), or one of its pictures, is not as expected."""

    cause = ""  # Why a picture is not available, in a few words that are the same for all pictures with that cause
    host = ""  # The server that was asked
    status: int | None = None  # HTTP status of its answer


class WeightsError(ArtExtractError):
    """Weights of a network are not available."""


class DeviceError(ArtExtractError):
    """A device does not exist, or this machine does not have it."""


class StorageError(ArtExtractError):
    """A file could not be written: the disk is full, or permission is missing."""


class BusyError(StorageError):
    """A file is in use by another program. The same call may succeed a little later."""


class TrayError(ArtExtractError):
    """A tray does not exist, belongs to another visitor, or is full."""


class NotReadyError(ArtExtractError):
    """Something must be computed first (an embedding, a map)."""


class LimitError(ArtExtractError):
    """A public server does not allow this, or not so often."""


def missing_package(purpose: str, package: str, extra: str) -> ArtExtractError:
    """The error where an optional package is not installed.

    `purpose` is the subject of the sentence, `extra` the extra of this program that brings the package.
    """
    return ArtExtractError(f"{purpose} needs the package {package}: run `pip install 'artextract[{extra}]'`.")


class Stopped(Exception):  # noqa: N818 - a request of the person's, not an error
    """Ends a long job that the person stopped. Finished parts are kept."""
