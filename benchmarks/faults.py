"""Faults: each job is killed, meets a full disk and a read-only one, and finds damaged files in the cache.

    python -m benchmarks.faults                      # 30 kills, all jobs and kinds of files: hours on two cores
    python -m benchmarks.faults --kills 6 --jobs embed texts --damages flipped

Every run starts from a copy of the cache before the job. Then the job runs again without the fault, and everything
that the cache holds is compared with an undisturbed run. The full and the read-only disk are mounted, which needs root.
Prints a line for each run that differs, ends in a traceback, or leaves unfinished files, and then the counts.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from artextract.files import TEMPORARY
from artextract.settings import CACHE_VARIABLE
from benchmarks.cache_state import state

COLLECT = """
import sys
from artextract.collecting import collect
from artextract.errors import ArtExtractError
from artextract.sources.demo import DemoSource
try:
    collect(DemoSource({}), "demo")
except ArtExtractError as error:
    sys.exit(str(error))
"""
COMMANDS = """
import sys
from typer.testing import CliRunner
from artextract.cli import app
for line in sys.argv[1:]:
    done = CliRunner().invoke(app, line.split())
    if done.exit_code:
        is_said = isinstance(done.exception, SystemExit)
        sys.exit(done.stderr if is_said else f"Traceback: {done.exception!r}")
