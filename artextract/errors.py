"""The exceptions whose message is made for the person at the screen.

Each message is one sentence or two: it names the thing and says what to do. The command line
prints it and exits with status 1; the app shows it where the result would have been.
"""


class ArtExtractError(Exception):
    """Something a person can understand and act on."""


class BadImageError(ArtExtractError):
    """A picture that can't be read, or is too large to be opened safely."""


class CollectionError(ArtExtractError):
    """A collection that doesn't exist, is damaged, or can't be named so."""


class SourceError(ArtExtractError):
    """A source (a folder, a label list, a table) that isn't what it should be."""


class WeightsError(ArtExtractError):
    """Weights of a network that can't be had."""


class DeviceError(ArtExtractError):
    """A device that doesn't exist, or that this machine doesn't have."""


class StorageError(ArtExtractError):
    """A file that could not be written: the disk is full, or not ours to write."""


class TrayError(ArtExtractError):
    """A tray that isn't there, isn't the visitor's, or can't hold more."""


class NotReadyError(ArtExtractError):
    """Something has to be computed first (an embedding, a map)."""


class LimitError(ArtExtractError):
    """Something that a public server doesn't do, or not so often."""


def missing_package(purpose: str, package: str, extra: str) -> ArtExtractError:
    """The error where an optional package is not installed.

    Args:
        purpose: what needs it, as the subject of a sentence.
        package: its name.
        extra: the extra of this program that brings it.
    """
    return ArtExtractError(f"{purpose} needs the package {package}: run `pip install 'artextract[{extra}]'`.")


class Stopped(Exception):  # noqa: N818 - a request of the person's, not an error
    """Raised out of a long job when the person stops it; what was finished is kept."""
