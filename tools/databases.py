"""Databases with their file stores: make, copy, rename, drop."""

import contextlib
import os
import shutil
import time

import psycopg2
from psycopg2 import sql

from .paths import STATE

DATA = STATE / "data"
FILESTORES = DATA / "filestore"


@contextlib.contextmanager
def _cursor():
    """A cursor outside any transaction, on a database that is always there."""
    with contextlib.closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def names() -> list[str]:
    """All databases of ours on the server."""
    with _cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'vip%'")
        return sorted(name for (name,) in cursor.fetchall())


def exists(name: str) -> bool:
    return name in names()


def drop(name: str):
    """Drop the database if it is there, ending connections to it."""
    with _cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(name)
            )
        )
    shutil.rmtree(FILESTORES / name, ignore_errors=True)


def rename(old: str, new: str):
    drop(new)
    _end_connections(old)
    with _cursor() as cursor:
        cursor.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(old), sql.Identifier(new)
            )
        )
    if (FILESTORES / old).exists():
        (FILESTORES / old).rename(FILESTORES / new)


def copy(source: str, target: str):
    """Make ``target`` a copy of ``source``, which nobody may be writing to."""
    drop(target)
    _end_connections(source)
    with _cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )
    if (FILESTORES / source).exists():
        # Stored files are never changed, only added and removed.
        shutil.copytree(FILESTORES / source, FILESTORES / target, copy_function=os.link)


def comment(name: str) -> str | None:
    """The note kept with a database by :func:`set_comment`."""
    with _cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = %s",
            [name],
        )
        row = cursor.fetchone()
    return row and row[0]


def set_comment(name: str, text: str):
    with _cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(name), sql.Literal(text)
            )
        )


def _end_connections(name: str):
    with _cursor() as cursor:
        for _attempt in range(50):
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                [name],
            )
            if not cursor.rowcount:
                return
            time.sleep(0.1)
