"""What a person means by a text."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.errors import SourceError
from artextract.sources.recognise import UNKNOWN, recognise, source_at, source_of_bytes, values_for
from artextract.sources.registry import SOURCES
from tests.support.made import jpeg, made_picture
from tests.support.world import Answer, World

MANIFEST = json.dumps({"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Manifest"}).encode()


@pytest.mark.parametrize(
    ("text", "source", "place"),
    [
        ("https://a.example/data/works.csv", "table", "https://a.example/data/works.csv"),
        ("https://a.example/works.JSONL.gz?v=2", "table", "https://a.example/works.JSONL.gz?v=2"),
        ("a.example/works.xlsx", "table", "https://a.example/works.xlsx"),
        ("https://github.com/a/b/blob/main/w.csv", "table", "https://raw.githubusercontent.com/a/b/main/w.csv"),
        (
            "https://huggingface.co/datasets/a/b/blob/main/w.parquet",
            "table",
            "https://huggingface.co/datasets/a/b/resolve/main/w.parquet",
        ),
        ("https://a.example/works/7/manifest.json", "iiif", "https://a.example/works/7/manifest.json"),
        ("https://iiif.a.example/object/7", "iiif", "https://iiif.a.example/object/7"),
        ("https://a.example/img/7/info.json", "iiif", "https://a.example/img/7/info.json"),
        ("https://a.example/img/7/full/max/0/default.jpg", "iiif", "https://a.example/img/7/full/max/0/default.jpg"),
        ("https://v.example/?manifest=https://a.example/7", "iiif", "https://v.example/?manifest=https://a.example/7"),
        ("https://v.example/#?iiif-content=https://a.b/7", "iiif", "https://v.example/#?iiif-content=https://a.b/7"),
        ("https://a.example/list.txt", "iiif", "https://a.example/list.txt"),
        ("https://a.example/1 https://a.example/2", "iiif", "https://a.example/1 https://a.example/2"),
        ("huggan/wikiart", "hf", "huggan/wikiart"),
        (" 'hf://datasets/huggan/wikiart' ", "hf", "huggan/wikiart"),
        ("https://huggingface.co/datasets/huggan/wikiart/viewer/default", "hf", "huggan/wikiart"),
        ("www.nga.gov", "nga", "https://www.nga.gov"),
        ("https://a.example/api/works?format=json", UNKNOWN, "https://a.example/api/works?format=json"),
        ("https://a.example/data.json", UNKNOWN, "https://a.example/data.json"),
    ],
)
def test_a_text_tells_its_source(text: str, source: str, place: str) -> None:
    assert recognise(text) == (source, place)


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("works.csv", b"id,title\n1,A\n", "table"),
        ("works.json", b'[{"id": 1, "iiif_url": "https://a.example/iiif/2"}]', "table"),
        ("works.json.gz", gzip.compress(b'[{"id": 1}]', mtime=0), "table"),
        ("works", b"PAR1" + bytes(20), "table"),
        ("works.xlsx", b"PK\x03\x04" + bytes(20), "table"),
        ("m.json", MANIFEST, "iiif"),
        ("m", b"\xef\xbb\xbf" + MANIFEST, "iiif"),
        ("list.txt", b"# museums\nhttps://a.example/1\n\nhttps://a.example/2\n", "iiif"),
        ("one.txt", b"https://a.example/1", "iiif"),
        ("works.txt", b"image\tid\nhttps://a.example/1\t1\n", "table"),
    ],
)
def test_a_file_tells_its_source_by_its_first_bytes(tmp_path: Path, name: str, content: bytes, source: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert recognise(str(tmp_path / name)) == (source, str(tmp_path / name))


def test_a_folder_is_a_folder(tmp_path: Path) -> None:
    assert recognise(f"file://{tmp_path}") == ("folder", str(tmp_path))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a folder, a table"),
        ("monet", "is not a folder, a file or an address"),
        ("data/works.csv", "There is no file or folder data/works.csv"),
        ("https://a.example/a.zip", "Unpack it"),
        ("https://a.example/a.jpg", "a single picture or a document"),
        ("https://[a/b", "is not an address"),
        ("https://huggingface.co/spaces/a/b", "is not the address of a data set"),
    ],
)
def test_another_text_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence.replace("(", r"\(")):
        recognise(text)


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html></html>", jpeg(made_picture(1, 40, 30))])
def test_bytes_that_no_source_reads_are_one_sentence(content: bytes) -> None:
    with pytest.raises(SourceError, match="the place"):
        source_of_bytes(content, "the place")


def test_an_address_is_asked_for_its_first_bytes(world: World) -> None:
    world.on("a.example/object/7", Answer(body=MANIFEST + b" " * 200_000))
    world.on("a.example/works", Answer(body=b"id,title\n1,A\n", kind="text/plain"))
    world.on("a.example/page", "page")
    assert source_at("http://a.example/object/7") == "iiif"
    assert source_at("http://a.example/works") == "table"
    with pytest.raises(SourceError, match="is a web page"):
        source_at("http://a.example/page")


@given(st.one_of(st.text(), st.from_regex(r"(https?://)?[\w./?=#:%\[\]-]{0,40}", fullmatch=True)))
def test_any_text_gives_a_source_or_one_sentence(text: str) -> None:
    try:
        source, place = recognise(text)
    except SourceError as error:
        assert str(error)
        return
    assert source == UNKNOWN or {*values_for(source, place)} <= {option.name for option in SOURCES[source].options}


@given(st.binary(max_size=300), st.sampled_from([b"", b"{", b"[", b"\x1f\x8b", b"http://", b"PK"]))
def test_any_bytes_give_a_source_or_one_sentence(content: bytes, start: bytes) -> None:
    try:
        assert source_of_bytes(start + content, "x") in {"table", "iiif"}
    except SourceError as error:
        assert str(error)
