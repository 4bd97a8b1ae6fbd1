"""Tables as the National Gallery of Art publishes them, with made rows and every real oddity."""

import csv
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HEADERS = {
    "objects": "objectid,uuid,accessioned,accessionnum,locationid,title,displaydate,beginyear,"
    "endyear,visualbrowsertimespan,medium,dimensions,inscription,markings,attributioninverted,"
    "attribution,provenancetext,creditline,classification,subclassification,"
    "visualbrowserclassification,parentid,isvirtual,departmentabbr,portfolio,series,volume,"
    "watermarks,lastdetectedmodification,wikidataid,customprinturl",
    "published_images": "uuid,iiifurl,iiifthumburl,viewtype,sequence,width,height,maxpixels,"
    "openaccess,created,modified,depictstmsobjectid,assistivetext",
    "objects_constituents": "objectid,constituentid,displayorder,roletype,role,prefix,suffix,"
    "displaydate,beginyear,endyear,country,zipcode",
    "constituents": "constituentid,uuid,ulanid,preferreddisplayname,forwarddisplayname,lastname,"
    "displaydate,artistofngaobject,beginyear,endyear,visualbrowsertimespan,nationality,"
    "visualbrowsernationality,constituenttype,wikidataid",
    "objects_terms": "termid,objectid,termtype,term,visualbrowsertheme,visualbrowserstyle",
}
MODIFIED = "2026-04-13 11:15:14-04"
OTHERS = ("Print", "Drawing", "Photograph", "Sculpture", "Decorative Art", "Volume", "Index of American Design")
TITLES = (
    'The "Blue" Room',
    "Two Figures,\r\nStanding",
    "神奈川沖浪裏",
    "_Saint Jerome_ in the Desert",
    "View of <i>Delft</i>, from the South",
    "Nature morte à l’aubergine",
    "Untitled; or, Number 5",
    "Портрет Незнакомки",
    "  Landscape   with Cows ",
    "Still Life &amp; Fruit",
)
STYLES = ("Baroque", "Impressionist", "Rococo", "Realist", "Renaissance", "Romantic")
SCHOOLS = ("Dutch", "French", "Italian", "American", "Spanish")
THEMES = ("landscape", "portrait", "religious", "still life", "genre")

Row = Mapping[str, object]


