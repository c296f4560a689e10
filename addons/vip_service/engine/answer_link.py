"""Links by which clients answer: their key stands in the mail that leaves, nowhere else.

What is written down of such a mail names its question instead. The key is behind the
``#`` of the link: no browser sends that part, so no server or proxy on the way logs it.
"""

import hashlib
import re
import secrets

#: Where clients answer.
PATH = "/answer"
#: A link as it is written down, with the grade that it proposes; the host's ratings have
#: the first form, and templates of companies too.
_WRITTEN = re.compile(r"/(?:rate|answer)/question-(\d+)(?:/(\d))?(?!\d)")
#: A link as a client has it, also where a program has encoded it into another link.
_LIVE = re.compile(r"answer(?:#|%23|%2523)[A-Za-z0-9_-]{43}(?:\.\d)?")


def name_of(question_id):
    """Return what stands for the key of a question in what is written down.

    >>> name_of(12)
    'question-12'
    """
    return f"question-{question_id}"


def new_key():
    """Return a key that nobody can guess: 256 random bits in 43 letters."""
    return secrets.token_urlsafe(32)


def fingerprint(key):
    """Return what is kept of a key: it leads from the key to the question, not back.

    >>> fingerprint("key")[:8], len(fingerprint("key"))
    ('2c70e12b', 64)
    """
    return hashlib.sha256(key.encode()).hexdigest()


def questions_in(text):
    """Return the ids of the questions whose links stand in a text as written down.

    >>> questions_in('<a href="http://x/rate/question-12/5">, /answer/question-7')
    {12, 7}
    >>> questions_in(None)
    set()
    """
    return {int(found[1]) for found in _WRITTEN.finditer(text or "")}


def with_key(text, question_id, key):
    """Return a text in which the links of one question have its key.

    >>> with_key('"/rate/question-12/5" "/answer/question-12" "/rate/question-1/5"', 12, "k")
    '"/answer#k.5" "/answer#k" "/rate/question-1/5"'
    """

    def live(found):
        if int(found[1]) != question_id:
            return found[0]
        return f"{PATH}#{key}" + (f".{found[2]}" if found[2] else "")

    return _WRITTEN.sub(live, text)


def without_keys(text):
    """Return a text in which no link can be answered by: what a client wrote quotes them.

    >>> without_keys("See https://x/answer#" + 43 * "k" + ".5 and answer#short")
    'See https://x/answer and answer#short'
    >>> without_keys("https://safe/?url=https%3A%2F%2Fx%2Fanswer%23" + 43 * "k" + "&d=1")
    'https://safe/?url=https%3A%2F%2Fx%2Fanswer&d=1'
    """
    return _LIVE.sub("answer", text)
