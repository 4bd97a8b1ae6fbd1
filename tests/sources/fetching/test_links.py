"""Which addresses from tables are given out."""

import pytest

from artextract.settings import HOSTS_VARIABLE
from artextract.sources.fetching.addresses import is_link


@pytest.mark.parametrize(
    "url",
    [
        "https://www.nga.gov/a/b?c=d#e",
        "http://example.org:8443/iiif",
        "HTTPS://EXAMPLE.ORG/",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/x",
        "https://müller.example/",
    ],
)
def test_public_addresses_are_links(url: str) -> None:
    assert is_link(url)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.org",
            "//example.org",
            "",
            "x",
        ),
        *("http://", "http://[", "https:///x", "http://example.org:x/", "\0"),
        *("http://localhost:8501/", "http://LOCALHOST", "http://a.localhost", "http://localhost./", "http://router/"),
        *("http://127.0.0.1", "http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/"),
        *("http://0/", "http://0.0.0.0/", "http://10.0.0.7", "http://192.168.1.1", "http://172.16.0.1:80/x"),
        *(
            "http://169.254.169.254/latest",
            "http://100.64.0.1",
            "http://[::1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]",
        ),
        *("http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://printer.local/", "http://a.internal"),
        *("http://１２７.0.0.1/", "http://user@127.0.0.1/", "http://example.org@10.0.0.1/"),
    ],
)
def test_other_addresses_are_not(url: str) -> None:
    assert not is_link(url)


def test_what_is_no_text_is_no_link() -> None:
    assert not any(map(is_link, (None, float("nan"), 1, b"http://example.org")))


def test_a_named_host_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS_VARIABLE, "iiif.museum.local:8182")
    assert is_link("http://iiif.museum.local:8182/iiif/a")
    assert not is_link("http://iiif.museum.local/iiif/a")
