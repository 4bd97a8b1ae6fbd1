"""Reading IIIF documents: the shapes that real servers send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.errors import SourceError
from artextract.sources.iiif.canvases import ManifestCanvas, text_of
from artextract.sources.iiif.reader import Manifest, ReferenceList, read_document
from artextract.sources.iiif.services import image_at, image_services
from tests.support.iiif_documents import as_json, body, canvas, manifest, old_canvas, old_manifest, service

HERE = "https://example.org/m.json"
BASE = "https://images.example/iiif/a"


def read(document: Any) -> Manifest:
    made = read_document(as_json(document), HERE)
    assert isinstance(made, Manifest)
    return made


def read_canvas(document: dict[str, Any]) -> ManifestCanvas:
    return read(manifest(HERE, document)).canvases[0]


def read_list(document: Any) -> ReferenceList:
    made = read_document(as_json(document), HERE)
    assert isinstance(made, ReferenceList)
    return made


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("A title", "A title"),
        (["One", "Two"], "One; Two"),
        ({"@value": "Titre", "@language": "fr"}, "Titre"),
        ([{"@value": "Titre", "@language": "fr"}, {"@value": "Title", "@language": "en-GB"}], "Title"),
        ([{"value": "Words", "language": "en"}], "Words"),
        ({"cy": ["Teitl"], "en": ["Title", "Subtitle"]}, "Title; Subtitle"),
        ({"nl": ["Titel"], "de": ["Bild"]}, "Titel"),
        ({"@none": ["Untold"]}, "Untold"),
        ({"none": "No list"}, "No list"),
        ({"en": ["<p>An <i>old</i> &amp; plain<br/>text</p>"]}, "An old & plain text"),
        (1889, "1889"),
        ({"en": ["", None]}, None),
        (None, None),
        ([], None),
    ],
)
def test_labels_and_values_have_many_shapes(value: Any, text: str | None) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("given", "version", "level"),
    [
        ({"@id": BASE, "profile": "http://iiif.io/api/image/2/level1.json"}, 2, 1),
        ({"@id": BASE, "profile": "http://iiif.io/api/image/2/profiles/level2.json"}, 2, 2),
        ({"@id": BASE, "profile": ["http://iiif.io/api/image/2/level0.json", {"formats": ["jpg"]}]}, 2, 0),
        ({"@id": BASE, "profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2"}, 1, 2),
        ({"@id": BASE, "profile": "http://library.stanford.edu/iiif/image-api/compliance.html#level1"}, 1, 1),
        ({"@id": BASE, "@type": "ImageService2", "profile": "level1"}, 2, 1),
        ({"id": BASE, "type": "ImageService3", "profile": "level3"}, 3, None),
        ({"id": BASE, "type": "ImageService1", "profile": "http://library.stanford.edu/iiif/image-api/#level1"}, 1, 1),
        ({"@id": BASE, "@context": "http://iiif.io/api/image/2/context.json"}, 2, None),
        (f"{BASE}/", 0, None),
    ],
)
def test_the_level_of_an_image_is_spelt_in_many_ways(given: Any, version: int, level: int | None) -> None:
    for value in (given, [given]):
        (found,) = image_services(value)
        assert (found.base, found.version, found.level) == (BASE, version, level)


def test_services_that_are_no_images_are_left_out() -> None:
    search = {"@id": "https://example.org/search", "profile": "http://iiif.io/api/search/1/search"}
    login = {
        "id": "https://example.org/login",
        "type": "AuthCookieService1",
        "profile": "http://iiif.io/api/auth/1/login",
    }
    assert image_services([search, login]) == ()


def test_presentation_2_and_3_say_the_same() -> None:
    picture = f"{BASE}/full/full/0/default.jpg"
    old = old_canvas(
        "https://example.org/c1", {"@id": picture, "@type": "dctypes:Image", "service": service(BASE)}, label="Leaf 1"
    )
    new = canvas("https://example.org/c1", body(picture, service(BASE)), label={"none": ["Leaf 1"]})
    facts = [{"label": "Artist", "value": "Ann"}]
    rights = "https://creativecommons.org/publicdomain/zero/1.0/"
    first = read(
        old_manifest(HERE, old, label="M", metadata=facts, license=rights, attribution="Museum", description="D")
    )
    second = read(
        manifest(
            HERE,
            new,
            label={"en": ["M"]},
            metadata=[{"label": {"en": ["Artist"]}, "value": {"none": ["Ann"]}}],
            rights=rights,
            requiredStatement={"label": {"en": ["Attribution"]}, "value": {"en": ["Museum"]}},
            summary={"en": ["D"]},
        )
    )
    assert first == second
    assert first.about.facts == (("Artist", "Ann"),)
    assert first.canvases[0].image is not None


def test_a_licence_is_found_in_a_link_and_in_the_attribution() -> None:
    address = "https://creativecommons.org/publicdomain/mark/1.0/"
    assert read(old_manifest(HERE, license=f'<a href="{address}">{address}</a>')).about.licence == address
    credit = f'Library<br/>Terms: <a href="{address}">Public Domain</a>, see https://example.org/terms'
    about = read(old_manifest(HERE, attribution=credit)).about
    assert (about.licence, about.credit) == (address, "Library Terms: Public Domain, see https://example.org/terms")
    assert read(old_manifest(HERE, attribution="See https://example.org/terms")).about.licence is None


def test_of_a_choice_the_default_is_taken() -> None:
    choice = {
        "type": "Choice",
        "items": [body(f"{BASE}/full/max/0/default.jpg", service(BASE)), body("https://x.org/ir.jpg")],
    }
    made = read_canvas(canvas("c", choice))
    assert made.images == 1
    assert made.image is not None and made.image.service is not None and made.image.service.base == BASE
    old = {
        "@type": "oa:Choice",
        "item": [{"@id": "https://x.org/ir.jpg"}],
        "default": {"@id": "https://x.org/light.jpg"},
    }
    image = read(old_manifest(HERE, old_canvas("c", old))).canvases[0].image
    assert image is not None and image.address == "https://x.org/light.jpg"


def test_of_several_pictures_on_a_canvas_the_one_that_covers_most_is_taken() -> None:
    flap = body("https://x.org/flap.jpg", target="https://example.org/c#xywh=10,10,200,100")
    page = body(
        "https://x.org/page.jpg", target={"source": "https://example.org/c", "selector": {"value": "xywh=0,0,700,600"}}
    )
    made = read_canvas(canvas("https://example.org/c", flap, page))
    assert made.images == 2
    assert made.image is not None
    assert (made.image.address, made.image.shape) == ("https://x.org/page.jpg", (700, 600))


def test_a_region_of_an_image_has_the_shape_of_the_region() -> None:
    part = {
        "type": "SpecificResource",
        "source": body(f"{BASE}/full/max/0/default.jpg", service(BASE, 3, 1), width=3000, height=4000),
        "selector": {"type": "ImageApiSelector", "region": "100,200,300,150"},
    }
    image = read_canvas(canvas("c", part)).image
    assert image is not None
    assert (image.region, image.shape) == ("100,200,300,150", (300, 150))


@pytest.mark.parametrize(
    ("bodies", "instead"),
    [
        ([], ""),
        ([{"id": "https://x.org/a.mp4", "type": "Video", "format": "video/mp4"}], "Video"),
        (
            [{"type": "Choice", "items": [{"id": "https://x.org/a.mp3", "type": "Sound", "format": "audio/mpeg"}]}],
            "Sound",
        ),
        ([{"type": "TextualBody", "value": "Words", "format": "text/html"}], "TextualBody"),
        ([{"id": "https://x.org/a.pdf", "type": "Text", "format": "application/pdf"}], "Text"),
    ],
)
def test_a_canvas_without_a_picture_says_what_is_there(bodies: list[dict[str, Any]], instead: str) -> None:
    made = read_canvas(canvas("c", *bodies))
    assert (made.image, made.other) == (None, instead)


def test_ready_sizes_of_a_thumbnail_belong_to_the_picture() -> None:
    thumbs = service("https://x.org/thumbs/a", 2, 0, width=1024, height=768, sizes=[{"width": 400, "height": 300}])
    made = read_canvas(
        canvas("c", body(f"{BASE}/full/max/0/default.jpg", service(BASE)), thumbnail=[{"id": "t", "service": thumbs}])
    )
    assert made.image is not None
    assert [item.sizes for item in made.image.ready] == [((400, 300),)]


def test_comments_of_a_canvas_are_its_note() -> None:
    comment = {
        "type": "Annotation",
        "motivation": "commenting",
        "body": {"type": "TextualBody", "value": "Look <b>here</b>"},
    }
    tag = {"type": "Annotation", "motivation": "tagging", "body": {"type": "TextualBody", "value": "a tag"}}
    made = read_canvas(
        canvas("c", body("https://x.org/a.jpg"), annotations=[{"type": "AnnotationPage", "items": [comment, tag]}])
    )
    assert made.note == "Look here"


def test_blanks_and_other_letters_of_addresses_are_encoded() -> None:
    made = read(old_manifest(HERE, old_canvas("c", {"@id": "images/Châteauroux plan.jpg"})))
    assert made.canvases[0].image is not None
    assert made.canvases[0].image.address == "https://example.org/images/Ch%C3%A2teauroux%20plan.jpg"


def test_a_collection_names_each_entry_once_in_all_its_lists() -> None:
    found = read_list({
        "@type": "sc:Collection",
        "@id": HERE,
        "members": [
            {"@id": "https://x.org/1", "@type": "sc:Manifest"},
            {"@id": "https://x.org/c", "@type": "sc:Collection"},
        ],
        "manifests": [{"@id": "https://x.org/1"}, "https://x.org/2"],
        "collections": [{"@id": "https://x.org/c"}],
        "next": "https://x.org/page2",
        "total": "3074231",
    })
    assert [(entry.address, entry.kind) for entry in found.entries] == [
        ("https://x.org/1", "Manifest"),
        ("https://x.org/c", "Collection"),
        ("https://x.org/2", "Manifest"),
    ]
    assert (found.following, found.total) == ("https://x.org/page2", 3_074_231)


def test_the_first_page_of_an_empty_collection_follows() -> None:
    assert (
        read_list({"type": "Collection", "id": HERE, "first": {"id": "https://x.org/p1"}}).following
        == "https://x.org/p1"
    )


def test_a_manifest_can_stand_whole_in_a_collection() -> None:
    inside = manifest("https://x.org/1", canvas("c", body("https://x.org/a.jpg")))
    (entry,) = read_list({"type": "Collection", "id": HERE, "items": [inside]}).entries
    assert entry.embedded is not None and len(entry.embedded.canvases) == 1


def test_a_canvas_alone_and_an_info_json_are_works() -> None:
    assert read(canvas("https://example.org/c", body("https://x.org/a.jpg"))).canvases[0].image is not None
    info = {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": BASE,
        "type": "ImageService3",
        "profile": "level1",
    }
    image = read(info | {"width": 300, "height": 200}).canvases[0].image
    assert image is not None and image.service is not None
    assert (image.shape, image.service.profile) == ((300, 200), "ImageService3 level1")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!DOCTYPE html><html></html>", "is a web page, not a IIIF manifest"),
        (b"", "is empty"),
        (b"hello", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"a": 1}', "is JSON of another kind"),
        (b'{"@type": "sc:AnnotationList", "resources": []}', "is a IIIF AnnotationList"),
        (b"[1, 2]", "is JSON of another kind"),
    ],
)
def test_what_is_no_manifest_is_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_document(content, HERE)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://x.org/iiif/a%2Fb/full/843,/0/default.jpg", "https://x.org/iiif/a%2Fb"),
        ("https://x.org/iiif/a/full/!640,640/0/native.png", "https://x.org/iiif/a"),
        ("https://x.org/iiif/a/info.json", "https://x.org/iiif/a"),
        ("https://x.org/pictures/full/a.jpg", None),
        ("https://x.org/iiif/a/10,10,20,20/max/0/default.jpg", None),
    ],
)
def test_an_image_address_is_known_by_its_form(address: str, base: str | None) -> None:
    found = image_at(address)
    assert (found.base if found else None) == base


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([
                *(
                    "type",
                    "@type",
                    "id",
                    "@id",
                    "items",
                    "sequences",
                    "canvases",
                    "images",
                    "resource",
                    "body",
                    "service",
                ),
                *(
                    "profile",
                    "label",
                    "metadata",
                    "value",
                    "target",
                    "selector",
                    "width",
                    "sizes",
                    "thumbnail",
                    "homepage",
                ),
                *(
                    "next",
                    "first",
                    "manifests",
                    "annotations",
                    "rights",
                    "provider",
                    "requiredStatement",
                    "source",
                    "partOf",
                ),
            ]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(_JSON, st.sampled_from(["Manifest", "sc:Collection", "Canvas", "Annotation", "ImageService2"]))
def test_no_json_breaks_the_reader(value: Any, kind: str) -> None:
    document = value if isinstance(value, dict) else {"items": value, "sequences": value, "metadata": value}
    try:
        read_document(json.dumps({"type": kind} | document).encode(), HERE)
    except SourceError:
        return
