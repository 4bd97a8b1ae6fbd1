"""Kinds of picture files, by their first bytes and by their suffix."""

import re
from importlib.util import find_spec

HEIC_IS_READ = find_spec("pillow_heif") is not None
HOW_TO_READ_HEIC = "To read HEIC, run `pip install 'artextract[heic]'`."
HEAD = 512  # Bytes that `kind_of` needs
_KINDS = {  # Kind → its suffixes, and a pattern of its first bytes; the first kind whose pattern fits counts
    "JPEG": (".jpg .jpeg .jpe .jfif", rb"\xff\xd8\xff"),
    "PNG": (".png", rb"\x89PNG\r\n\x1a\n"),
    "WebP": (".webp", rb"RIFF....WEBP"),
    "TIFF": (".tif .tiff", rb"II[*+]\x00|MM\x00[*+]"),
    "GIF": (".gif", rb"GIF8[79]a"),
    "BMP": (".bmp", rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00"),
    "Netpbm": (".ppm .pgm .pbm .pnm", rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s"),
    "JPEG 2000": (".jp2 .j2k .jpx .jpf", rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"),
    "AVIF": (".avif", rb"....ftyp(avif|avis)"),
    "HEIC": (".heic .heif .hif", rb"....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)"),
    "RAW": (
        ".dng .nef .nrw .cr2 .cr3 .crw .arw .srf .sr2 .orf .rw2 .raf .pef .srw .iiq .3fr .fff .erf .mrw .x3f .raw",
        rb"....ftypcrx |FUJIFILMCCD-RAW|\x00MRM|FOVb|IIRO|IIU\x00",
    ),
    "PSD": (".psd .psb", rb"8BPS"),
    "PDF": (".pdf", rb"%PDF"),
    "JPEG XL": (".jxl", rb"\xff\x0a|\x00\x00\x00\x0cJXL "),
    "SVG": (".svg .svgz", rb"\s*(<\?xml.*|<!--.*)?<svg"),
    "PostScript": (".eps .ps .ai", rb"%!PS|\xc5\xd0\xd3\xc6"),
    "video": (
        ".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .wmv .mts .m2ts .3gp .flv .ogv",
        rb"....ftyp|RIFF....AVI |\x1aE\xdf\xa3|\x00\x00\x01\xba|....moov",
    ),
    "EXR": (".exr", rb"v/1\x01"),
    "XCF": (".xcf", rb"gimp xcf"),
    "DjVu": (".djvu .djv", rb"AT&TFORM"),
    "DICOM": (".dcm", rb".{128}DICM"),
    "InDesign": (".indd", None),
    "CorelDRAW": (".cdr", None),
    "TGA": (".tga", None),
    "icon": (".ico .icns", None),
}
READ = frozenset({"JPEG", "PNG", "WebP", "TIFF", "GIF", "BMP", "Netpbm", "JPEG 2000", "AVIF"}) | (
    {"HEIC"} if HEIC_IS_READ else set()
)
"""The kinds that `artextract.vision.images.open_picture` reads."""
_BY_SUFFIX = {suffix: kind for kind, (suffixes, _) in _KINDS.items() for suffix in suffixes.split()}
_BY_FIRST_BYTES = [(kind, re.compile(pattern, re.DOTALL)) for kind, (_, pattern) in _KINDS.items() if pattern]


def kind_of(head: bytes) -> str:
    """The kind of a picture file by its first `HEAD` bytes, such as "JPEG"; "" if it is no known kind."""
    return next((kind for kind, pattern in _BY_FIRST_BYTES if pattern.match(head)), "")


def kind_of_suffix(suffix: str) -> str:
    """The kind of a picture file by its suffix (".jpg"); "" if it is no known kind."""
    return _BY_SUFFIX.get(suffix.lower(), "")


def kind_of_file(suffix: str, head: bytes) -> str:
    """The kind of a picture file: by its first bytes, because many files have a wrong suffix or none."""
    by_suffix, by_bytes = kind_of_suffix(suffix), kind_of(head)
    is_raw = by_bytes in {"TIFF", ""} and by_suffix and by_suffix not in READ  # most RAW files begin like a TIFF
    return by_suffix if is_raw else by_bytes
