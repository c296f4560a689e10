"""What a model holds of persons: said by its addon, read by whatever protects them."""

from dataclasses import dataclass, field

#: What erasure does to words: they are emptied, or the database keeps them for good.
EMPTIED, FROZEN = "emptied", "frozen"


@dataclass(frozen=True)
class Personal:
    """What one model holds of persons.

    A person stands in a row by number only: the name is joined when it is read, so it is
    masked and erased where the person is, and the row stays. Exported to a person are the
    rows that lead to him, with words and numbers; not who of the staff acted.

    :param of: fields, or paths, that lead to whom a row is about (partner or user)
    :param by: fields of who of the staff did something
    :param words: {field: :data:`EMPTIED` or :data:`FROZEN`} of what people wrote: hidden
        from who need not see it
    :param numbers: fields with a number by which a person is known elsewhere: shown by its
        last digits, emptied on erasure
    :param plain: texts that say nothing of a person: names of things, codes, reasons of
        the program
    """

    of: tuple = ()
    by: tuple = ()
    words: dict = field(default_factory=dict)
    numbers: tuple = ()
    plain: tuple = ()

    @property
    def named(self):
        """All fields of which something is said.

        >>> sorted(Personal(of=("a.b",), by=("c",), words={"d": EMPTIED}).named)
        ['a', 'c', 'd']
        """
        first = {path.split(".")[0] for path in (*self.of, *self.by)}
        return first | {*self.words, *self.numbers, *self.plain}


def written(*names):
    """Return words that erasure empties.

    >>> written("note")
    {'note': 'emptied'}
    """
    return dict.fromkeys(names, EMPTIED)


def frozen(*names):
    """Return words that the database keeps.

    >>> frozen("reason")
    {'reason': 'frozen'}
    """
    return dict.fromkeys(names, FROZEN)
