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
