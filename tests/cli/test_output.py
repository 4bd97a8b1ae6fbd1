"""What commands print: JSON is valid UTF-8, and no name controls the terminal."""

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from artextract.cli import app
from artextract.cli.common import print_json, print_line
from tests.support.made import jpeg, made_picture

TEXTS = st.text(st.characters(exclude_categories=()))
CAPTURED = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@CAPTURED
@given(TEXTS)
def test_json_is_valid_utf8_without_control_characters(capfdbinary: pytest.CaptureFixture[bytes], text: str) -> None:
    print_json({text: [text]})
    sys.stdout.flush()
    said = capfdbinary.readouterr().out.decode("utf-8", "strict")
    assert said[:-1].isprintable() or all(ord(c) > 0x9F for c in said[:-1] if not c.isprintable())
    ((key, (value,)),) = json.loads(said).items()
    assert key == value
    value.encode()
    if text.isascii():
        assert value == text


@CAPTURED
@given(TEXTS)
def test_a_line_stays_one_line(capfdbinary: pytest.CaptureFixture[bytes], text: str) -> None:
    print_line(text)
    print_line(text, sys.stderr)
    for said in capfdbinary.readouterr():
        assert said.endswith(b"\n")
        assert len(said.decode("utf-8", "strict").splitlines()) == 1
        assert b"\x1b" not in said


def test_bytes_of_a_name_are_escaped_as_in_ids(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_json({"image": os.fsdecode(b"caf\xe9.jpg")})
    assert capfdbinary.readouterr().out == b'{"image": "caf\\\\xe9.jpg"}\n'
    print_line(os.fsdecode(b"red\x1b[31m caf\xe9.jpg"))
    assert capfdbinary.readouterr().out == b"red\\x1b[31m caf\\xe9.jpg\n"


@pytest.mark.parametrize("name", [b"caf\xe9.jpg", b"new\nline.jpg", b"red\x1b[31m.jpg"])
def test_odd_names_on_the_command_line(tmp_path: Path, name: bytes) -> None:
    good, bad = tmp_path / "p" / os.fsdecode(name), tmp_path / os.fsdecode(b"bad " + name)
    good.parent.mkdir()
    good.write_bytes(jpeg(made_picture(1)))
    bad.write_bytes(b"no picture")
    for arguments in (["collect", "folder", str(good.parent), "--name", "mine"], ["predict", str(good)]):
        done = CliRunner().invoke(app, [*arguments, "--json"])
        assert done.exit_code == 0, done.output
        json.loads(done.stdout_bytes.decode("utf-8", "strict"))
    done = CliRunner().invoke(app, ["predict", str(good), str(bad)])
    assert done.exit_code == 1
    assert len(done.stderr_bytes.decode("utf-8", "strict").splitlines()) == 1
    assert "\x1b" not in done.stderr
