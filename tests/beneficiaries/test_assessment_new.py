"""Writing down how a family lives: prefilled, unknown stays unknown, one a day, on record."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Assessment
from beneficiaries.models.assessment import CONTENT, INDICATORS
from ejsika.audit.models import AuditEvent
from tests.factories import make_assessment, make_member

YESTERDAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def family(north_family):
    return north_family


@pytest.fixture
def assistant(client, budi):
    client.force_login(budi)
    return budi


def url(family):
    return f"/households/{family.pk}/assessments/new/"


def sent(client, family, **fields):
    given = {"uuid": str(uuid.uuid4()), "outbox_version": "1", "assessed_on": timezone.localdate().isoformat()}
    return client.post(url(family), given | fields)


def refused(client, family, field, **fields):
    """The error beside a field, after nothing was kept."""
    answer = sent(client, family, **fields)
    assert answer.status_code == 422
    assert not Assessment.objects.exists() and not AuditEvent.objects.exists()
    return answer.context["form"].errors[field][0]


def test_the_url_is_a_contract(family):
    assert reverse("beneficiaries:assessment_new", args=[family.pk]) == url(family)


@pytest.mark.parametrize(
    ("person", "status"), [("budi", 200), ("ayu", 200), ("admin", 200), ("dewi", 403), ("eko", 403)]
)
def test_who_meets_families_may_assess(client, request, family, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(url(family)).status_code == status


def test_another_assistants_family_is_not_found(client, assistant, south_family):
    assert client.get(url(south_family)).status_code == sent(client, south_family, floor="8").status_code == 404
    assert not Assessment.objects.exists()


def test_what_was_found_is_kept_and_the_rest_stays_unknown(client, assistant, family, today):
    answer = sent(
        client, family, floor_area_m2="36", floor="8", assets=["motor", "kulkas"], monthly_income="Rp 1.500.000",
        savings="0", note="Atap bocor",
    )  # fmt: skip
    assert answer.status_code == 302 and answer.url == family.get_absolute_url()
    kept = Assessment.objects.get()
    assert (kept.officer, kept.assessed_on, kept.note) == (assistant, today, "Atap bocor")
    known = {name: getattr(kept, name) for name in INDICATORS if getattr(kept, name) not in (None, "")}
    assert known == {
        "floor_area_m2": 36, "floor": "8", "assets": ["kulkas", "motor"], "monthly_income": 1_500_000, "savings": 0
    }  # fmt: skip
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("assessment.recorded", assistant, family.pk)


def test_no_assets_at_all_is_something_else_than_not_asked(client, assistant, family, today):
    sent(client, family, assets=["tidak_ada"])
    assert Assessment.objects.get().assets == []
    page = client.get(url(family))
    assert page.context["form"]["assets"].value() == ["tidak_ada"]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1500000", 1_500_000), ("1.500.000", 1_500_000), ("rp500.000,-", 500_000), ("Rp. 0", 0), (" 75.000,00 ", 75_000)],
)
def test_rupiah_are_read_however_they_are_written(client, assistant, family, written, amount):
    assert sent(client, family, savings=written).status_code == 302
    assert Assessment.objects.get().savings == amount


@pytest.mark.parametrize("written", ["1,5 juta", "-5", "1.50", "1e6", "٣", "x", "\0", "9" * 12, "1.500.00"])
def test_other_amounts_are_refused(client, assistant, family, written):
    assert refused(client, family, "savings", savings=written)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("floor", "99"),
        ("floor", "\0"),
        ("assets", "pesawat"),
        ("floor_area_m2", "0"),
        ("floor_area_m2", "2001"),
        ("floor_area_m2", "36,5"),
        ("assessed_on", ""),
        ("assessed_on", "1999-12-31"),
        ("assessed_on", "x"),
        ("note", "x" * 1001),
    ],
)
def test_nonsense_is_refused_beside_its_field(client, assistant, family, field, value):
    assert refused(client, family, field, **({"walls": "1"} | {field: value}))


def test_a_day_to_come_is_refused(client, assistant, family, today):
    tomorrow = (today + datetime.timedelta(days=1)).isoformat()
    assert "belum tiba" in refused(client, family, "assessed_on", floor="8", assessed_on=tomorrow)


def test_an_empty_form_is_refused(client, assistant, family):
    assert "sedikitnya satu" in refused(client, family, "__all__", note="Tidak ada orang")


def test_answers_that_exclude_each_other_are_refused(client, assistant, family):
    assert refused(client, family, "power", lighting="4", power="1")
    assert refused(client, family, "sewage", toilet="6", sewage="1")
    assert refused(client, family, "assets", assets=["tidak_ada", "motor"])


def test_nothing_is_lost_on_an_error(client, assistant, family):
    page = sent(client, family, floor="8", savings="banyak", note="Atap <b>bocor</b>", assets=["motor"])
    form = page.context["form"]
    assert (form["floor"].value(), form["savings"].value(), form["assets"].value()) == ("8", "banyak", ["motor"])
    assert "Atap &lt;b&gt;bocor&lt;/b&gt;" in page.content.decode()


def test_the_form_starts_from_the_last_assessment(client, assistant, family, ayu, today):
    make_assessment(family, ayu, today - 400 * YESTERDAY, floor="8", savings=0)
    make_assessment(family, ayu, today - YESTERDAY, floor="6", savings=1_250_000, note="lama")
    page = client.get(url(family))
    form = page.context["form"]
    assert (form["floor"].value(), form["note"].value()) == ("6", None)
    assert 'value="1.250.000"' in page.content.decode() and "Ayu" in page.content.decode()


def test_an_old_answer_to_what_is_not_asked_any_more_is_left_out(client, assistant, family, today):
    make_assessment(family, assistant, today - YESTERDAY, lighting="1", power="2", toilet="1", toilet_kind="4")
    assert sent(client, family, lighting="4", power="2", toilet="6", toilet_kind="4").status_code == 302
    kept = Assessment.objects.get(assessed_on=today)
    assert (kept.lighting, kept.power, kept.toilet, kept.toilet_kind) == ("4", "", "6", "")


def test_ones_own_of_the_day_is_put_right_as_a_new_version(client, assistant, family):
    sent(client, family, floor="8", walls="1")
    old = Assessment.objects.get()
    assert "memperbaikinya" in client.get(url(family)).content.decode()
    sent(client, family, floor="6", walls="1", savings="5.000")
    kept = Assessment.objects.current().get()
    assert (kept.floor, kept.savings, kept.replaces) == ("6", 5_000, old)
    old.refresh_from_db()
    assert (old.floor, old.is_current) == ("8", False)
    event = AuditEvent.objects.latest("pk")
    assert event.action == "assessment.corrected"
    assert event.data["changes"] == {"floor": ["8", "6"], "savings": [None, 5000]}


def test_the_same_sent_twice_is_kept_once(client, assistant, family):
    number = str(uuid.uuid4())
    sent(client, family, floor="8", uuid=number)
    answer = client.get(sent(client, family, floor="6", uuid=number).url)
    assert "sudah tersimpan" in answer.content.decode()
    sent(client, family, floor="8")  # saved again, with nothing changed
    assert Assessment.objects.get().floor == "8"
    assert Assessment.objects.count() == AuditEvent.objects.count() == 1


def test_a_number_of_another_familys_assessment_is_refused_and_renewed(client, assistant, family, second_family):
    number = str(uuid.uuid4())
    sent(client, second_family, floor="8", uuid=number)
    answer = sent(client, family, floor="8", uuid=number)
    assert answer.status_code == 422 and "sudah dipakai" in answer.content.decode()
    assert answer.context["form"]["uuid"].value() != number
    assert Assessment.objects.get().household == second_family
    assert "tidak lengkap" in sent(client, family, floor="8", uuid="").content.decode()


def test_anothers_of_the_day_is_not_replaced(client, assistant, family, ayu, today):
    make_assessment(family, ayu, today, floor="8")
    answer = sent(client, family, floor="6")
    assert answer.status_code == 422 and "sudah dicatat Ayu" in answer.content.decode()
    assert Assessment.objects.get().floor == "8"


def test_the_form_knows_who_lives_there_and_says_what_is_new(client, assistant, family):
    make_member(family)
    assert client.get(url(family)).context["form"]["residents"].value() == 2
    answers = {"residents": "5", "building_status": "1", "water_distance": "3", "head_education": "23", "turnover": "7"}
    sent(client, family, **answers, aid=["pkh", "sembako"])
    kept = Assessment.objects.get()
    assert {name: str(getattr(kept, name)) for name in answers} == answers and kept.aid == ["sembako", "pkh"]
    assert client.get(url(family)).context["form"]["residents"].value() == 5


def test_every_question_stands_in_one_section_of_the_page(client, assistant, family):
    sections = client.get(url(family)).context["form"].sections
    names = [field.name for section in sections for field in section.fields]
    assert len(names) == len(set(names)) and set(names) == {*CONTENT} - {"note"}