@dataclass
class Tables:
    """Rows to be written, by table."""

    base: str
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in HEADERS})

    def person(self, constituent: int, name: str, nationality: str = "") -> None:
        self.rows["constituents"].append({
            "constituentid": constituent,
            "preferreddisplayname": name,
            "forwarddisplayname": name,
            "visualbrowsernationality": nationality,
        })

    def add_object(self, objectid: int, **columns: object) -> None:
        self.rows["objects"].append(
            {
                "objectid": objectid,
                "classification": "Painting",
                "title": f"Work {objectid}",
                "isvirtual": 0,
                "lastdetectedmodification": MODIFIED,
                "dimensions": "overall: 72.9 x 60.3 cm\r\nframed: 100.3 x 84.1 cm",
            }
            | columns
        )

    def image(self, objectid: int, **columns: object) -> None:
        uuid = str(columns.get("uuid", f"image-{objectid}"))
        address = f"{self.base}/iiif/{uuid}"
        self.rows["published_images"].append(
            {
                "uuid": uuid,
                "iiifurl": address,
                "iiifthumburl": f"{address}/full/!200,200/0/default.jpg",
                "viewtype": "primary",
                "sequence": "0",
                "width": 120,
                "height": 90,
                "openaccess": 1,
                "modified": MODIFIED,
                "depictstmsobjectid": objectid,
                "assistivetext": f"A painted picture of object {objectid}.\r\nIt hangs here.",
            }
            | columns
        )

    def made_by(self, objectid: int, constituent: int, **columns: object) -> None:
        self.rows["objects_constituents"].append(
            {
                "objectid": objectid,
                "constituentid": constituent,
                "displayorder": 1,
                "roletype": "artist",
                "role": "painter",
            }
            | columns
        )

    def term(self, objectid: int, kind: str, term: str) -> None:
        rows = self.rows["objects_terms"]
        rows.append({"termid": len(rows) + 1, "objectid": objectid, "termtype": kind, "term": term})

    def write(self, folder: Path, without: Sequence[str] = ()) -> Path:
        """Write the tables as CSV; the columns `without` are left out, as in older ones."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, header in HEADERS.items():
            columns = [column for column in header.split(",") if column not in without]
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
                writer.writeheader()
                writer.writerows(self.rows[name])
        return folder


Size = Callable[[str], tuple[int, int]]


def made_size(uuid: str) -> tuple[int, int]:
    """Width and height of a made image."""
    chance = random.Random(uuid)
    return chance.randint(40, 130), chance.randint(40, 130)


def many(base: str, objects: int, paintings: int, size: Size = made_size) -> Tables:
    """Tables of `objects` objects; `paintings` of them are paintings with a primary picture."""
    chance, tables = random.Random(7), Tables(base)
    for constituent in range(1, 121):
        tables.person(constituent, f"Painter {constituent} “Pía” O'Neil", chance.choice(SCHOOLS))
    for objectid in range(1, paintings + 1):
        _painting(tables, objectid, chance, size)
    for objectid in range(paintings + 1, objects + 1):
        kind = chance.choice(OTHERS)
        tables.add_object(objectid, classification=kind, beginyear=1900)
        if chance.random() < 0.7:
            tables.image(objectid)
    _without_a_picture(tables, objects)
    return tables


def of_files(base: str, images: Iterable[tuple[int, tuple[int, int]]]) -> Tables:
    """Tables of real picture files: object id and size of each."""
    tables = Tables(base)
    for objectid, (width, height) in images:
        tables.add_object(objectid, title=f"Object {objectid}")
        tables.image(objectid, width=width, height=height)
    tables.person(1, "Nobody in particular")
    return tables


def _painting(tables: Tables, objectid: int, chance: random.Random, size: Size) -> None:
    begin = chance.randint(1380, 1950)
    years: Row = chance.choice([
        {"beginyear": begin, "endyear": begin + 3, "displaydate": f"c. {begin}/{begin + 3}"},
        {"beginyear": begin + 20, "endyear": begin, "displaydate": f"{begin}s"},
        {"beginyear": begin, "displaydate": f"{begin} or later"},
        {"displaydate": "undated"},
    ])
    painter = chance.randint(1, 120)
    tables.add_object(
        objectid,
        title=chance.choice((*TITLES, "", f"Painting {objectid}")),
        **years,
        medium=chance.choice(("oil on canvas", 'tempera, "gesso",\nand gold on panel', "")),
        attribution=chance.choice((f"Painter {painter}", f"Follower of Painter {painter}", "")),
        creditline="Gift of Mr. and Mrs. X, “in memory”",
        parentid=objectid - 1 if chance.random() < 0.05 else "",
    )
    width, height = size(f"image-{objectid}")
    known = chance.random() < 0.95
    tables.image(
        objectid,
        width=width if known else "",
        height=height if known else "",
        openaccess=chance.choice((1, 1, 0, "")),
        sequence=chance.choice(("0", "1", "")),
        maxpixels=chance.choice(("", "", 50)),
    )
    if chance.random() < 0.3:
        tables.image(objectid, uuid=f"image-{objectid}-back", viewtype="alternate", sequence="2")
        tables.image(objectid, uuid=f"image-{objectid}-b", sequence="10")
    if chance.random() < 0.9:
        tables.made_by(objectid, painter, prefix=chance.choice(("", "follower of")))
        tables.made_by(objectid, chance.randint(1, 120), displayorder=2)
        tables.made_by(objectid, chance.randint(1, 120), roletype="owner", displayorder=1)
    for kind, terms in (("Style", STYLES), ("School", SCHOOLS), ("Theme", THEMES)):
        for term in chance.sample(terms, chance.choice((0, 1, 1, 2))):
            tables.term(objectid, kind, term)
    tables.term(objectid, "Keyword", "sky")


def _without_a_picture(tables: Tables, last: int) -> None:
    """Three paintings that can't be collected."""
    tables.add_object(last + 1, isvirtual=1)
    tables.image(last + 1)
    tables.add_object(last + 2)
    tables.add_object(last + 3)
    tables.image(last + 3, viewtype="alternate")
