"""Which IP addresses are public, and what servers ask of programs."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.sources.fetching.addresses import AllowedHosts, is_public
from artextract.sources.fetching.causes import Cause, summary
from artextract.sources.fetching.host_rules import WIKIMEDIA_WIDTHS, rule_of, wikimedia_pictures
from artextract.sources.fetching.http_responses import FetchError

PRIVATE = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
RESERVED = ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")


@given(st.sampled_from([*PRIVATE, *RESERVED]).flatmap(lambda network: st.ip_addresses(network=network)))
def test_private_and_reserved_addresses_are_not_public_in_any_form(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    forms = [
        str(address),
        f"::ffff:{address}",
        str(ipaddress.IPv6Address((0x0064FF9B << 96) | number)),
        str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))),
    ]
    assert not any(map(is_public, forms))


@pytest.mark.parametrize("address", ["::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1"])
def test_nor_are_those_of_ipv6(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_others_are_public(address: str) -> None:
    assert is_public(address)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    for url in (text, f"http://{text}", f"https://a.example/{text}"):
        try:
            AllowedHosts((), any_public=True).check(url)
        except FetchError as error:
            assert error.cause == Cause.HOST_NOT_ALLOWED
        else:
            assert url.lower().startswith(("http://", "https://"))


def test_the_summary_has_a_line_for_each_host_and_cause() -> None:
    failures = [("a.example", "gone")] * 3 + [("b.example", "refused")] + [("", "something new")]
    lines = summary(failures)
    assert len(lines) == 3
    assert lines[0].startswith("a.example: 3 pictures, gone: ")
    assert lines[1].startswith("b.example: 1 picture, refused: ")
    assert lines[2] == "no host: 1 picture, something new."
    assert all(summary([("a.example", cause)])[0].count(": ") >= 2 for cause in Cause)  # each has a remedy


def test_rules_are_those_of_the_domain() -> None:
    assert rule_of("upload.wikimedia.org").contact
    assert rule_of("api.artic.edu:443").agent_header == "AIC-User-Agent"
    assert not rule_of("notwikimedia.org").contact


FILE = "Mona_Lisa,_by_Leonardo_da_Vinci,_from_C2RMF_retouched.jpg"
PLACE = "https://upload.wikimedia.org/wikipedia/commons"


@pytest.mark.parametrize(
    "url",
    [
        f"http://commons.wikimedia.org/wiki/Special:FilePath/{FILE.replace('_', '%20')}",
        f"https://commons.wikimedia.org/wiki/File:{FILE}",
        f"{PLACE}/e/ec/{FILE.replace(',', '%2C')}",
        f"{PLACE}/thumb/e/ec/{FILE.replace(',', '%2C')}/300px-{FILE}",
        f"https://commons.wikimedia.org/wiki/Special:FilePath/{FILE}?width=300",
    ],
)
def test_files_of_wikimedia_are_asked_for_in_a_size_of_the_ladder(url: str) -> None:
    name = FILE.replace(",", "%2C")
    assert wikimedia_pictures(url, 640) == [f"{PLACE}/thumb/e/ec/{name}/960px-{name}", f"{PLACE}/e/ec/{name}"]


def test_the_formats_that_wikimedia_converts() -> None:
    for name, thumbnail in (("X.tif", "lossy-page1-500px-X.tif.jpg"), ("X.svg", "500px-X.svg.png")):
        assert wikimedia_pictures(f"https://commons.wikimedia.org/wiki/File:{name}", 500)[0].endswith(thumbnail)
    assert wikimedia_pictures("https://commons.wikimedia.org/wiki/Category:X", 500) == []
    assert wikimedia_pictures("https://a.example/wiki/File:X.jpg", 500) == []
    assert WIKIMEDIA_WIDTHS[-1] == 3840
    assert "/3840px-" in wikimedia_pictures("https://commons.wikimedia.org/wiki/File:x.jpg", 9000)[0]
