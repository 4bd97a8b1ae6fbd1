"""The image installs exactly what the tests ran with, and all that it needs in turn."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
IMAGE = {
    "python_version": "3.12",
    "python_full_version": "3.12.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}


def pins(file: str) -> Iterator[tuple[str, Requirement]]:
    """The requirements of a file by name, with the lines that continue them joined."""
    for line in (ROOT / file).read_text().replace("\\\n", " ").splitlines():
        if text := re.sub(r"\s+#.*|^#.*", "", line).partition("--hash")[0].strip():
            requirement = Requirement(text)
            yield canonicalize_name(requirement.name), requirement


def locked() -> dict[str, Requirement]:
    return {name: one for name, one in pins("deploy/requirements.lock") if not one.marker or one.marker.evaluate(IMAGE)}


def version(requirement: Requirement) -> str:
    (pin,) = requirement.specifier
    assert pin.operator == "==", requirement
    return pin.version


def test_the_lock_has_every_pin_with_hashes() -> None:
    lock = locked()
    for file in ("requirements.txt", "requirements-no-deps.txt"):
        for name, requirement in pins(file):
            assert version(lock[name]) == version(requirement), f"run make lock: {name}"
    entries = re.split(r"\n(?=\w)", (ROOT / "deploy/requirements.lock").read_text())[1:]
    assert len(entries) > len(lock) // 2
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_has_what_its_packages_need() -> None:
    """Checked with the metadata of the packages that are installed here in the same version."""
    lock, checked = locked(), 0
    without = {name for name, _ in pins("requirements-no-deps.txt")}
    for name in lock.keys() - without:
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if installed.version != version(lock[name]):
            continue
        checked += 1
        for needed in map(Requirement, installed.requires or []):
            if needed.marker is None or needed.marker.evaluate(IMAGE):
                pin = lock.get(canonicalize_name(needed.name))
                fits = pin is not None and needed.specifier.contains(version(pin), prereleases=True)
                assert fits, f"run make lock: {name} needs {needed}"
    assert checked > len(lock) // 2


def test_the_image_installs_from_the_lock_alone() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    for command in re.findall(r"pip install [^\n]*", dockerfile):
        assert "--require-hashes -r requirements.lock" in command or "--no-deps --no-build-isolation" in command
