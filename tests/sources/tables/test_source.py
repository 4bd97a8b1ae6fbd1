"""Works from tables of museums and tools; pictures from a local server or from beside the table."""

import json
from pathlib import Path

import pytest

from artextract.errors import SourceError
from artextract.sources.base import SourceWork
from artextract.sources.fetching.causes import Cause
from artextract.sources.preview import preview
from artextract.sources.tables.columns import SETTABLE
from artextract.sources.tables.preset import read_presets
from artextract.sources.tables.source import TableSource
from tests.support.made import jpeg, made_picture

TATE = (
    "\ufeffid,accession_number,artist,artistRole,artistId,title,dateText,medium,creditLine,year,acquisitionYear,"
    "thumbnailCopyright,thumbnailUrl,url\n"
    '1039,A00005,"Blake, William",artist,39,The Circle of the Lustful,"1826-7, reprinted 1892",Engraving,Purchased,'
    "1826,1919,,http://www.tate.org.uk/art/images/work/A/A00/A00005_8.jpg,http://www.tate.org.uk/art/artworks/a00005\n"
    '851,A01039,"Beerbohm, Sir Max",artist,722,[blank],date not known,Graphite,Bequeathed,,1941,© The estate,,\n'
)
MOMA = (
    "Title,Artist,ConstituentID,ArtistBio,Nationality,BeginDate,EndDate,Date,ObjectID,URL,ImageURL,Height (cm)\n"
    "The Bather,Paul Cézanne,1053,,French,(1839),(1906),c. 1885,78296,https://www.moma.org/collection/works/78296,"
    "https://www.moma.org/media/W1si.jpg?sha=c6bd,127.0\n"
)
MET = (
    "Object Number,Is Public Domain,Object ID,Title,Artist Display Name,Artist Alpha Sort,Artist Begin Date,"
    "Artist End Date,Object Date,Object Begin Date,Object End Date,Tags\n"
    '36.100.45,True,45734,Quail and Millet,Kiyohara Yukinobu|A,"Yukinobu, K.",1643      ,1682      ,late 17th century,'
    "1667,1682,Birds|Leaves\n"
    "19.164,False,1,Other,B,B,,,1950,1950,1950,\n"
)
CLEVELAND = {
    "id": 93014,
    "accession_number": "1335.1917",
    "share_license_status": "CC0",
    "title": "View of <em>Schroon Mountain</em>",
    "creators": [{"description": "Thomas Cole (American, 1801-1848)", "birth_year": "1801"}],
    "creation_date": "1838",
    "creation_date_earliest": 1838,
    "creation_date_latest": 1839,
    "images": {
        "full": {"url": "https://openaccess-cdn.clevelandart.org/1/1_full.tif", "filename": "1_full.tif"},
        "print": {"url": "https://openaccess-cdn.clevelandart.org/1/1_print.jpg", "filename": "1_print.jpg"},
        "web": {"url": "https://openaccess-cdn.clevelandart.org/1/1_web.jpg", "filename": "1_web.jpg"},
    },
}
CARNEGIE = (
    "title,creation_date,creation_date_earliest,creation_date_latest,id,web_url,image_url,full_name,cited_name,birth_date\n"
    "La Malle,1892,1892-01-01,1893-01-01,cmoa:things/01c1,http://collection.cmoa.org/CollectionDetail.aspx?item=1,"
    'http://collection.cmoa.org/CollectionImage.aspx?irn=151924&size=Medium,A. Stevens,"Stevens, Alfred",1823-01-01\n'
)
WIKIDATA = (
    "item,itemLabel,creatorLabel,image,inception\n"
    "http://www.wikidata.org/entity/Q12418,Mona Lisa,Leonardo,"
    "http://commons.wikimedia.org/wiki/Special:FilePath/Mona%20Lisa.jpg,1503-01-01T00:00:00Z\n"
    "http://www.wikidata.org/entity/Q12418,Mona Lisa,Leonardo,"
    "http://commons.wikimedia.org/wiki/Special:FilePath/Copy.jpg,1503-01-01T00:00:00Z\n"
    "http://www.wikidata.org/entity/Q0,Q0,,http://commons.wikimedia.org/wiki/Special:FilePath/Some%20scan.tif,t123456\n"
)
COLLECTION_BUILDER = (
    "objectid,title,creator,date,subject,rights,rightsstatement,object_location,image_small,image_thumb,image_alt_text\n"
    "demo_001,Building,Photo Co.,1910,a; b,,http://rightsstatements.org/vocab/NoC-US/1.0/,/objects/demo_001.jpg,"
    "/objects/small/demo_001_sm.jpg,/objects/thumbs/demo_001_th.jpg,a house\n"
    "demo_002,Court,Post Card Co.,1912-09-08,a,,,/objects/demo_002.pdf,/objects/small/demo_002_sm.jpg,,\n"
    "demo_004,Film,,1925-10-30,b,,,https://youtu.be/CVXQ3X6Q8oU,,,\n"
    "demo_007,Record,,2003,c,,,https://www.doi.org/10.1577/M02-113,,,\n"
)
PIXPLOT = (
    "filename,category,tags,description,permalink,Year\n"
    "bees.jpg,yellow,a|b|c,bees' knees,https://example.org/1,1776\n"
    "cats.jpg,dangerous,b|c|d,cats' pajamas,https://example.org/2,1972\n"
)
VIKUS = 'id,keywords,year,_description\nbees,"a,b",1776,Bees\ncats,"c",1972,Cats\n'
OMEKA = (
    "Item Id,Dublin Core:Title,Dublin Core:Creator,Dublin Core:Date,Dublin Core:Rights,file\n"
    "12,Bees,Somebody,1776,CC0,https://example.org/files/original/bees.jpg\n"
)
HARVARD = {
    "info": {"page": 1},
    "records": [
        {
            "objectid": 304069,
            "objectnumber": "1949.89",
            "title": "Hydria",
            "dated": "late 5th century BCE",
            "datebegin": -430,
            "dateend": -400,
            "people": [{"displayname": "Unknown Artist"}],
            "primaryimageurl": "https://nrs.harvard.edu/urn-3:HUAM:DDC251092_dynmc",
        }
    ],
}
AIC = {
    "data": [
        {
            "id": 1,
            "title": "A",
            "image_id": "abc",
            "artist_display": "X",
            "date_display": "1880",
            "is_public_domain": True,
        }
    ]
}
SMK = {
    "items": [
        {
            "object_number": "KMS1",
            "public_domain": True,
            "image_iiif_id": "https://iip.smk.dk/iiif/jp2/KMS1.tif.jp2",
            "titles": [{"title": "Et møde"}],
            "production_date": [{"period": "1880"}],
        }
    ]
}
COMMONS = {
    "query": {
        "pages": {
            "7": {
                "pageid": 7,
                "title": "File:A.jpg",
                "imageinfo": [
                    {
                        "url": "https://upload.wikimedia.org/wikipedia/commons/2/25/A.jpg",
                        "descriptionurl": "https://commons.wikimedia.org/wiki/File:A.jpg",
                        "extmetadata": {
                            "Artist": {"value": "<a href='#'>PtrQs</a>"},
                            "LicenseUrl": {"value": "https://creativecommons.org/licenses/by/4.0"},
                        },
                    }
                ],
            }
        }
    }
}


