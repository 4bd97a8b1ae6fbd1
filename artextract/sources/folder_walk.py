"""Finds the pictures in a folder and reports what was skipped."""

import os
from collections import Counter
from pathlib import Path

from artextract.files import open_regular
from artextract.sources.base import path_text
from artextract.sources.picture_kinds import HEAD, HOW_TO_READ_HEIC, READ, kind_of_file, kind_of_suffix

_CLUTTER = frozenset({
    *("@eadir", ".@__thumb", ".thumbnails", ".thumbs", "__macosx"),  # thumbnails and resource forks
    *("#recycle", "@recycle", "$recycle.bin", "recycler", "lost+found", ".trash", ".trashes", ".trash-1000"),
    *("#snapshot", "@recently-snapshot", "system volume information", ".spotlight-v100", ".appledouble"),
    *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", ".ds_store", ".picasa.ini", "icon\r"),
})
"""Names that network drives, systems and viewers give to their own folders and files, in lower case."""


class FolderWalk:
    """The pictures in a folder and its subfolders, in the order of their paths; linked folders come last.

    Each folder is walked once, also where links lead to it twice or in a circle. Hidden files are left
    out. A picture is known by its suffix, or by its first bytes where the suffix is missing or wrong.
    """

    def __init__(self, folder: Path) -> None:
        self.pictures: list[Path] = []
        self._folder = folder
        self._walked: set[tuple[int, int]] = set()
        self._linked: list[Path] = []
        self._clutter: Counter[str] = Counter()
        self._not_read: Counter[str] = Counter()
        self._closed: list[str] = []
        self._dead: list[str] = []
        self._walk(folder)
        for link in self._linked:  # grows: a linked folder may hold links
            self._walk(link)

    def remarks(self) -> list[str]:
        """What was skipped and why, a sentence for each reason; usually none."""
        remarks = []
        if count := self._not_read.total():
            kinds = ", ".join(f"{number:,} {kind}" for kind, number in self._not_read.most_common())
            files = "1 file of an unsupported kind was" if count == 1 else f"{count:,} files of unsupported kinds were"
            how = f" {HOW_TO_READ_HEIC}" if self._not_read["HEIC"] else ""
            remarks.append(f"{files} skipped: {kinds}.{how}")
        if self._clutter:
            names = ", ".join(f"{number:,} {name}" for name, number in sorted(self._clutter.items()))
            remarks.append(f"Thumbnails, recycle bins and system files were skipped: {names}.")
        for what, paths in (("Folders and files that could not be opened", self._closed), ("Broken links", self._dead)):
            if paths:
                remarks.append(f"{what}: {len(paths):,} (first: {paths[0]}).")
        return remarks

    def _walk(self, top: Path) -> None:
        for parent, folders, files in os.walk(top, onerror=self._add_closed):
            place = Path(parent)
            status = place.stat()
            if (key := (status.st_dev, status.st_ino)) in self._walked:
                folders.clear()
                continue
            self._walked.add(key)
            folders[:] = sorted(name for name in folders if self._is_entered(place / name))
            for name in sorted(files):
                self._add(place / name)

    def _is_entered(self, folder: Path) -> bool:
        """Whether a subfolder is walked now: hidden ones never are, linked ones later."""
        if self._is_passed_over(folder.name):
            return False
        if not folder.is_symlink():
            return True
        # A link to a folder above would lead through all that is beside this folder.
        if not self._folder.resolve().is_relative_to(folder.resolve()):
            self._linked.append(folder)
        return False

    def _is_passed_over(self, name: str) -> bool:
        if clutter := name.lower() in _CLUTTER:
            self._clutter[name.strip()] += 1
        return clutter or name.startswith(".")

    def _add(self, file: Path) -> None:
        if self._is_passed_over(file.name):
            return
        if file.is_symlink() and not file.exists():
            self._dead.append(self._name(file))
            return
        kind = kind_of_suffix(file.suffix)
        if kind not in READ:
            try:
                with open_regular(file) as opened:
                    kind = kind_of_file(file.suffix, opened.read(HEAD))
            except OSError as error:
                if isinstance(error, PermissionError):
                    self._add_closed(error)
                return  # a pipe or a device that is not named like a picture
        if kind in READ:
            self.pictures.append(file)
        elif kind:
            self._not_read[kind] += 1

    def _add_closed(self, error: OSError) -> None:
        self._closed.append(f"{self._name(Path(error.filename))}, {error.strerror}")

    def _name(self, path: Path) -> str:
        return path_text(path.relative_to(self._folder).as_posix())
