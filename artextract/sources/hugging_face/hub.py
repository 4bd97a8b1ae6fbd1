"""A data set on the Hugging Face hub: its files and its card at one revision."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pyarrow as pa

from artextract.errors import ArtExtractError, SourceError, Stopped
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError

TOKEN_VARIABLE = "HF_TOKEN"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


class DataSet:
    """A data set at one revision. The environment variable HF_ENDPOINT names another hub."""

    def __init__(self, repository: str, revision: str | None = None) -> None:
        """Ask the hub for the list of files and the card.

        Args:
            repository: owner and name, or the address of the data set's page.
            revision: a branch, a tag or a commit; None is the main branch.

        Raises:
            SourceError: there is no such data set or revision, it needs a login, or the hub is not available.
        """
        from huggingface_hub import HfApi, HfFileSystem, constants

        self.repository = re.sub(r"^https?://[^/]+/", "", repository.strip().rstrip("/")).removeprefix("datasets/")
        if not _REPOSITORY.fullmatch(self.repository):
            raise SourceError(f"{repository!r} is not a data set of the hub. Write it as OWNER/NAME.")
        # Only a token of the environment is used, never one that another program has stored.
        token = os.environ.get(TOKEN_VARIABLE, "").strip() or False
        self.endpoint = constants.ENDPOINT
        with self.errors_as_sentences():
            info = HfApi(endpoint=self.endpoint, token=token).dataset_info(self.repository, revision=revision)
        self.sha = info.sha or revision or constants.DEFAULT_REVISION
        self.files = sorted(sibling.rfilename for sibling in info.siblings or [])
        self.card: Mapping[str, Any] = dict(vars(info.card_data)) if info.card_data else {}
        self._system = HfFileSystem(endpoint=self.endpoint, token=token, skip_instance_cache=True)

    @property
    def has_parquet(self) -> bool:
        """Whether a file is Parquet."""
        return any(file.endswith(".parquet") for file in self.files)

    @property
    def host(self) -> str:
        """The host of the hub."""
        return urlsplit(self.endpoint).hostname or self.endpoint

    def address(self, file: str) -> str:
        """The address of a file at this revision."""
        return f"{self.endpoint}/datasets/{self.repository}/resolve/{self.sha}/{file}"

    def open(self, file: str, block: int) -> BinaryIO:
        """Open a file for reading in parts; `block` bytes are asked for at a time.

        Raises:
            SourceError: the file is not available.
        """
        with self.errors_as_sentences():
            opened: BinaryIO = self._system.open(
                f"datasets/{self.repository}@{self.sha}/{file}", "rb", block_size=block
            )
            return opened

    @contextmanager
    def errors_as_sentences(self) -> Iterator[None]:
        """Turn what the hub's client and the Parquet reader raise into a `FetchError`."""
        from huggingface_hub import errors

        page = f"{self.endpoint}/datasets/{self.repository}"
        try:
            yield
        except (ArtExtractError, Stopped):
            raise
        except errors.GatedRepoError as error:
            raise FetchError(
                f"The data set {self.repository} is gated. Accept its terms at {page}, create a token in your account, "
                f"and set the environment variable {TOKEN_VARIABLE} to it.",
                *(Cause.LOGIN, self.host, 403),
            ) from error
        except errors.RevisionNotFoundError as error:
            raise FetchError(
                f"The data set {self.repository} has no such revision. See {page}.", Cause.GONE, self.host, 404
            ) from error
        except errors.RepositoryNotFoundError as error:
            raise FetchError(
                f"{self.host} has no data set {self.repository}, or it is private. Check the name; for a private one, "
                f"set the environment variable {TOKEN_VARIABLE}.",
                *(Cause.GONE, self.host, 404),
            ) from error
        except pa.ArrowException as error:
            raise FetchError(
                f"A Parquet file of {self.repository} is damaged ({error}).", Cause.DAMAGED, self.host
            ) from error
        except Exception as error:  # network, proxy: the hub's client raises all kinds
            status = getattr(getattr(error, "response", None), "status_code", None)
            said = f"answered {status}" if status else f"is not available ({type(error).__name__})"
            raise FetchError(
                f"{self.host} {said}. Check the network connection and try again; finished pictures are kept.",
                *(Cause.SERVER_ERROR if status else Cause.NO_ANSWER, self.host, status),
            ) from error
