"""The preview of a source: works, columns, pictures, hosts, licences, time."""

import base64
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from textwrap import shorten

import streamlit as st

from artextract import settings
from artextract.collecting.looking import FirstPicture, Look
from artextract.metadata.rights import licence_text
from artextract.sources.base import ColumnUse
from artextract.sources.fetching.host_rules import rule_of
from artextract.sources.recognise import PLACES
from artextract.sources.registry import FREE_ONLY, SOURCES
from artextract.sources.tables.columns import SETTABLE
from artextract.ui import layout, work_columns
from artextract.ui.collections.add_forms import option_fields
from artextract.ui.collections.adding import COLUMN_OPTIONS, PICTURE_OPTIONS, Adding, contact, set_contact
from artextract.ui.work_text import escaped

_PICTURE = "picture"
_OWN = "keeps its own name"
_NOT_USED = "not used"
_FEW = 12  # Columns shown before “All columns”; hosts and licences in a line
_LONGEST = 60  # Characters of a value


def show_look(now: Adding, seen: Look) -> None:
    """The preview, with fields that correct wrong guesses, and the button that collects."""
    found = seen.preview
    st.markdown(f"#### {escaped(found.title, '')}")
    without = f"{found.without_picture:,} without a picture, which are left out" if found.without_picture else ""
    st.markdown(" · ".join(filter(None, [f"**{_works(found.works)}**", without, found.cost()])))
    for remark in found.remarks:
        st.caption(escaped(remark, ""))
    _show_pictures(seen.pictures)
    _ask_for_contact(now, found.hosts)
    _show_columns(now, found.columns)
    with st.expander(f"The first {_works(len(found.examples))}", icon=":material/list:"):
        st.markdown("\n".join(f"{number}. {_line(work)}" for number, work in enumerate(found.examples, 1)))
    st.markdown(f"**Pictures from** {_counted(found.hosts, 'this computer')}")
    st.markdown(f"**Licences, as the source states them:** {_counted(_named_licences(found.licences), '')}")
    _show_options(now)
    _show_button(now, found.title, found.works - found.without_picture)


def _show_pictures(pictures: list[FirstPicture]) -> None:
    """The pictures in a row, and why others are not available."""
    shown = "".join(
        f'<img class="ax-view ax-small" src="data:image/jpeg;base64,{base64.b64encode(picture.jpeg).decode()}" '
        f'alt="{html.escape(picture.title, quote=True)}">'
        for picture in pictures
        if picture.jpeg
    )
    if shown:
        st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.6rem">{shown}</div>')
    for why in dict.fromkeys(picture.why for picture in pictures if picture.why):
        st.warning(escaped(why, ""), icon=":material/broken_image:")


def _ask_for_contact(now: Adding, hosts: Mapping[str, int]) -> None:
    """A field for the user's address, if a server asks for one and the settings have none."""
    asking = [host for host in hosts if rule_of(host).contact]
    with layout.errors_as_sentences():
        if not asking or settings.contact():
            return
        entered = st.text_input(
            "Your e-mail address",
            contact(),
            key="_contact",
            help="Sent with each request as the contact of this program. Used until you close this page.",
        )
        st.caption(f"{escaped(', '.join(asking), '')}: these servers answer only programs that name a contact.")
        if entered.strip() != contact():
            with settings.contact_is(entered):
                settings.contact()  # raises an error for anything else
            set_contact(entered.strip())
            now.look()
            st.rerun()


def _show_columns(now: Adding, columns: list[ColumnUse]) -> None:
    """How each column is used, with a select box if the source lets the user choose."""
    if not columns:
        return
    options = {option.name for option in SOURCES[now.source].options}
    own = sum(use.used_as is not None and not _settable(use.used_as) for use in columns)
    used = [f"{use.name} → {use.used_as}" for use in columns if use.used_as and _settable(use.used_as)]
    others = f"; {own:,} more with their own names" if own else ""
    st.markdown(f"**Columns:** {escaped(', '.join(used) or 'none was recognised', '')}{others}.")
    with st.expander("Change the columns" if "column" in options else "All columns", icon=":material/table:"):
        for first in range(0, len(columns), 3):
            for use, place in zip(columns[first : first + 3], st.columns(3), strict=False):
                with place:
                    _show_column(now, use, [_PICTURE] if options & {*PICTURE_OPTIONS} else [], "column" in options)