"""
JOBS = {
    "collect": "",
    "embed": "embed demo",
    "map": "map demo",
    "scores": "score-neighbours demo",
    "duplicates": "find-duplicates demo",
    "regions": "regions demo",
    "path": "path demo colour-field-001 oval-portrait-003",
    "texts": "index-text demo",
    "readings": "predict-collection demo",
    "labels": "fit-labels demo --column style",
    "faces": "detect-faces demo",
    "poses": "detect-poses demo",
}
DAMAGES = ("flipped", "cut", "emptied", "removed", "folder")
NOT_DAMAGED = ("reports", "thumbs")  # Only shown; nothing is computed from them
TRUTHS = ("collection.json", "works.parquet", "images")
"""What no job can compute again: a sentence is enough."""


@dataclass
class Faults:
    """Runs jobs with faults in a folder, and counts what happened."""

    folder: Path
    works: int
    random: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, jobs: Sequence[str], cache: Path, kill_after: float | None = None) -> tuple[int, str]:
        """Run jobs in one process; the exit status, and what it said on stderr. -9 if it was killed."""
        code = COLLECT.format(self.works) if jobs == ["collect"] else COMMANDS
        lines = [JOBS[job] for job in jobs if job != "collect"]
        with subprocess.Popen(
            [sys.executable, "-c", code, *lines],
            env=os.environ | {CACHE_VARIABLE: str(cache)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                said = process.communicate(timeout=kill_after)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                said = process.communicate()[1]
        return process.returncode, said

    def before(self, job: str) -> Path:
        """The undisturbed cache before a job."""
        return self.folder / "before" / job

    def undisturbed(self, jobs: Sequence[str]) -> None:
        """Run every job, and keep the cache before each."""
        cache = self.folder / "cache"
        cache.mkdir()
        for job in jobs:
            shutil.copytree(cache, self.before(job))
            began = time.monotonic()
            status, said = self.run([job], cache)
            self.seconds[job] = time.monotonic() - began
            if status:
                raise SystemExit(f"{job} fails without a fault: {said}")
            print(f"{job}: {self.seconds[job]:.0f} s", flush=True)
        shutil.copytree(cache, self.before("end"))

    def check(self, fault: str, job: str, cache: Path, after: str, said: str) -> None:
        """Count a fault, and print what is wrong after it."""
        wrong = ["ends in a traceback"] if "Traceback" in said else []
        wrong += ["leaves unfinished files"] if any(cache.rglob(f"{TEMPORARY}*")) else []
        found, wanted = state(cache), state(self.before(after))
        differs = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        wrong += [f"differs in {', '.join(differs)}"] if differs else []
        self.counts[f"{fault}: {'wrong' if wrong else 'held'}"] += 1
        if wrong:
            print(f"{fault}, {job}: {'; '.join(wrong)}. {said.strip()[-300:]}", flush=True)

    def kill(self, job: str, after: str) -> None:
        """Kill a job at a random moment and run it again."""
        with copied(self.before(job), self.folder / "killed") as cache:
            moment = self.random.uniform(0.02, 1.0) * self.seconds[job]
            self.run([job], cache, moment)
            self.check("killed", f"{job} after {moment:.1f} s", cache, after, self.again(job, cache))

    def fill(self, job: str, after: str) -> None:
        """Run a job on a full disk, and again with room."""
        with mounted(self.folder / "full") as disk, copied(self.before(job), disk / "cache") as cache:
            with (disk / "filling").open("wb", buffering=0) as filling:
                try:
                    while filling.write(bytes(4096)):
                        pass
                except OSError:
                    pass
            status, said = self.run([job], cache)
            leftovers = "Traceback: unfinished files. " if any(cache.rglob(f"{TEMPORARY}*")) else ""
            if status == 0 or not re.search(r"disk is full|could not be written", said):
                leftovers += f"Traceback: the full disk is not said (status {status}). "
            (disk / "filling").unlink()
            self.check("full disk", job, cache, after, leftovers + said + self.again(job, cache))

    def read_only(self, jobs: Sequence[str]) -> None:
        """Run every job on a read-only cache that has everything."""
        ready = [job for job in jobs if job not in ("collect", "labels")]  # these two always write
        with mounted(self.folder / "full") as disk, copied(self.before("end"), disk / "cache") as cache:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            for job in ready:
                status, said = self.run([job], cache)
                said = f"Traceback: refused. {said}" if status else said
                self.check("read-only", job, cache, "end", said)
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)

    def damage(self, how: str, file: Path, jobs: Sequence[str]) -> None:
        """Damage a file of the finished cache and run everything again."""
        with copied(self.before("end"), self.folder / "damaged") as cache:
            damaged = cache / file
            content = bytearray(damaged.read_bytes())
            damaged.unlink()
            for place in self.random.sample(range(len(content)), min(20, len(content))):
                content[place] ^= self.random.randrange(1, 256)
            if how == "folder":
                damaged.mkdir()
            elif how != "removed":
                damaged.write_bytes({"flipped": content, "cut": content[: len(content) // 2], "emptied": b""}[how])
            status, said = self.run([job for job in jobs if job != "collect"], cache)
            is_truth = any(truth in file.parts for truth in TRUTHS)
            if is_truth or (status and how == "folder"):  # only the sentence counts
                shutil.rmtree(cache)
                shutil.copytree(self.before("end"), cache)
            elif status:
                said = f"Traceback: fails. {said}"
            self.check(f"file {how}", str(file), cache, "end", said)

    def again(self, job: str, cache: Path) -> str:
        """Run a job without a fault; what it said if it failed."""
        status, said = self.run([job], cache)
        return f" Traceback: fails afterwards: {said}" if status else ""


def one_of_each_kind(cache: Path) -> list[Path]:
    """A file of each folder and suffix of a collection."""
    kinds: dict[tuple[str, str], Path] = {}
    for file in sorted(cache.rglob("*")):
        inside = file.relative_to(cache / "collections" / "demo") if file.is_file() else Path()
        if file.is_file() and file.suffix and inside.parts[0] not in NOT_DAMAGED:
            kinds.setdefault((inside.parts[0], file.suffix), file.relative_to(cache))
    return list(kinds.values())


@contextmanager
def copied(source: Path, target: Path) -> Iterator[Path]:
    shutil.copytree(source, target)
    try:
        yield target
    finally:
        shutil.rmtree(target)


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A disk of 64 MiB in memory."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--jobs", nargs="*", choices=JOBS, default=list(JOBS))
    parser.add_argument("--damages", nargs="*", choices=DAMAGES, default=list(DAMAGES))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        jobs = [job for job in JOBS if job in {"collect", *options.jobs}]
        faults = Faults(Path(folder), options.works, random.Random(options.seed))
        faults.undisturbed(jobs)
        after = dict(zip(jobs, [*jobs[1:], "end"], strict=True))
        for number in range(options.kills):
            job = jobs[number % len(jobs)]
            faults.kill(job, after[job])
        try:
            for job in jobs:
                faults.fill(job, after[job])
            faults.read_only(jobs)
        except subprocess.CalledProcessError:
            print("The full and the read-only disk were left out: mounting a disk needs root.")
        for how in options.damages:
            for file in one_of_each_kind(faults.before("end")):
                faults.damage(how, file, jobs)
    print("\n".join(f"{name}: {count}" for name, count in sorted(faults.counts.items())))


if __name__ == "__main__":
    main()