def opened(folder: Path, content: str | dict[str, object], **options: object) -> TableSource:
    file = folder / ("table.csv" if isinstance(content, str) else "table.json")
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return TableSource(str(file), **options)


def only(source: TableSource) -> SourceWork:
    return next(source.works())


def became(source: TableSource) -> dict[str, str | None]:
    return {use.name: use.used_as for use in source.columns()}


def test_tate(tmp_path: Path) -> None:
    source = opened(tmp_path, TATE)
    first, second = source.works()
    assert source.about.title == "Tate collection"
    assert (first.id, first.artist, first.year_begin, first.year_end) == ("1039", "Blake, William", 1826, 1826)
    assert first.origin == "http://www.tate.org.uk/art/images/work/A/A00/A00005_8.jpg"
    assert first.licence.startswith("Not stated")
    assert (second.licence, second.title, second.year_begin) == ("© The estate", "[blank]", None)
    assert first.extra["accession_number"] == "A00005"
    assert preview(source).without_picture == 1
    with pytest.raises(SourceError) as failure:
        second.read()
    assert failure.value.cause == Cause.NOT_NAMED


def test_moma_years_of_the_artist_are_not_those_of_the_work(tmp_path: Path) -> None:
    source = opened(tmp_path, MOMA)
    work = only(source)
    assert (work.id, work.year_begin, work.year_end, work.date_text) == ("78296", 1885, 1885, "c. 1885")
    assert work.origin.endswith("sha=c6bd")
    assert (work.extra["begin_date"], work.extra["height_cm"]) == ("(1839)", "127.0")
    assert became(source)["ImageURL"] == "picture"


