"""Search of words in texts of few records, in Chinese and in languages of letters.

Chinese knows no spaces: what is sought is cut into pairs of characters, and a text is
found that has each of them. Of other words each one begins a word of the text. Meant for
what an index has narrowed to few rows, such as those of one client: it reads their texts.
"""

import re

from odoo.tools import SQL

#: More than this of what somebody types is not looked at.
LONGEST, MOST = 80, 12
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
RUNS = re.compile(rf"[{HAN}]+|[^\W{HAN}_]+", re.UNICODE)


def terms(typed):
    """Return (pairs of Chinese characters, other words) of what somebody typed.

    >>> terms("保证金 margin, HT04131")
    (['保证', '证金'], ['margin', 'ht04131'])
    >>> terms("金"), terms(" % "), terms("")
    ((['金'], []), ([], []), ([], []))
    """
    pairs, words = {}, {}
    for run in RUNS.findall((typed or "")[:LONGEST].lower()):
        if re.match(f"[{HAN}]", run):
            found = [run[at : at + 2] for at in range(max(len(run) - 1, 1))]
            pairs.update(dict.fromkeys(found))
        else:
            words[run] = None
    return list(pairs)[:MOST], list(words)[:MOST]


def says_all(text, typed):
    """Return the SQL that is true where ``text`` (SQL) says all that somebody typed.

    What has neither character nor letter is said by every text.

    >>> list(says_all(SQL("t"), "金 a").params)
    ['金', '\\\\ma']
    """
    pairs, words = terms(typed)
    parts = [SQL("position(%s in %s) > 0", pair, text) for pair in pairs]
    parts += [SQL("%s ~* %s", text, rf"\m{re.escape(word)}") for word in words]
    return SQL("(%s)", SQL(" AND ").join(parts)) if parts else SQL("TRUE")
