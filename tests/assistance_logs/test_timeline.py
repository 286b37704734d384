import datetime

from django.utils import timezone

from beneficiaries import timeline
from ejsika.accounts.permissions import Role
from tests.factories import make_program, make_user, make_visit

DAY = datetime.date(2026, 2, 3)


def of_visits(household, user):
    return [entry for entry in timeline.entries(household, user) if entry.url.startswith("/visits/")]


def test_a_visit_stands_in_the_familys_time_line(budi, north_family):
    north_family.latitude, north_family.longitude, north_family.point_source = -6.3, 106.2, "pin"
    north_family.save()
    visit = make_visit(north_family, budi, DAY, topics=["pendidikan", "usaha"], latitude="-6.3001", longitude="106.2")
    [entry] = of_visits(north_family, budi)
    assert (entry.icon, entry.title, entry.at, entry.url) == (
        "house",
        "Kunjungan rumah",
        visit.happened_at,
        visit.get_absolute_url(),
    )
    assert entry.detail == "Bertemu pengurus · pendidikan, usaha · 11 m dari rumah"


def test_an_unknown_distance_is_not_said(budi, north_family):
    make_visit(north_family, budi, DAY)
    assert of_visits(north_family, budi)[0].detail == "Bertemu pengurus"


def test_old_versions_are_left_out(budi, north_family):
    make_visit(north_family, budi, DAY, is_current=False)
    assert of_visits(north_family, budi) == []


def test_a_follow_up_is_late_the_day_after_it_was_due(budi, north_family):
    today = timezone.localdate()
    for due, words in [(today, []), (today - datetime.timedelta(days=1), ["Tindak lanjut terlambat"])]:
        visit = make_visit(north_family, budi, DAY, follow_up="Daftar ulang", follow_up_due=due)
        late = [entry for entry in of_visits(north_family, budi) if entry.kind == "late"]
        assert [entry.title for entry in late] == words
        visit.delete()
    assert "Daftar ulang, jatuh tempo" in late[0].detail


def test_a_stranger_gets_no_page_and_who_has_another_programme_is_told_nothing(client, citra, budi, north_family):
    make_visit(north_family, budi, DAY)
    client.force_login(citra)
    assert client.get(north_family.get_absolute_url()).status_code == 404
    other = make_user("other", Role.DINSOS, "36", programs=[make_program("JSCM")])
    assert of_visits(north_family, other) == []