def test_the_met_by_its_api(tmp_path: Path) -> None:
    first, second = opened(tmp_path, MET).works()
    assert first.origin == "https://collectionapi.metmuseum.org/public/collection/v1/objects/45734"
    assert (first.artist, first.licence, first.theme) == ("Kiyohara Yukinobu; A", "CC0", "Birds; Leaves")
    assert (first.year_begin, first.year_end) == (1667, 1682)
    assert second.licence == "Not public domain: for private study"
    assert second.origin == ""


def test_cleveland_never_takes_the_largest_file(tmp_path: Path) -> None:
    for preset in (None, "none"):
        source = opened(tmp_path, {"data": [CLEVELAND]}, preset=preset)
        work = only(source)
        assert work.origin.endswith("1_web.jpg")
        assert (work.title, work.artist) == ("View of Schroon Mountain", "Thomas Cole (American, 1801-1848)")
        assert (work.year_begin, work.year_end) == (1838, 1839)
        assert work.licence == ("CC0" if preset is None else None)
        assert became(source)["images.web.url"] == "picture"


def test_carnegie_pictures_have_no_suffix(tmp_path: Path) -> None:
    work = only(opened(tmp_path, CARNEGIE))
    assert work.origin == "http://collection.cmoa.org/CollectionImage.aspx?irn=151924&size=Medium"
    assert (work.id, work.artist, work.year_begin, work.year_end) == ("cmoa:things/01c1", "A. Stevens", 1892, 1893)
    assert work.source_url == "http://collection.cmoa.org/CollectionDetail.aspx?item=1"


def test_wikidata_rows_of_one_item_get_different_ids(tmp_path: Path) -> None:
    source = opened(tmp_path, WIKIDATA)
    works = list(source.works())
    assert [work.id for work in works] == ["Q12418", "Q12418 (2)", "Q0"]
    assert (works[0].date_text, works[0].year_begin) == ("1503", 1503)
    assert (works[2].title, works[2].date_text) == (None, None)
    assert any("were numbered: 1" in remark for remark in source.remarks())


