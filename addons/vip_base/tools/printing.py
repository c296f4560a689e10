"""Whether the server can make a PDF."""


def can_print(env):
    """Tell whether letters can be made here: wkhtmltopdf is found and answers."""
    return env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "upgrade")
