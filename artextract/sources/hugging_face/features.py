"""What the columns of a data set hold: pictures, labels with their names, text."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from artextract.sources.names import person_from_slug, repair_letters

Labels = dict[str, list[str]]  # Column → the names of its labels, by number
_UNKNOWN = re.compile(r"unknown([ _-](artist|genre|style))?", re.IGNORECASE)
_ARTIST = frozenset({"artist", "artists", "artist_name", "artistname", "painter", "author", "creator"})
_TERMS = frozenset({"style", "styles", "genre", "genres"})
_ARTGAN_STYLES = {"Art Nouveau Modern": "Art Nouveau"}  # Names that WikiArt changed after ArtGAN's lists were made


def picture_columns(schema: pa.Schema) -> list[str]:
    """The columns with the bytes of a picture: structs of `bytes` and `path`, as the library `datasets` writes them."""
    return [field.name for field in schema if _is_picture(field.type)]


def text_columns(schema: pa.Schema) -> list[str]:
    """The columns that can be told as text: no bytes, pictures or vectors."""
    return [field.name for field in schema if not _has_bytes(field.type) and not _is_vector(field.type)]


def labels_of(schema: pa.Schema, card: Mapping[str, Any]) -> Labels:
    """The names of the labels, from the Parquet file's key `huggingface`, else from the card."""
    try:
        stored = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name: names for name, feature in stored.items() if (names := _stored_names(feature))}
    except (KeyError, ValueError, TypeError, AttributeError):
        info: Any = card.get("dataset_info") or {}
        features = (info[0] if isinstance(info, list) else info).get("features", [])
        named = {feature.get("name"): _card_names(feature.get("dtype")) for feature in features}
        return {str(name): names for name, names in named.items() if names}


def cleaned(record: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """A row with the names of its labels; names of artists from slugs; styles as in ArtGAN's lists."""
    return {name: _cleaned(name, value, labels.get(name)) for name, value in record.items()}


def _cleaned(name: str, value: Any, names: list[str] | None) -> Any:
    if isinstance(value, list) and (names or name.lower() in _TERMS):
        return [_cleaned(name, one, names) for one in value]
    if names and isinstance(value, int):
        value = names[value].replace("_", " ") if 0 <= value < len(names) else None
    if not isinstance(value, str):
        return value
    text = repair_letters(value)
    column = name.lower()
    if (names or column in _ARTIST | _TERMS) and _UNKNOWN.fullmatch(text.strip()):
        return None
    if column in _ARTIST and " " not in text and text == text.lower():
        return person_from_slug(text)
    if column in _TERMS:
        terms = [part.strip() for part in text.split(",")]
        return [_artgan_style(term) for term in terms] if column.startswith("style") else terms
    return text


def _artgan_style(style: str) -> str:
    """ "Naïve Art (Primitivism)" → "Naive Art Primitivism", as the shipped model has it."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", style) if not unicodedata.combining(c))
    plain = " ".join(re.sub(r"[()_-]", " ", letters).split())
    return _ARTGAN_STYLES.get(plain, plain)


def _stored_names(feature: Any) -> list[str]:
    if not isinstance(feature, dict):
        return []
    if feature.get("_type") == "ClassLabel":
        return [str(name) for name in feature.get("names") or []]
    return _stored_names(feature.get("feature"))


def _card_names(dtype: Any) -> list[str]:
    if not isinstance(dtype, dict) or not isinstance(dtype.get("class_label"), dict):
        return []
    names = dtype["class_label"].get("names") or []
    if isinstance(names, dict):
        return [str(names[key]) for key in sorted(names, key=int)]
    return [str(name) for name in names]


def _is_picture(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and {"bytes", "path"} <= {field.name for field in kind}


def _has_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_nested(kind):
        return any(_has_bytes(kind.field(i).type) for i in range(kind.num_fields))
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _is_vector(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and (pa.types.is_floating(kind.value_type) or _is_vector(kind.value_type))