def test_collectionbuilder_takes_each_rows_best_picture(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("_data", "objects/small"):
        (site / name).mkdir(parents=True)
    (site / "objects/demo_001.jpg").write_bytes(jpeg(made_picture(1)))
    source = opened(site / "_data", COLLECTION_BUILDER)
    works = list(source.works())
    assert works[0].read() == jpeg(made_picture(1))
    assert works[1].origin == "/objects/small/demo_002_sm.jpg"
    causes = []
    for work in works[1:]:
        with pytest.raises(SourceError) as failure:
            work.read()
        causes.append(failure.value.cause)
    assert causes == [Cause.NO_FILE, Cause.FILM, Cause.NOT_NAMED]
    assert (works[0].theme, works[0].description) == ("a; b", "a house")
    assert works[0].licence == "http://rightsstatements.org/vocab/NoC-US/1.0/"
    assert any("not beside the table: 1" in remark for remark in source.remarks())


@pytest.mark.parametrize("table", [PIXPLOT, VIKUS])
def test_tables_of_pixplot_and_vikus_find_the_files_beside_them(tmp_path: Path, table: str) -> None:
    for number, name in enumerate(("bees", "cats")):
        (tmp_path / f"{name}.jpg").write_bytes(jpeg(made_picture(number)))
    works = list(opened(tmp_path, table).works())
    assert [work.read() for work in works] == [jpeg(made_picture(number)) for number in (0, 1)]
    assert [work.year_begin for work in works] == [1776, 1972]
    assert works[0].theme == ("a; b; c" if table == PIXPLOT else "a; b")


def test_omeka_harvard_aic_smk_and_commons(tmp_path: Path) -> None:
    omeka = only(opened(tmp_path, OMEKA))
    assert (omeka.id, omeka.title, omeka.artist, omeka.licence) == ("12", "Bees", "Somebody", "CC0")
    harvard = only(opened(tmp_path, HARVARD))
    assert (harvard.id, harvard.artist, harvard.year_begin) == ("304069", "Unknown Artist", -430)
    assert harvard.origin == "https://nrs.harvard.edu/urn-3:HUAM:DDC251092_dynmc"
    source = opened(tmp_path, AIC)
    assert only(source).extra["iiif"] == "https://www.artic.edu/iiif/2/abc"
    assert only(source).licence == "CC0"
    assert "check for browsers" in source.remarks()[0]
    smk = only(opened(tmp_path, SMK))
    assert (smk.title, smk.extra["iiif"]) == ("Et møde", "https://iip.smk.dk/iiif/jp2/KMS1.tif.jp2")
    commons = only(opened(tmp_path, COMMONS))
    assert (commons.artist, commons.licence) == ("PtrQs", "https://creativecommons.org/licenses/by/4.0")


def test_a_column_of_iiif_bases_and_people_named_by_address(tmp_path: Path) -> None:
    works = list(opened(tmp_path, "id,iiif\n1,https://example.org/iiif/abc\n2,n/a\n").works())
    assert [work.extra.get("iiif") for work in works] == ["https://example.org/iiif/abc", None]
    item = {
        "id": "/123/abc",
        "dcCreator": ["http://data.europeana.eu/agent/1", "Rembrandt"],
        "edmIsShownBy": ["http://example.org/get?id=5"],
        "rights": ["http://creativecommons.org/publicdomain/mark/1.0/"],
        "guid": "https://www.europeana.eu/item/123/abc",
        "link": "https://api.europeana.eu/record/123.json",
    }
    europeana = only(opened(tmp_path, {"items": [item]}))
    assert (europeana.artist, europeana.origin) == ("Rembrandt", "http://example.org/get?id=5")
    assert europeana.source_url == "https://www.europeana.eu/item/123/abc"
    assert europeana.licence == "http://creativecommons.org/publicdomain/mark/1.0/"


@pytest.mark.parametrize(
    ("cell", "pictures"),
    [
        (
            "a.jpg (https://x.example/v3/1),b.jpg (https://x.example/v3/2)",
            ["https://x.example/v3/1", "https://x.example/v3/2"],
        ),
        ('=IMAGE("https://x.example/a.jpg", 1)', ["https://x.example/a.jpg"]),
        ('{"0":"https://x.example/a.jpeg"}', ["https://x.example/a.jpeg"]),
        ("![A view](https://x.example/a.png)", ["https://x.example/a.png"]),
        ("http://x.example/1.jpg^^http://x.example/2.jpg", ["http://x.example/1.jpg", "http://x.example/2.jpg"]),
    ],
)  # Airtable, Google Sheets, Zooniverse, Markdown, Omeka Classic
def test_addresses_within_other_text(tmp_path: Path, cell: str, pictures: list[str]) -> None:
    work = only(opened(tmp_path, 'id,attachments\n1,"{}"\n'.format(cell.replace('"', '""'))))
    assert [work.origin, *filter(None, (work.extra.get("more_pictures") or "").split("; "))] == pictures


@pytest.mark.parametrize(
    "content",
    [
        {"hits": {"hits": [{"_id": "x", "_source": {"title": "A", "image": "https://x.example/a.jpg"}}]}},
        {"type": "FeatureCollection", "features": [{"properties": {"title": "A", "image": "https://x.example/a.jpg"}}]},
        {"records": [{"id": "rec1", "fields": {"Title": "A", "Picture": [{"url": "https://x.example/a.jpg"}]}}]},
        {"photos": {"page": 1, "photo": [{"id": "5", "title": "A", "url_l": "https://x.example/a.jpg"}]}, "stat": "ok"},
        {
            "data": {
                "nodeQuery": {"count": 1, "entities": [{"title": "A", "visual": {"url": "https://x.example/a.jpg"}}]}
            }
        },
        {"docs": [{"id": "5", "sourceResource": {"title": ["A"]}, "object": "https://x.example/a.jpg"}]},
        {"@context": {}, "@graph": [{"title": "A", "photo": [{"path": "https://x.example/a.jpg"}]}]},
        {"artObjects": [{"objectNumber": "SK-A-1", "title": "A", "webImage": {"url": "https://x.example/a.jpg"}}]},
    ],
)
def test_answers_of_servers_of_other_kinds(tmp_path: Path, content: dict[str, object]) -> None:
    work = only(opened(tmp_path, content))
    assert (work.title, work.origin) == ("A", "https://x.example/a.jpg")


def test_titles_and_file_records_of_wikimedia_commons(tmp_path: Path) -> None:
    by_title = only(opened(tmp_path, "pageid,title\n84798633,File:Ambassade 1.jpg\n"))
    assert by_title.origin == "https://commons.wikimedia.org/wiki/File:Ambassade%201.jpg"
    record = {
        "url": "https://upload.wikimedia.org/wikipedia/commons/2/25/A.jpg",
        "descriptionurl": "https://commons.wikimedia.org/wiki/File:A.jpg",
        "extmetadata": {"LicenseShortName": {"value": "CC BY-SA 4.0"}, "ObjectName": {"value": "A tree"}},
    }
    work = only(opened(tmp_path, record))
    assert (work.title, work.origin, work.source_url) == ("A tree", record["url"], record["descriptionurl"])


def test_an_address_of_a_licence_is_no_picture(tmp_path: Path) -> None:
    table = (
        "id,image_url,image_licence\n1,https://a.example/get?id=1,https://creativecommons.org/licenses/by/4.0/\n2,,\n"
    )
    source = opened(tmp_path, f"{table}3,,https://rightsstatements.org/page/InC/1.0/\n")
    first, *_, last = source.works()
    assert first.origin == "https://a.example/get?id=1"
    assert last.origin == ""
    assert first.extra["image_licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_files_that_are_not_beside_the_table_are_a_cause_of_their_own(tmp_path: Path) -> None:
    work = only(opened(tmp_path, "filename,title\nbees.jpg,Bees\n"))
    with pytest.raises(SourceError, match="not beside the table") as raised:
        work.read()
    assert raised.value.cause == Cause.NO_FILE


def test_every_preset_is_whole() -> None:
    presets = read_presets()
    assert set(presets) >= {"tate", "moma", "met", "cleveland", "aic", "smk", "wikidata", "collectionbuilder"}
    assert all(preset.known_by and (preset.picture or preset.template) for preset in presets.values())
    assert all(set(preset.columns) <= set(SETTABLE) for preset in presets.values())


def test_several_addresses_in_a_cell(tmp_path: Path) -> None:
    cell = "https://example.org/a b.jpg;https://example.org/c.jpg | https://example.org/d.jpg"
    work = only(opened(tmp_path, f"id\timage\n1\t{cell}\n"))
    assert work.origin == "https://example.org/a%20b.jpg"
    assert work.extra["more_pictures"] == "https://example.org/c.jpg; https://example.org/d.jpg"


def test_an_id_never_comes_from_a_signed_address(tmp_path: Path) -> None:
    table = "title,image\nA,https://example.org/a.jpg?Expires={}\nB,https://example.org/b.jpg?Expires={}\n"
    ids = [[work.id for work in opened(tmp_path, table.format(n, n)).works()] for n in (1, 2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2
    unsigned = opened(tmp_path, "title,image\nA,https://example.org/a.jpg\n")
    assert only(unsigned).id == "a"


def test_the_person_names_the_column_and_the_preset(tmp_path: Path) -> None:
    table = "id,front,back,keywords\n1,https://example.org/1.jpg,https://example.org/2.jpg,x\n"
    source = opened(tmp_path, table, picture="Back", column=["style=keywords", "theme="])
    assert (only(source).origin, only(source).style, only(source).theme) == ("https://example.org/2.jpg", "x", None)
    assert became(source) == {"id": "id", "front": "front", "back": "picture", "keywords": "style"}
    for options, sentence in (
        ({"picture": "nothing"}, "has no column 'nothing'"),
        ({"column": ["style"]}, "not a pair of columns"),
        ({"preset": "louvre"}, "no preset 'louvre'"),
    ):
        with pytest.raises(SourceError, match=sentence):
            opened(tmp_path, table, **options)


def test_a_table_without_pictures_says_where_museums_have_them(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"names no pictures.*Metropolitan Museum by its API"):
        opened(tmp_path, "id,name\n1,Blake\n")


def test_the_limit_counts_works_with_a_picture(tmp_path: Path) -> None:
    rows = "".join(f"{n},{f'https://example.org/{n}.jpg' if n % 2 else ''}\n" for n in range(10))
    source = opened(tmp_path, f"id,image\n{rows}", limit=2)
    assert [work.id for work in source.works()] == ["0", "1", "2", "3"]
    assert "Rows beyond the limit: 6." in source.remarks()
