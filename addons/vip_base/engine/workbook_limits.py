"""What a workbook holds, looked at before it is read: sizes, and formulas not worked out.

A workbook is a packed folder of markup: a small file may unfold into something that no
machine holds, or name a row that does not exist.
"""

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from .table import UnreadableFile

#: What a workbook may unfold to, in bytes: all of it, the table of its texts, the rest.
MOST_BYTES = 768 << 20
MOST_TEXTS = 96 << 20
MOST_OTHER = 16 << 20
MOST_PARTS = 2000
MOST_CELLS = 10_000_000
LAST_ROW = 1_048_576
CHUNK = 1 << 20
SHEETS = ("xl/worksheets/", "xl/chartsheets/", "xl/media/", "xl/drawings/")
#: A workbook that is none of the kind that we read, by a part that it has.
OTHER_KINDS = {"xl/workbook.bin": "xlsb", "word/document.xml": "no_workbook"}
_FAR = re.compile(rb'<(?:\w+:)?row\b[^<>]*?\br="([0-9]{7,})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
#: A formula whose result a program left out, or put as nought without working it out.
NO_RESULT = ("", "0", "0.0")


@dataclass
class Scan:
    """What a sheet holds.

    :param rows: how many rows
    :param cells: how many cells
    :param uncounted: by line, {place of the column: name of the cell} of formulas whose
        result is not known
    """

    rows: int = 0
    cells: int = 0
    formulas: bool = False
    uncounted: dict = field(default_factory=dict)


def check_package(stream) -> zipfile.ZipFile:
    """Return the opened package of a workbook that is not too large to read.

    :raises UnreadableFile: it is no workbook, damaged, locked, or too large
    """
    try:
        package = zipfile.ZipFile(stream)
        parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile("xlsx", "") from error
    names = {part.filename for part in parts}
    for name, code in OTHER_KINDS.items():
        if name in names:
            raise UnreadableFile(code, "")
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableFile("ods", "")
    if "[Content_Types].xml" not in names:
        raise UnreadableFile("archive", "")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("locked", "")
    _check_sizes(parts)
    return package


def _check_sizes(parts):
    """A part never gives more than it says, so what they say is the limit."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnreadableFile("too_large", "")
    for part in parts:
        if part.filename.endswith("sharedStrings.xml"):
            most = MOST_TEXTS
        else:
            most = MOST_BYTES if part.filename.startswith(SHEETS) else MOST_OTHER
        if part.file_size > most:
            raise UnreadableFile("too_large", "")


def scan_sheet(package: zipfile.ZipFile, part: str) -> Scan:
    """Return what the sheet in ``part`` holds, without unfolding it as a whole.

    :raises UnreadableFile: too large, or damaged
    """
    scan = Scan()
    try:
        for piece in _pieces(package, part):
            _count(piece, scan)
        if scan.formulas:
            with package.open(part) as file:
                scan.uncounted = _Formulas().collect(file)
    except (zipfile.BadZipFile, OSError, EOFError, KeyError, expat.ExpatError) as error:
        raise UnreadableFile("xlsx", "") from error
    except zipfile.zlib.error as error:
        raise UnreadableFile("xlsx", "") from error
    return scan


def check_texts(package: zipfile.ZipFile) -> None:
    """Raise UnreadableFile where markup of ``package`` names what stands elsewhere."""
    for name in package.namelist():
        if name.endswith("sharedStrings.xml"):
            for _piece in _pieces(package, name):
                pass


def _pieces(package, part):
    """Yield the markup of a part in pieces that end before a tag."""
    left = b""
    with package.open(part) as file:
        while chunk := file.read(CHUNK):
            piece = left + chunk
            end = piece.rfind(b"<")
            if end <= 0 and len(piece) > CHUNK:
                raise UnreadableFile("too_large", "")
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise UnreadableFile("xlsx", "")
            left = piece[max(end, 0) :]
            yield piece[: max(end, 0)]
    yield left


def _count(piece, scan):
    scan.rows += piece.count(b"<row ") + piece.count(b":row ") + piece.count(b"<row>")
    scan.cells += piece.count(b"<c ") + piece.count(b":c ") + piece.count(b"<c>")
    scan.formulas = scan.formulas or bool(_FORMULA.search(piece))
    if scan.cells > MOST_CELLS or scan.rows > LAST_ROW:
        raise UnreadableFile("too_large", "")
    if any(int(found[1]) > LAST_ROW for found in _FAR.finditer(piece)):
        raise UnreadableFile("too_large", "")


class _Formulas:
    """Reads the markup of a sheet for formulas without a result."""

    def __init__(self):
        self.found = {}
        self.line = self.place = 0
        self.formula = self.inside = False
        self.text = ""

    def collect(self, file):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        parser.ParseFile(file)
        return self.found

    def start(self, name, values):
        name = name.rpartition(" ")[2]
        if name == "row":
            self.line = int(values.get("r", self.line + 1))
            self.place = 0
        elif name == "c":
            letters = values.get("r", "").rstrip("0123456789")
            self.place = _place(letters) if letters else self.place + 1
            self.formula, self.text = False, ""
        elif name == "f":
            self.formula = True
        self.inside = name in ("v", "t")

    def data(self, text):
        if self.inside:
            self.text += text

    def end(self, name):
        self.inside = False
        if name.endswith(" c") and self.formula and self.text.strip() in NO_RESULT:
            self.found.setdefault(self.line, {})[self.place - 1] = (
                f"{_letters(self.place)}{self.line}"
            )


def _place(letters):
    """
    >>> _place("A"), _place("AB"), _letters(28)
    (1, 28, 'AB')
    """
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place


def _letters(place):
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
