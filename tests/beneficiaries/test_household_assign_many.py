import datetime
import time

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries import handover
from beneficiaries.models import Assignment, Household
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from tests.factories import NORTH, NORTH_2, SOUTH, enroll, make_household, make_program, make_user

URL = "/households/assign/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def officer(client, ayu):
    client.force_login(ayu)
    return ayu


@pytest.fixture
def tono(program):
    return make_user("tono", Role.PENDAMPING, NORTH[:6], name="Tono")


@pytest.fixture
def free_family(program):
    return make_household(name="Lama Bebas")


def ask(client, to, *families, **fields):
    known = {"to-assistant": to.pk, "to-starting_on": str(timezone.localdate()), "to-reason": "", "to-seen": ""}
    return client.post(URL, {"household": [family.pk for family in families]} | known | fields)


def confirm(client, to, *families, **fields):
    """Look the hand-over over, then do what was shown."""
    plan = ask(client, to, *families, **fields).context["plan"]
    return ask(client, to, *families, **fields, confirmed="1", **{"to-seen": plan.seen})


def history(family):
    """(assistant, first day, last day) of a family, as days from today."""
    today = timezone.localdate()
    return [
        (row.assistant.username, (row.started_on - today).days, row.ended_on and (row.ended_on - today).days)
        for row in family.assignments.select_related("assistant").order_by("pk")
    ]


def told(answer):
    return [str(message) for message in answer.wsgi_request._messages]


def test_the_url_is_a_contract():
    assert reverse("beneficiaries:household_assign_many") == URL


def test_the_list_offers_it_to_those_who_may_assign(client, north_family, ayu, dewi):
    for person, is_offered in ((ayu, True), (dewi, False)):
        client.force_login(person)
        page = client.get("/households/").content.decode()
        assert (f'name="household" value="{north_family.pk}"' in page) is is_offered
        assert (URL in page) is is_offered


def test_picked_families_are_shown_with_the_assistants_who_can_have_them(client, officer, north_family, tono, citra):
    make_user("diam", Role.PENDAMPING, NORTH[:4], is_active=False)
    make_user("lain", Role.PENDAMPING, NORTH[:4], programs=[make_program("JSCM")])
    answer = client.post(URL, {"household": [north_family.pk]})
    labels = [str(label) for _, label in answer.context["form"].fields["assistant"].choices]
    assert labels == ["Pilih pendamping", "Budi · 1 keluarga", "Tono · 0 keluarga"]
    assert Assignment.objects.count() == 1


def test_the_confirmation_counts_new_moving_kept_and_impossible(client, officer, north_family, free_family, tono, budi):
    kept = make_household(assistant=tono)
    elsewhere = make_household(region="3602142001")  # in the koordinator's kabupaten, not in Tono's kecamatan
    plan = ask(client, tono, north_family, free_family, kept, elsewhere).context["plan"]
    assert (len(plan.new), len(plan.moving), plan.kept, plan.impossible) == (1, 1, 1, 1)
    assert plan.sources == [("Budi", 1)]
    assert Assignment.objects.count() == 2


def test_confirmed_families_change_hands_with_history_and_audit(client, officer, north_family, free_family, tono):
    answer = confirm(client, tono, north_family, free_family, **{"to-reason": "Cuti"})
    assert answer.status_code == 302
    started = (datetime.date(2021, 1, 1) - timezone.localdate()).days
    assert history(north_family) == [("budi", started, 0), ("tono", 0, None)]
    assert history(free_family) == [("tono", 0, None)]
    events = AuditEvent.objects.filter(action="household.assigned", actor=officer).order_by("target_id")
    budi = north_family.assignments.get(ended_on__isnull=False).assistant_id
    assert [(event.target_id, event.data["assistant"], event.data["reason"]) for event in events] == [
        (north_family.pk, [budi, tono.pk], "Cuti"),
        (free_family.pk, [None, tono.pk], "Cuti"),
    ]
    assert "Pendamping: Tono" in client.get(north_family.get_absolute_url()).content.decode()


def test_sent_twice_it_is_done_once(client, officer, north_family, tono):
    plan = ask(client, tono, north_family).context["plan"]
    for _ in range(2):
        answer = ask(client, tono, north_family, confirmed="1", **{"to-seen": plan.seen})
        assert answer.status_code == 302
    assert len(history(north_family)) == 2
    assert AuditEvent.objects.filter(action="household.assigned").count() == 1


def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_written(client, officer, north_family, free_family, tono):
    seen = ask(client, tono, north_family, free_family).context["plan"].seen
    Assignment.objects.create(household=free_family, assistant=make_user("rina", Role.PENDAMPING, NORTH[:4]),
                              started_on=timezone.localdate())  # fmt: skip
    answer = ask(client, tono, north_family, free_family, confirmed="1", **{"to-seen": seen})
    assert answer.status_code == 200
    assert told(answer) == [handover.CHANGED_SINCE]
    assert [name for name, _ in answer.context["plan"].sources] == ["Budi", "Rina"]
    assert history(north_family)[-1][0] == "budi"


def test_all_that_the_filter_lets_through_are_taken(client, officer, north_family, free_family, tono):
    plan = ask(client, tono, all="1", figure="without_assistant").context["plan"]
    assert [line.household for line in plan.lines] == [free_family.pk]
    confirm(client, tono, all="1", figure="without_assistant")
    assert history(free_family)[-1][0] == "tono"
    assert history(north_family)[-1][0] == "budi"


