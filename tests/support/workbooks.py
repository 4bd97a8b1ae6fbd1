"""XLSX files for tests."""

import io
import zipfile
from collections.abc import Mapping, Sequence

_SCHEMAS = "http://schemas.openxmlformats.org"
_SHEET = f"{_SCHEMAS}/spreadsheetml/2006/main"
_PACKAGE = f"{_SCHEMAS}/package/2006"
_OFFICE = f"{_SCHEMAS}/officeDocument/2006/relationships"


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX file with sheets of texts and numbers."""
    numbered = list(enumerate(sheets.items(), start=1))
    files = {
        "[Content_Types].xml": f"<Types xmlns='{_PACKAGE}/content-types'>"
        "<Default Extension='xml' ContentType='application/xml'/></Types>",
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/_rels/workbook.xml.rels": _links([("worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered]),
        "xl/workbook.xml": f"<workbook xmlns='{_SHEET}' xmlns:r='{_OFFICE}'><sheets>"
        + "".join(f"<sheet name='{name}' sheetId='{n}' r:id='r{n}'/>" for n, (name, _) in numbered)
        + "</sheets></workbook>",
    }
    for n, (_, rows) in numbered:
        lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        files[f"xl/worksheets/sheet{n}.xml"] = f"<worksheet xmlns='{_SHEET}'><sheetData>{lines}</sheetData></worksheet>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return content.getvalue()


def _links(targets: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f"<Relationship Id='r{n}' Type='{_OFFICE}/{kind}' Target='{target}'/>"
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f"<Relationships xmlns='{_PACKAGE}/relationships'>{links}</Relationships>"


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f"<c t='inlineStr'><is><t>{value}</t></is></c>"
