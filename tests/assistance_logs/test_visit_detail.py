import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Visit
from beneficiaries.models import Assignment
from tests.factories import make_household, make_program, make_user, make_visit

DAY = datetime.date(2026, 2, 3)


@pytest.fixture
def visit(budi, north_family):
    north_family.latitude, north_family.longitude, north_family.point_source = "-6.300000", "106.200000", "pin"
    north_family.save()
    return make_visit(
        north_family,
        budi,
        DAY,
        notes="Warung <b>mulai</b> jual gas",
        topics=["usaha"],
        follow_up="Urus akta",
        follow_up_due=datetime.date(2026, 3, 1),
        latitude="-6.300100",
        longitude="106.200000",
        accuracy_m=12,
    )


@pytest.mark.parametrize("person", ["budi", "ayu", "dewi", "admin"])
def test_all_that_was_said_is_shown(client, request, visit, person):
    client.force_login(request.getfixturevalue(person))
    page = client.get(visit.get_absolute_url()).content.decode()
    words = ["Kunjungan rumah", "Bertemu pengurus", "3 Feb 2026", "09.00", "Usaha", "Urus akta", "1 Mar 2026", "Budi"]
    assert [word for word in [*words, "11 m dari rumah", "± 12 m"] if word not in page] == []
    assert "Warung &lt;b&gt;mulai&lt;/b&gt; jual gas" in page


def test_a_visit_without_a_position_says_so(client, budi, north_family):
    client.force_login(budi)
    page = client.get(make_visit(north_family, budi, DAY).get_absolute_url()).content.decode()
    assert "dari rumah" not in page and "Tanpa lokasi" in page


def test_only_its_own_assistant_is_offered_the_correction(client, budi, ayu, visit):
    link = reverse("assistance_logs:visit_correct", args=[visit.pk])
    client.force_login(ayu)
    assert link not in client.get(visit.get_absolute_url()).content.decode()
    client.force_login(budi)
    assert link in client.get(visit.get_absolute_url()).content.decode()


def test_just_stored_it_leads_its_own_assistant_to_the_next_family(client, ayu, budi, visit, second_family):
    link = reverse("assistance_logs:visit_new", args=[second_family.pk])
    client.force_login(ayu)
    assert link not in client.get(visit.get_absolute_url()).content.decode()
    client.force_login(budi)
    assert link in client.get(visit.get_absolute_url()).content.decode()
    Visit.objects.update(recorded_at=timezone.now() - datetime.timedelta(hours=1))
    assert link not in client.get(visit.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("person", "status"), [("citra", 404), ("eko", 403), ("fitri", 403)])
def test_others_do_not_see_it(client, request, visit, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(visit.get_absolute_url()).status_code == status


def test_a_foreign_region_or_programme_is_not_found(client, visit):
    client.force_login(make_user("hadi", "dinsos", "3601"))
    assert client.get(visit.get_absolute_url()).status_code == 404
    client.force_login(make_user("ida", "dinsos", "36", programs=[make_program("JSCM")]))
    assert client.get(visit.get_absolute_url()).status_code == 404


def test_after_the_family_was_handed_over_it_is_not_found(client, budi, visit):
    client.force_login(budi)
    Assignment.objects.update(ended_on=timezone.localdate())
    assert client.get(visit.get_absolute_url()).status_code == 404


def test_a_stranger_must_log_in_and_only_get_is_answered(client, budi, visit):
    assert client.get(visit.get_absolute_url()).status_code == 302
    client.force_login(budi)
    assert client.post(visit.get_absolute_url()).status_code == 405
    assert client.get("/visits/99999999999999999999/").status_code == 404


def test_the_page_costs_the_same_however_many_versions(client, budi, visit, django_assert_max_num_queries):
    for _ in range(5):
        make_household(assistant=budi)
    client.force_login(budi)
    with django_assert_max_num_queries(9):
        client.get(visit.get_absolute_url())