def test_a_filter_by_assistant_is_not_taken_for_the_new_one(client, officer, north_family, free_family, tono, budi):
    plan = ask(client, tono, all="1", assistant=budi.pk).context["plan"]
    assert [line.household for line in plan.lines] == [north_family.pk]
    assert plan.assistant == tono


def test_a_bad_filter_takes_nothing(client, officer, north_family, tono):
    answer = ask(client, tono, all="1", region="3601")
    assert answer.status_code == 302
    assert told(answer) == ["Wilayah ini tidak ada atau di luar wilayah Anda."]


def test_all_of_a_list_that_has_become_empty_is_told(client, officer, north_family, tono):
    answer = ask(client, tono, all="1", figure="without_assistant", confirmed="1")
    assert told(answer) == ["Tidak ada lagi keluarga yang cocok dengan saringan ini. Mungkin baru saja ditugaskan."]
    assert history(north_family)[-1][0] == "budi"


def test_nothing_picked_is_told_on_the_list_with_its_filter(client, officer, north_family):
    answer = client.post(URL, {"status": "aktif", "household": ["x", "-1", "9" * 30]})
    assert answer.url == "/households/?status=aktif"
    assert told(answer) == ["Belum ada keluarga yang dipilih. Centang keluarga di daftar, lalu tekan Tugaskan."]


def test_foreign_families_are_not_touched(client, officer, north_family, south_family, tono):
    assert ask(client, tono, south_family).status_code == 404
    confirm(client, tono, north_family, south_family)
    assert history(north_family)[-1][0] == "tono"
    assert history(south_family)[-1][0] == "citra"


@pytest.mark.parametrize(("days", "word"), [(1, "belum tiba"), (-93, "lebih dari tiga bulan")])
def test_a_day_that_cannot_be_is_refused(client, officer, north_family, tono, days, word):
    day = timezone.localdate() + days * DAY
    answer = ask(client, tono, north_family, confirmed="1", **{"to-starting_on": str(day)})
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert history(north_family)[-1][0] == "budi"


def test_an_assistant_of_another_region_is_refused(client, officer, north_family, citra):
    answer = ask(client, citra, north_family, confirmed="1")
    assert answer.status_code == 422
    assert history(north_family)[-1][0] == "budi"


def test_an_earlier_day_never_gives_a_day_two_assistants(client, officer, north_family, free_family, tono, budi):
    """North changed hands ten days ago, the free one lost its assistant five days ago."""
    today = timezone.localdate()
    rina = make_user("rina", Role.PENDAMPING, NORTH[:4])
    north_family.assignments.update(ended_on=today - 10 * DAY)
    Assignment.objects.create(household=north_family, assistant=rina, started_on=today - 10 * DAY)
    Assignment.objects.create(
        household=free_family, assistant=rina, started_on=today - 40 * DAY, ended_on=today - 5 * DAY
    )
    confirm(client, tono, north_family, free_family, **{"to-starting_on": str(today - 30 * DAY)})
    assert history(north_family)[1:] == [("rina", -10, -10), ("tono", -10, None)]
    assert history(free_family) == [("rina", -40, -5), ("tono", -5, None)]


def test_a_deactivated_assistant_gets_nothing(officer, north_family, tono):
    families = Household.objects.for_user(officer)
    seen = handover.plan(families, tono, timezone.localdate()).seen
    type(tono).objects.filter(pk=tono.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="tidak aktif"):
        handover.hand_over(families=families, assistant=tono, starting_on=timezone.localdate(), by=officer, seen=seen)
    assert history(north_family)[-1][0] == "budi"


def test_a_family_of_two_programmes_counts_once(client, officer, north_family, tono):
    enroll(north_family, program=make_program("JSCM"))
    assert len(ask(client, tono, north_family).context["plan"].lines) == 1


def test_all_are_offered_only_where_they_can_be_taken_at_once(client, officer, north_family, free_family, monkeypatch):
    assert "Tugaskan semua 2 yang cocok" in client.get("/households/").content.decode()
    monkeypatch.setattr("beneficiaries.views.households.MOST", 1)
    assert "Tugaskan semua" not in client.get("/households/").content.decode()


def test_too_many_are_refused_before_anything_is_read(client, officer, north_family, free_family, tono, monkeypatch):
    monkeypatch.setattr("beneficiaries.forms.assigning.MOST", 1)
    answer = ask(client, tono, all="1")
    assert "paling banyak 1 keluarga" in told(answer)[0]


def test_three_hundred_at_once_take_no_more_statements_than_two(
    client, officer, tono, budi, django_assert_max_num_queries
):
    families = [make_household(region=(NORTH, NORTH_2)[n % 2], assistant=(n % 3 and budi) or None) for n in range(300)]
    seen = ask(client, tono, all="1").context["plan"].seen
    started = time.monotonic()
    with django_assert_max_num_queries(30):
        answer = ask(client, tono, all="1", confirmed="1", **{"to-seen": seen})
    assert time.monotonic() - started < 2
    assert answer.status_code == 302
    assert Assignment.objects.open().filter(assistant=tono).count() == 300 == len(families)
    assert AuditEvent.objects.filter(action="household.assigned").count() == 300


def test_pimpinan_and_dinsos_may_not(client, north_family, tono, dewi, eko):
    for person in (dewi, eko):
        client.force_login(person)
        assert ask(client, tono, north_family, confirmed="1").status_code == 403
    assert history(north_family)[-1][0] == "budi"


def test_south_is_another_koordinators(client, south_family, citra):
    client.force_login(make_user("selatan", Role.KOORDINATOR, SOUTH[:4]))
    assert ask(client, citra, south_family).context["plan"].kept == 1
