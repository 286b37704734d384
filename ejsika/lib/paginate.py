"""Pages of long lists: by the row that a page begins after, so that the last page costs what the first one does."""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce


@dataclass(frozen=True)
class KeysetPage:
    """Rows of one page, and the cursors of the pages around it; None where there is none."""

    rows: list
    next_cursor: int | None
    previous_cursor: int | None


def keyset_page(
    rows: QuerySet,
    *,
    key: str,
    cursor: int | None,
    size: int,
    anchors: QuerySet,
    are_few: bool = False,
    newest_first: bool = False,
) -> KeysetPage:
    """Give one page of `rows` in the order of (key, pk); `key` is a column or annotation that is never NULL.

    With `newest_first` the order is the other way round.
    A cursor is the pk of a row: the page holds what comes after that row or, where it is negative, what comes before.
    A pk may stand in a URL; the key, perhaps a name, is looked up in `anchors`, the rows without any filter.
    Many rows come in the order of an index until the page is full. Where they are few, that could mean walking
    through all the others: with `are_few` they are all found first and then sorted.
    Errors: DoesNotExist if that row is not among `anchors`. Cost: one query, two with a cursor.
    """
    backward = cursor is not None and cursor < 0
    found = rows
    if cursor is not None:
        found = _beyond(rows, anchors, key, abs(cursor), "lt" if backward != newest_first else "gt")
    found = list(in_order(found, key, are_few=are_few, is_descending=backward != newest_first)[: size + 1])
    has_more = len(found) > size
    if backward and not has_more:  # the first page, and a full one
        first = {"key": key, "cursor": None, "size": size, "anchors": anchors}
        return keyset_page(rows, **first, are_few=are_few, newest_first=newest_first)
    found = found[:size]
    if backward:
        found.reverse()
    has_next, has_previous = (True, has_more) if backward else (has_more, cursor is not None)
    return KeysetPage(
        rows=found,
        next_cursor=found[-1].pk if found and has_next else None,
        previous_cursor=-found[0].pk if found and has_previous else None,
    )


def in_order(rows: QuerySet, key: str, *, are_few: bool, is_descending: bool = False) -> QuerySet:
    """Rows in the order of (key, pk), by an index or, where they are few, sorted (see keyset_page)."""
    order = Coalesce(key, key) if are_few else F(key)  # the first is the same value, but no index has it
    return rows.order_by(order.desc(), "-pk") if is_descending else rows.order_by(order.asc(), "pk")


def first_page(found: list, size: int) -> KeysetPage:
    """The first page, of the rows that were found: one more than it has, where there are more."""
    return KeysetPage(found[:size], found[size - 1].pk if len(found) > size else None, None)


def _beyond(rows: QuerySet, anchors: QuerySet, key: str, pk: int, side: str) -> QuerySet:
    """Narrow rows to those after ("gt") or before ("lt") a row in the order of (key, pk)."""
    anchor = anchors.values_list(key, flat=True).get(pk=pk)
    beyond = Q(**{f"{key}__{side}": anchor}) | Q(**{f"pk__{side}": pk})
    return rows.filter(**{f"{key}__{side}e": anchor}).filter(beyond)


def count_up_to(rows: QuerySet, limit: int) -> int:
    """Count rows, but stop just above `limit`: a result of limit + 1 means more than that."""
    return counted(counting(rows, limit))


def counting(rows: QuerySet, limit: int) -> tuple[str, tuple] | None:
    """The statement that counts rows, and its values; None where there can be none."""
    try:
        sql, values = rows.order_by().values("pk")[: limit + 1].query.sql_with_params()
    except EmptyResultSet:
        return None
    # what count() asks, which takes Django longer to write
    return f"SELECT count(*) FROM ({sql}) found", values  # noqa: S608 - Django's own


def counted(statement: tuple[str, tuple] | None) -> int:
    if statement is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchone()[0]
