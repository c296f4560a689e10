from functools import reduce

from odoo.tools.misc import babel_locale_parse


def listed(lang, names):
    """Return names one after the other, as a language separates them.

    Translations cannot say it: Odoo leaves out terms without letters.

    :param lang: Odoo's code of a language
    :param names: iterable of str

    >>> listed("en_US", ["one", "two", "three"])
    'one, two, three'
    >>> listed("zh_CN", ["one", "two", "three"]), listed("zh_CN", [])
    ('one、two、three', '')
    """
    pattern = babel_locale_parse(lang).list_patterns["standard"]["middle"]
    return reduce(pattern.format, names) if names else ""
