"""Assessments of the demo: before and now for a third of the families, most of whom live better since."""

import datetime

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from beneficiaries.assessments.comparison import Verdict, compare
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.models import Assessment, AssessmentPhoto, GraduationCase, Household
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.files.models import StoredPhoto

SIZE = 600


@pytest.fixture(scope="module")
def _register(kept):
    kept(lambda: call_command("demo", households=SIZE, verbosity=0))


@pytest.fixture
def pairs(_register, db):
    families = Household.objects.annotate(number=Count("assessments")).filter(number=2)
    return [tuple(family.assessments.order_by("assessed_on")) for family in families]


def test_a_third_of_the_families_have_before_and_now(pairs):
    assert SIZE * 0.32 <= len(pairs) <= SIZE * 0.34
    assert Household.objects.annotate(number=Count("assessments")).filter(number__gt=2).count() == 0
    today = timezone.localdate()
    for before, now in pairs:
        assert before.assessed_on + datetime.timedelta(days=30) <= now.assessed_on <= today
        assert {before.officer.role, now.officer.role} == {"pendamping"}


def test_most_families_live_better_and_some_worse(pairs):
    verdicts = [[line.verdict for line in compare(before, now)] for before, now in pairs]
    better = sum(found.count(Verdict.BETTER) > found.count(Verdict.WORSE) for found in verdicts)
    worse = sum(found.count(Verdict.BETTER) < found.count(Verdict.WORSE) for found in verdicts)
    assert better > len(pairs) * 0.6
    assert 0 < worse < len(pairs) * 0.25
    income = sum(
        now.monthly_income > before.monthly_income
        for before, now in pairs
        if before.monthly_income and now.monthly_income
    )
    assert income > len(pairs) * 0.6


def test_an_assessment_says_what_can_be(pairs):
    for assessment in Assessment.objects.all():
        assessment.clean_fields(exclude=["household", "officer"])
    graduated = Assessment.objects.filter(household__status=EnrollmentStatus.GRADUATED)
    assert graduated.exists()
    for assessment in graduated:
        case = GraduationCase.objects.get(enrollment__household=assessment.household)
        assert assessment.assessed_on <= case.proposed_on


def test_each_is_on_record_and_none_may_be_put_right_as_if_it_were_from_today(pairs):
    told = AuditEvent.objects.filter(action="assessment.recorded")
    assert sorted((event.data["assessment"], event.target_id) for event in told) == list(
        Assessment.objects.order_by("pk").values_list("pk", "household")
    )
    for assessment in Assessment.objects.all():
        assert timezone.localdate(assessment.recorded_at) == assessment.assessed_on


def test_some_have_photos_that_show_what_was_found(pairs):
    pictured = [pair for pair in pairs if pair[0].photos.exists()]
    assert SIZE / 15 - 3 <= len(pictured) <= SIZE / 15 + 3
    for pair in pictured:
        before, now = ({row.subject: row.photo for row in one.photos.select_related("photo")} for one in pair)
        for subject, column in {"atap": "roof", "lantai": "floor", "dapur": "cooking_fuel"}.items():
            if subject in before and subject in now:
                is_same = getattr(pair[0], column) == getattr(pair[1], column)
                assert (before[subject].digest == now[subject].digest) == is_same
    told = AuditEvent.objects.filter(action="assessment.photo_added").values_list("data__assessment", flat=True)
    assert sorted(told) == sorted(AssessmentPhoto.objects.values_list("assessment", flat=True))
    call_command("demo", households=SIZE + 60, verbosity=0)
    stored = StoredPhoto.objects.filter(pk__in=AssessmentPhoto.objects.values("photo")).values_list("digest", flat=True)
    assert len(set(stored)) == len(stored) < 60, "who lives alike shares a picture"


def test_the_family_s_page_shows_both(pairs, client):
    client.force_login(User.objects.get(username="admin"))
    page = client.get(pairs[0][0].household.get_absolute_url())
    assert page.status_code == 200
    assert "Asesmen" in page.content.decode()
