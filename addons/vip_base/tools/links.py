"""Where something on a page leads to, as the web client opens it (``core/link.js``)."""


def record_link(model, record_id):
    """Return the link to the form of one record.

    >>> record_link("res.partner", 7)
    {'model': 'res.partner', 'id': 7}
    """
    return {"model": model, "id": record_id}


def rows_link(model, name, domain):
    """Return the link to a list of exactly these rows, as far as the reader may see them.

    :param name: title of the list
    :param domain: of the model, plain lists

    >>> rows_link("res.partner", "Clients", [["active", "=", True]])
    {'model': 'res.partner', 'name': 'Clients', 'domain': [['active', '=', True]]}
    """
    return {"model": model, "name": name, "domain": domain}


def form_link(model, name, values):
    """Return the link to a new form over the page, with what is known of it.

    :param name: title of the form
    :param values: its context, such as ``default_…``

    >>> form_link("vip.x", "X", {"default_a": 1})
    {'model': 'vip.x', 'name': 'X', 'context': {'default_a': 1}}
    """
    return {"model": model, "name": name, "context": values}
