"""How alike two texts are: by pairs of characters in Chinese, by words elsewhere.

The database's own text search finds no Chinese, so this does; it is for few texts at a time.
"""

import re

#: From this share on two texts are told to be alike.
ALIKE = 0.5
#: So many letters of a text are looked at.
LONGEST = 400
_WORD = re.compile(r"[a-z0-9]+|[^\x00-\x7f]+")
_SIGN = re.compile(r"[\s\W_]+")


def pieces(text):
    """Return the pieces by which a text is compared.

    >>> sorted(pieces("Fee charged twice"))
    ['charged', 'fee', 'twice']
    >>> sorted(pieces("手续费重复"))
    ['手续', '续费', '费重', '重复']
    >>> sorted(pieces("退 费")), pieces(None)
    (['费', '退'], set())
    """
    found = set()
    for part in _SIGN.split((text or "")[:LONGEST].lower()):
        for word in _WORD.findall(part):
            if word.isascii() or len(word) == 1:
                found.add(word)
            else:
                found |= {word[i : i + 2] for i in range(len(word) - 1)}
    return found


def likeness(one, other):
    """Return how alike two texts are, from 0 to 1: twice the shared of all pieces.

    >>> likeness("手续费重复收取", "重复收取手续费") > ALIKE
    True
    >>> likeness("Fee charged twice", "The fee was charged twice") > ALIKE
    True
    >>> likeness("Fee charged twice", "Password lost"), likeness("", "")
    (0.0, 0.0)
    """
    first, second = pieces(one), pieces(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))
