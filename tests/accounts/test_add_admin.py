"""The first admin comes from the command line, without a password ever being typed there."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from tests.factories import NORTH, make_region, make_user


def add(*args, **options) -> str:
    out = StringIO()
    call_command("add_admin", *args, stdout=out, **options)
    return re.search(r"https?://\S+", out.getvalue())[0]


def is_good(link) -> bool:
    return Client().get(link[link.index("/accounts/") :]).status_code == 302


def test_first_admin_has_the_whole_province_and_a_link(db):
    make_region(NORTH)
    link = add("kepala", name="Kepala Data")
    user = User.objects.get(username="kepala")
    assert (user.name, user.role, user.region_codes) == ("Kepala Data", Role.ADMIN, ["36"])
    assert user.rules_everywhere
    assert not user.has_usable_password()
    assert is_good(link)


def test_admin_who_is_known_gets_another_link(admin):
    assert is_good(add("ADMIN"))
    assert User.objects.count() == 1


def test_nobody_else_is_raised(db):
    make_user("lebak", Role.ADMIN, NORTH[:4])
    make_user("budi", Role.PENDAMPING, "36")
    for username in ("lebak", "budi"):
        with pytest.raises(CommandError, match="bukan admin seluruh provinsi"):
            add(username)


@pytest.mark.parametrize(("args", "options"), [(["baru"], {}), (["nama salah"], {"name": "X"})])
def test_bad_input_makes_nobody(db, args, options):
    make_region("36")
    with pytest.raises(CommandError):
        add(*args, **options)
    assert not User.objects.exists()


def test_regions_come_first(db):
    with pytest.raises(CommandError, match="load_regions"):
        add("kepala", name="Kepala")


def test_closed_account_stays_closed(db):
    make_user("tua", Role.ADMIN, "36", is_active=False)
    with pytest.raises(CommandError, match="tidak aktif"):
        add("tua")
