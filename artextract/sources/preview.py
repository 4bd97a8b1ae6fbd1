"""What collecting from a source would add, and how long it would take, before any picture is read."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from artextract.settings import CONTACT_VARIABLE, contact
from artextract.sources.base import ColumnUse, Source, file_size, no_picture
from artextract.sources.fetching.host_rules import rule_of
from artextract.sources.fetching.http_responses import host_of

EXAMPLES = 10  # Works that are shown
LONGEST = 80  # Characters of a value in a line
TYPICAL_SIZE = 300_000  # Bytes of a museum's picture of about 800 px
FETCH_SECONDS = 0.5  # Per picture of one host, with two connections, unless the host wants longer pauses
COPY_SECONDS = 0.02  # Per local picture: decoded, checked and copied
HOSTS_AT_ONCE = 16
NONE_STATED = "none stated"
_NOT_SHOWN = ("read", "origin", "extra", "size")


@dataclass(frozen=True)
class Preview:
    """A source before anything is fetched."""

    title: str
    works: int
    without_picture: int  # Works for which the source names no picture
    columns: list[ColumnUse]  # How the columns of a table are used
    examples: list[dict[str, str]]  # The first works: their values by column, and "picture"
    hosts: dict[str, int]  # Pictures by host, the most frequent first; "" is this computer
    licences: dict[str, int]  # Works by licence, in the words of the source
    megabytes: float  # Estimated amount to read, MB
    minutes: float  # Estimated time, at the polite pace
    remarks: list[str]

    def lines(self) -> Iterator[str]:
        """The preview as text."""
        yield f"{self.title}: {self.works:,} works. Nothing was fetched yet."
        if self.without_picture:
            yield f"{self.without_picture:,} works have no picture and would be left out."
        yield from self.remarks
        if self.columns:
            yield "Columns:"
            for column in self.columns:
                became = column.used_as or "not used"
                yield f"  {column.name} → {became}" + (f" ({column.example})" if column.example else "")
        yield "The first works:"
        for number, example in enumerate(self.examples, 1):
            shown = (f"{column}: {_short(value)}" for column, value in example.items())
            yield f"  {number}. " + "; ".join(shown)
        yield "Pictures from:"
        yield from (f"  {host or 'this computer'}: {count:,}" for host, count in self.hosts.items())
        yield "Licences, as the source states them:"
        yield from (f"  {licence}: {count:,}" for licence, count in self.licences.items())
        yield f"To read: {self.cost()}."

    def cost(self) -> str:
        """How much must be read, and how long it takes, as text."""
        size = f"about {self.megabytes:,.0f} MB" if self.megabytes >= 1 else "less than 1 MB"
        time = f"about {self.minutes / 60:.1f} hours" if self.minutes > 90 else f"about {self.minutes:.0f} min"
        return f"{size}, {'less than a minute' if self.minutes < 1 else time}"


def preview(source: Source) -> Preview:
    """Look at a source without reading a picture."""
    hosts: Counter[str] = Counter()
    licences: Counter[str] = Counter()
    examples: list[dict[str, str]] = []
    undated: list[str] = []
    works = without = size = 0
    for work in source.works():
        works += 1
        if work.date_text and work.year_begin is None and work.year_end is None:
            undated.append(work.date_text)
        licences[work.licence or NONE_STATED] += 1
        if len(examples) < EXAMPLES:
            values = {name: value for name, value in vars(work).items() if name not in _NOT_SHOWN} | work.extra
            picture = {} if work.read is no_picture else {"picture": work.origin}
            examples.append({name: str(value) for name, value in values.items() if value is not None} | picture)
        if work.read is no_picture:
            without += 1
        else:
            hosts[host_of(work.origin)] += 1
            local = work.size is None and not host_of(work.origin)
            size += (file_size(Path(work.origin)) if local else work.size) or TYPICAL_SIZE
    return Preview(
        title=source.about.title,
        works=works,
        without_picture=without,
        columns=source.columns(),
        examples=examples,
        hosts=dict(hosts.most_common()),
        licences=dict(licences.most_common()),
        megabytes=size / 1e6,
        minutes=_seconds(hosts) / 60,
        remarks=[*source.remarks(), *_warnings(undated, hosts)],
    )


def _warnings(undated: list[str], hosts: Iterable[str]) -> Iterator[str]:
    if undated:
        yield f"Dates that could not be read as years: {len(undated):,} (first: {_short(undated[0])!r})."
    for host in hosts:
        if rule_of(host).contact and not contact():
            remedy = f"set {CONTACT_VARIABLE} to your e-mail address first"
            yield f"{host} answers only programs that name a contact: {remedy}."


def _short(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _seconds(hosts: Counter[str]) -> float:
    """The time of the host that takes longest, or of all hosts if they are many."""
    pauses = {host: max(FETCH_SECONDS, rule_of(host).pause) if host else COPY_SECONDS for host in hosts}
    seconds = {host: count * pauses[host] for host, count in hosts.items()}
    return max([*seconds.values(), sum(seconds.values()) / HOSTS_AT_ONCE])
