"""A data set on the Hugging Face hub: its card and its Parquet files at one revision."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from artextract.errors import ArtExtractError, SourceError, Stopped
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError

TOKEN_VARIABLE = "HF_TOKEN"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_SPLITS = {
    "train": {"train", "training"},
    "validation": {"validation", "valid", "val", "dev"},
    "test": {"test", "eval"},
}


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
        self.page = f"{constants.ENDPOINT}/datasets/{self.repository}"
        with self._errors_as_sentences():
            info = HfApi(endpoint=constants.ENDPOINT, token=token).dataset_info(self.repository, revision=revision)
        self.sha = info.sha or revision or constants.DEFAULT_REVISION
        self.files = sorted(file.rfilename for file in info.siblings or [] if file.rfilename.endswith(".parquet"))
        self.card: Mapping[str, Any] = dict(vars(info.card_data)) if info.card_data else {}
        self._system = HfFileSystem(endpoint=constants.ENDPOINT, token=token, skip_instance_cache=True)

    def address(self, file: str) -> str:
        """The address of a file at this revision."""
        return f"{self.page}/resolve/{self.sha}/{file}"

    @contextmanager
    def parquet(self, file: str, block: int) -> Iterator[pq.ParquetFile]:
        """Open a Parquet file for reading in parts, `block` bytes per request.

        Raises FetchError if the file is not available or damaged.
        """
        path = f"datasets/{self.repository}@{self.sha}/{file}"
        with self._errors_as_sentences(), self._system.open(path, "rb", block_size=block) as opened:
            yield pq.ParquetFile(opened, buffer_size=block)

    def files_of_split(self, split: str) -> list[str]:
        """The Parquet files of a split in their order: as the card says, else by their names.

        Raises SourceError if no file is of this split.
        """
        patterns = self._patterns()
        splits = {file: [name for name, glob in patterns if fnmatchcase(file, glob)] for file in self.files}
        if not any(splits.values()):
            splits = {file: _split_in(file) for file in self.files}
            if not any(splits.values()):
                return self.files  # one split without a name
        if chosen := [file for file in self.files if split in splits[file]]:
            return chosen
        names = ", ".join(sorted({name for its in splits.values() for name in its}))
        raise SourceError(f"The data set has no split {split!r}. Choose one of {names} with --split.")

    def _patterns(self) -> list[tuple[str, str]]:
        """The splits of the default configuration on the card, each with a pattern of its files."""
        configs = [config for config in self.card.get("configs") or [] if isinstance(config, dict)]
        configs.sort(key=lambda config: not (config.get("default") or config.get("config_name") == "default"))
        data_files = configs[0].get("data_files") if configs else None
        entries = [entry for entry in data_files if isinstance(entry, dict)] if isinstance(data_files, list) else []
        return [
            (str(entry.get("split", "train")), str(path))
            for entry in entries
            for path in (entry["path"] if isinstance(entry.get("path"), list) else [entry.get("path", "")])
        ]

    @contextmanager
    def _errors_as_sentences(self) -> Iterator[None]:
        """Turn what the hub's client and the Parquet reader raise into a `FetchError`."""
        from huggingface_hub import errors

        try:
            yield
        except (ArtExtractError, Stopped):
            raise
        except Exception as error:  # network, proxy: the hub's client raises all kinds
            name, host = self.repository, urlsplit(self.page).hostname or self.page
            status = getattr(getattr(error, "response", None), "status_code", None)
            set_token = f"set the environment variable {TOKEN_VARIABLE}"
            if isinstance(error, errors.GatedRepoError):
                cause = Cause.LOGIN
                sentence = f"The data set {name} is gated. Accept its terms at {self.page}, create a token in your "
                sentence += f"account, and {set_token} to it."
            elif isinstance(error, errors.RepositoryNotFoundError):
                cause = Cause.GONE
                sentence = f"{host} has no data set {name}, or it is private. Check the name; for a private one, "
                sentence += f"{set_token}."
            elif isinstance(error, pa.ArrowException):
                cause, sentence = Cause.DAMAGED, f"A Parquet file of {name} is damaged ({error})."
            else:
                said = f"answered {status}" if status else f"is not available ({type(error).__name__})"
                cause = Cause.SERVER_ERROR if status else Cause.NO_ANSWER
                sentence = f"{host} {said}. Check the network connection and try again; finished pictures are kept."
            raise FetchError(sentence, cause, host, status) from error


def _split_in(file: str) -> list[str]:
    words = set(re.split(r"[^a-z]+", file.lower()))
    return [name for name, others in _SPLITS.items() if words & {name, *others}][:1]
