"""What a cell says, freed of what nobody sees: pure, no database.

A cell that comes from a workbook may carry a mark: ``TYPED`` before a number or date that
the workbook holds as such, ``UNCOUNTED`` before the name of a cell whose formula nobody
has worked out, ``UNSURE`` before one that looks plain and is not. Texts that people typed
never begin with them.
"""

import re
import unicodedata

TYPED = "\x02"
UNCOUNTED = "\x03"
UNSURE = "\x04"
#: Characters that take room or none, but show nothing. (The word joiner, marks of
#: direction, blanks of other alphabets, the byte order mark.)
BLANKS = "".join(
    [
        *(" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\xad\u061c\u1680\u180e"),
        *(chr(code) for code in range(0x2000, 0x2010)),
        *(chr(code) for code in range(0x2028, 0x2030)),
        *(chr(code) for code in range(0x205F, 0x2070)),
        *("\u3000\ufeff\ufff9\ufffa\ufffb"),
    ]
)
#: Spreadsheet programs take a cell that begins so for a formula.
FORMULA = "=+-@＝＋－＠"
GUARD = "'"
TOTALS = frozenset(
    {
        *("合计", "总计", "小计", "共计", "总和", "累计", "本页合计", "本页小计"),
        *("total", "totals", "grand total", "subtotal", "sub-total", "sub total"),
        *("sum", "total amount", "合计金额", "总额", "合计数"),
    }
)


def clean(text):
    """Return ``text`` without what is not seen at its ends, and without marks.

    >>> clean("\\u3000 C-1\\xa0\\u200b"), clean("'=1+1"), clean("'000123"), clean("'t Hof")
    ('C-1', '=1+1', '000123', "'t Hof")
    """
    text = text.lstrip(UNSURE + TYPED).strip(BLANKS)
    rest = text.removeprefix(GUARD).strip(BLANKS)
    guards = rest and (rest[0] in FORMULA or rest[0].isdigit())
    return rest if guards and text[:1] == GUARD else text


def half_width(text):
    """Return ``text`` with the digits and signs of a Latin keyboard.

    >>> half_width("２０２６．０３　（１，２５０）"), half_width("¥１２")
    ('2026.03 (1,250)', '¥12')
    """
    return unicodedata.normalize("NFKC", text)


def heading(text):
    """Return a heading as it is compared: case, width and blanks tell no headings apart.

    >>> heading(" Client_Ref "), heading("客户　编号："), heading("Client number")
    ('client_ref', '客户编号', 'client_number')
    """
    text = half_width(clean(text)).lower().strip(BLANKS + ":*")
    text = re.sub(r"[\s_\-./]+", "_", text).strip("_")
    return re.sub(r"(?<=[^\x00-\x7f])_|_(?=[^\x00-\x7f])", "", text)


def visible(text, most=60):
    """Return ``text`` with every character that is not seen written as its number.

    >>> visible("C\\u200b-1\\xa0"), visible("a b"), visible(" a")
    ('C[U+200B]-1[U+00A0]', 'a b', '[U+0020]a')
    >>> visible("x" * 70, 5)
    'xxxxx…'
    """
    text = text.lstrip(UNSURE + TYPED + UNCOUNTED)
    inner = text.strip(" ")
    ends = len(text) - len(text.lstrip(" ")), len(text.rstrip(" "))
    shown = "".join(
        f"[U+{ord(char):04X}]" if _unseen(char, ends[0] <= at < ends[1]) else char
        for at, char in enumerate(text if inner else "")
    )
    return shown if len(shown) <= most else f"{shown[:most]}…"


def _unseen(char, inside):
    if char == " ":
        return not inside
    return unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"}


def is_total(text):
    """Tell whether a cell names a row of sums.

    >>> is_total(" 合 计："), is_total("Total"), is_total("C-1"), is_total("Totalfina")
    (True, True, False, False)
    """
    text = half_width(clean(text)).lower().strip(BLANKS + ":.")
    return text in TOTALS or re.sub(r"\s", "", text) in TOTALS


def ends_in_total(text):
    """Tell whether a cell names the sum of a part, as a row without a key may.

    >>> ends_in_total("上海小计："), ends_in_total("Subtotal Shanghai"), ends_in_total("C-1")
    (True, True, False)
    """
    text = half_width(clean(text)).lower().strip(BLANKS + ":.")
    return text.endswith(("小计", "合计", "总计", " total", " subtotal")) or (
        text.startswith(("subtotal ", "total "))
    )


def harmless(text):
    """Return ``text`` so that no spreadsheet program takes it for a formula.

    >>> harmless("=HYPERLINK(1)"), harmless("-5"), harmless("C-1"), clean(harmless("+1"))
    ("'=HYPERLINK(1)", "'-5", 'C-1', '+1')
    >>> harmless(""), harmless(None)
    ('', '')
    """
    text = (text or "").lstrip(UNSURE + TYPED)
    if text[:1] == UNCOUNTED:
        return ""
    text = text.lstrip("\t\r\n")
    seen = text.lstrip(BLANKS)
    return GUARD + text if seen and seen[0] in FORMULA else text
