"""A link in the browser, to be copied by one press."""

from pathlib import Path

from artextract.ui.components.registration import component

_HTML = '<div class="ax-link"><input type="text" readonly><button type="button"></button><p role="status"></p></div>'
_FILES = (Path(__file__).parent / "link.js", Path(__file__).parent / "link.css")


def show_link(link: str, name: str, key: str) -> None:
    """The link with a button that copies it.

    Args:
        link: the address.
        name: what it is, such as "Reading link".
        key: the component's key.
    """
    data = {"link": link, "name": name}
    component("link_to_copy", _HTML, *_FILES)(key=key, data=data)