def _show_column(now: Adding, use: ColumnUse, pictures: list[str], mendable: bool) -> None:
    became = use.used_as or _NOT_USED
    own = [_OWN] if use.used_as and use.used_as in SETTABLE else []
    choices = dict.fromkeys([became, *pictures, *(SETTABLE if mendable else ()), *(own if mendable else ())])
    key = f"_column_{now.shown}_{use.name}"

    def change() -> None:
        if (chosen := st.session_state[key]) != became:  # a browser also sends a value that nobody changed
            _change_column(now, use, chosen)
            now.look()

    st.selectbox(
        use.name, list(choices), key=key, format_func=work_columns.name_of, disabled=len(choices) == 1, on_change=change
    )
    st.caption(escaped(use.example, "") or "empty")


def _change_column(now: Adding, use: ColumnUse, chosen: str) -> None:
    """Use a column of the table as another column of works, as the picture column, or not at all."""
    if chosen == _PICTURE:
        names = [option.name for option in SOURCES[now.source].options if option.name in PICTURE_OPTIONS]
        now.values[names[0]] = use.name
        return
    ours = use.used_as if chosen == _OWN else chosen
    kept = [pair for pair in now.values.get("column", ()) if pair.partition("=")[0] != ours]
    kept = [pair for pair in kept if pair.partition("=")[2] != use.name]
    now.values["column"] = [*kept, f"{ours}={'' if chosen == _OWN else use.name}"]


def _show_options(now: Adding) -> None:
    """The further options of the source; a change updates the preview."""
    hidden = {PLACES.get(now.source, ""), *COLUMN_OPTIONS}
    options = [option for option in SOURCES[now.source].options if option.name not in hidden and not option.shortcut]
    entered = option_fields(options, f"_look_{now.source}_{now.number}_", now.values)
    changed = {
        option.name: entered[option.name]
        for option in options
        if (entered[option.name] or None) != (now.values.get(option.name, option.default) or None)
    }
    key = f"_look_{now.number}_{FREE_ONLY}"
    free = st.checkbox("Only works that are CC0 or in the public domain", bool(now.values.get(FREE_ONLY)), key)
    if free != bool(now.values.get(FREE_ONLY)):
        changed[FREE_ONLY] = free
    if changed:
        now.values |= changed
        now.look()
        st.rerun()


def _show_button(now: Adding, title: str, works: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of the collection",
            proposed_name(title) or now.source,
            key=f"_name_{now.source}_{now.number}",
            width=300,
        )
        is_looking = now.job is not None and now.job.running
        pressed = st.button(
            f"Collect {_works(works)}",
            key="_collect",
            icon=":material/download:",
            type="primary",
            disabled=is_looking or not works,
        )
    if pressed:
        with layout.errors_as_sentences():
            now.collect(name)
            st.rerun()


def proposed_name(title: str) -> str:
    """A title as the name of a collection; "" if nothing of it is left."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\.[a-z]{2,7}$", "", title)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:40].strip("-")


def _settable(became: str) -> bool:
    return became.startswith(_PICTURE) or became == "file" or any(name in SETTABLE for name in became.split(", "))


def _works(count: int) -> str:
    return f"{count:,} {'work' if count == 1 else 'works'}"


def _line(work: Mapping[str, str]) -> str:
    """A work as one line of text."""
    values = {name: shorten(value, _LONGEST, placeholder=" …") for name, value in work.items()}
    title = values.pop("title", values.get("id", ""))
    rest = " · ".join(f"{work_columns.name_of(name)}: {value}" for name, value in values.items())
    return f"**{escaped(title, '')}** {escaped(rest, '')}"


def _named_licences(counts: Mapping[str, int]) -> Counter[str]:
    """The counts by the names of the licences: a licence may be written in several ways."""
    named: Counter[str] = Counter()
    for licence, count in counts.items():
        named[licence_text(licence)] += count
    return named


def _counted(counts: Mapping[str, int], otherwise: str) -> str:
    shown = [f"{escaped(name or otherwise, '')} ({count:,})" for name, count in list(counts.items())[:_FEW]]
    more = len(counts) - _FEW
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
