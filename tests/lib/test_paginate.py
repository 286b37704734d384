"""Keyset pages, on families sorted by name."""

import pytest

from beneficiaries.models import Household
from ejsika.lib.paginate import count_up_to, keyset_page
from tests.factories import make_household


@pytest.fixture
def families(program):
    for name in ["dede", "Ani", "ani", "Cici", "budi", "ANI", "Eni"]:
        make_household(name=name)
    return Household.objects.with_keys()


@pytest.fixture(params=[False, True], ids=["many", "few"])
def page(request):
    def page(families, cursor=None, size=3, rows=None):
        rows = families if rows is None else rows
        return keyset_page(rows, key="name_key", cursor=cursor, size=size, anchors=families, are_few=request.param)

    return page


def names(found):
    return [family.recipient_name for family in found.rows]


def test_pages_forward_and_back_hold_each_row_once(families, page):
    first = page(families)
    second = page(families, first.next_cursor)
    third = page(families, second.next_cursor)
    assert names(first) + names(second) + names(third) == ["Ani", "ani", "ANI", "budi", "Cici", "dede", "Eni"]
    assert first.previous_cursor is None and third.next_cursor is None
    assert names(page(families, third.previous_cursor)) == names(second)
    assert page(families, second.previous_cursor) == first


def test_rows_of_one_name_are_told_apart(families, page):
    first = page(families, size=2)
    assert names(page(families, first.next_cursor, size=2)) == ["ANI", "budi"]


def test_a_page_before_the_first_is_the_first_and_full(families, page):
    second_row = page(families).rows[1]
    assert names(page(families, -second_row.pk)) == ["Ani", "ani", "ANI"]


def test_an_exact_last_page_has_no_next(families, page):
    assert page(families, size=7).next_cursor is None


def test_the_row_of_a_cursor_may_have_left_the_filter_but_not_the_scope(families, page):
    anchor = families.get(recipient_name="budi")
    left = families.exclude(pk=anchor.pk)
    assert names(page(families, anchor.pk, rows=left)) == ["Cici", "dede", "Eni"]
    with pytest.raises(Household.DoesNotExist):
        keyset_page(left, key="name_key", cursor=anchor.pk, size=3, anchors=left)


def test_counting_stops_above_the_limit(families):
    assert [count_up_to(families, limit) for limit in (3, 6, 7, 100)] == [4, 7, 7, 7]
