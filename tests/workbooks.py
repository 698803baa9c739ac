"""Excel workbooks for tests, written by hand."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{}</Types>'
)
LINKS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
LINK = f'<Relationship Id="rId{{}}" Type="{KIND}{{}}" Target="{{}}"/>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    "<sheets>{}</sheets></workbook>"
)
SHEET = '<sheet name="{0}" sheetId="{1}" r:id="rId{1}"/>'
PART = (
    '<Override PartName="/xl/worksheets/sheet{}.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    """A workbook with these sheets, the first of them called Data: numbers as numbers, text in the cells."""

    def cell(value: object) -> str:
        if isinstance(value, (int, float)):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

    numbers = range(1, len(sheets) + 1)
    links = "".join(LINK.format(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers)
    names = "".join(SHEET.format("Data" if n == 1 else f"Data {n}", n) for n in numbers)
    opening = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES.format("".join(map(PART.format, numbers))))
        archive.writestr("_rels/.rels", LINKS.format(LINK.format(1, "officeDocument", "xl/workbook.xml")))
        archive.writestr("xl/workbook.xml", BOOK.format(names))
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS.format(links))
        for number, rows in enumerate(sheets, start=1):
            body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            archive.writestr(f"xl/worksheets/sheet{number}.xml", f"{opening}{body}</sheetData></worksheet>")
    return path
