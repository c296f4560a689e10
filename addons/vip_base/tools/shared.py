"""What several parts of one page need is found once."""

CONTEXT_KEY = "vip_shared"


class Shared(dict):
    """Context value: what was found while a page is made.

    Only this class counts, and a remote client can put no instance of it into a context.
    """


def share(records):
    """Return these records so that :func:`shared` finds each thing once with them."""
    return records.with_context(**{CONTEXT_KEY: Shared()})


def shared(env, key, find):
    """Return what ``find()`` returns; on one page it is asked once.

    A failure is kept as well: every part that needs it fails, and none asks again.
    """
    known = env.context.get(CONTEXT_KEY)
    if not isinstance(known, Shared):
        return find()
    if key not in known:
        try:
            known[key] = (find(), None)
        except Exception as error:
            known[key] = (None, error)
    found, error = known[key]
    if error:
        raise error
    return found
