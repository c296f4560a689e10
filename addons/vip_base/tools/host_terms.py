"""The host's code strings in our languages.

Odoo translates a string in code with the files of the addon that holds the code, and the
host ships no Chinese. Where the host hands such a string on, it is translated here: the
terms are those of the host in our ``i18n_extra``.
"""

from odoo.tools.translate import LazyGettext


def host_term(env, text, module):
    """Return ``text``, which the host gave in English, in the language of ``env``.

    ``module``: the addon of ours whose ``i18n_extra`` has it. A text that is not there,
    or that the host has translated itself, is returned as it is.
    """
    return env._(LazyGettext(text, _module=module))
