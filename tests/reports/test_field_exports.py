"""Groups, targets and flagged visits as files: the rows of the page, in its scope and order."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import VisitReview
from assistance_logs.targets.models import Target
from tests.factories import SOUTH, make_group, make_session, make_user, make_visit
from tests.reports.test_exports import fetch


@pytest.fixture
def flagged(north_family, budi):
    """Two visits: one flagged, one sent back without a flag."""
    flag = {"kind": "late", "value": 9, "limit": 3}
    late = make_visit(north_family, budi, timezone.localdate() - datetime.timedelta(days=2))
    VisitReview.objects.create(visit=late, flags=[flag])
    returned = {"status": "dikembalikan", "returned_at": timezone.now(), "remark": "Siapa yang ditemui?"}
    make_visit(north_family, budi, timezone.localdate(), returned_by=make_user("rini", "koordinator"), **returned)
    return late


def test_groups_come_with_their_last_meeting_and_who_took_part(client, ayu, budi, north_family, second_family):
    today = timezone.localdate()
    make_session(make_group(north_family, second_family, leader=north_family), budi, today, {second_family: "alpa"})
    make_group(region=SOUTH, name="Kenanga")
    client.force_login(ayu)
    url = reverse("reports:group_export")
    (row,) = fetch(client, url)
    assert (row["Kelompok"], row["Ketua"], row["KPM"]) == ("Melati", "Siti Utara", 2)
    assert (row["Pertemuan Terakhir"].date(), row["Hadir atau Diwakili"], row["Diabsen"]) == (today, 1, 2)
    assert fetch(client, url, "?met=sudah") == [row]
    assert 'href="' + url + '?met=sudah"' in client.get("/groups/?met=sudah").content.decode()
    assert client.get(url + "?met=belum").context["count"] == 0


def test_targets_stand_beside_what_was_done(client, dewi, admin, budi, north_family, south_family, citra):
    today = timezone.localdate()
    make_visit(north_family, budi, today)
    Target.objects.create(
        user=budi, kind="kunjungan", per_year=40, valid_from=today.replace(month=1, day=1), set_by=admin
    )
    client.force_login(dewi)
    url = reverse("reports:target_export")
    rows = {row["Nama Pendamping"]: row for row in fetch(client, url, "?region=3602")}
    assert list(rows) == ["Budi"]
    assert (rows["Budi"]["Kunjungan"], rows["Budi"]["Target Kunjungan"], rows["Budi"]["Target Asesmen"]) == (1, 40, "")
    assert f'href="{url}?region=3602"' in client.get("/targets/?region=3602").content.decode()


def test_visits_in_the_queue_say_why_they_are_there(client, ayu, flagged):
    client.force_login(ayu)
    url, page = reverse("reports:flagged_visit_export"), reverse("assistance_logs:review_list")
    (row,) = fetch(client, url)
    assert (row["Nama Pengurus"], row["Pendamping"]) == ("Siti Utara", "Budi")
    assert row["Alasan Ditinjau"] == "Dicatat 9 hari sesudah kunjungan, batas 3 hari"
    (row,) = fetch(client, url, "?state=dikembalikan")
    assert (row["Alasan Ditinjau"], row["Catatan Koordinator"]) == ("", "Siapa yang ditemui?")
    assert f'href="{url}?flag=late"' in client.get(page + "?flag=late").content.decode()
    assert client.post(f"{url}?flag=x", {"file_kind": "csv"}).status_code == 422


def test_another_region_gets_none_of_it(client, flagged, north_family):
    make_group(north_family)
    client.force_login(make_user("selatan", "koordinator", SOUTH[:4]))
    for name in ("group_export", "target_export", "flagged_visit_export"):
        assert client.get(reverse(f"reports:{name}")).context["count"] == 0, name
