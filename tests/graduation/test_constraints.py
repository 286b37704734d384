"""What the database itself refuses, whoever asks: each rule is violated directly."""

import datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from beneficiaries.graduation.actions import decide
from beneficiaries.models import GraduationCase, Household
from tests.factories import enroll, make_case, make_program


def refuses(constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def graduate(enrollment, case=None):
    """Say in SQL that an enrollment is graduated, past all code of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE beneficiaries_enrollment SET status = 'graduasi', graduation_case_id = %s WHERE id = %s",
            [case and case.pk, enrollment.pk],
        )


def change(case, **values):
    return lambda: GraduationCase.objects.filter(pk=case.pk).update(**values)


def test_nobody_is_graduated_without_a_case(north_family):
    refuses("enrollment_graduated_by_case", lambda: graduate(north_family.enrollments.get()))


def test_nobody_is_graduated_by_another_family_s_case(decided, second_family):
    decided.enrollment.change_status("aktif", on=timezone.localdate(), by=None)  # so that no other rule is in the way
    refuses("enrollment_by_decided_case", lambda: graduate(second_family.enrollments.get(), decided))
    graduate(decided.enrollment, decided)  # the same statement for its own enrollment passes


def test_nobody_is_graduated_by_a_case_that_is_not_decided(verified):
    refuses("enrollment_by_decided_case", lambda: graduate(verified.enrollment, verified))


def test_decided_case_is_not_turned_back_while_an_enrollment_leans_on_it(decided):
    back = change(decided, state="verifikasi_kab", decided_by=None, decided_on=None, decree="")
    refuses("enrollment_by_decided_case", back)
    decided.enrollment.change_status("aktif", on=timezone.localdate(), by=None)
    back()  # and passes once nothing leans on it


def test_decided_case_is_not_handed_to_another_enrollment(decided, second_family):
    refuses("enrollment_by_decided_case", change(decided, enrollment=second_family.enrollments.get()))


def test_proposer_does_not_verify(verified, budi):
    refuses("graduation_three_people", change(verified, verified_by=budi))


@pytest.mark.parametrize("who", ["budi", "ayu"])
def test_proposer_and_verifier_do_not_decide(decided, request, who):
    refuses("graduation_three_people", change(decided, decided_by=request.getfixturevalue(who)))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "verifikasi_kab"},
        {"state": "ditetapkan"},
        {"state": "ditolak", "return_reason": "ada"},
        {"state": "ditolak", "proposed_by": None, "proposed_on": None, "return_reason": ""},
        {"proposed_by": None},
        {"proposed_on": None},
        {"decree": "1"},
    ],
)
def test_actors_fit_the_state(proposed, values):
    refuses("graduation_actors_by_state", change(proposed, **values))


def test_decision_has_a_decree(decided):
    refuses("graduation_actors_by_state", change(decided, decree=""))


def test_one_open_case_an_enrollment(proposed, north_family, budi):
    def propose_again():
        GraduationCase.objects.create(
            enrollment=north_family.enrollments.get(),
            kind="GM",
            reasons=["usaha"],
            proposed_by=budi,
            proposed_on=timezone.localdate(),
        )

    refuses("graduation_one_open_case", propose_again)


def test_dates_are_in_order(decided):
    before = decided.proposed_on - datetime.timedelta(days=1)
    refuses("graduation_dates_in_order", change(decided, verified_on=before))
    refuses("graduation_dates_in_order", change(decided, decided_on=before))


def test_choices_are_known(proposed):
    refuses("graduation_kind_known", change(proposed, kind="XX"))
    refuses("graduation_(state_known|actors_by_state)", change(proposed, state="batal"))
    refuses("graduation_has_reasons", change(proposed, reasons=[]))
    refuses("graduation_reasons_known", change(proposed, reasons=["usaha", "kaya"]))


def test_decision_that_fails_halfway_leaves_nothing(verified, dewi):
    """The decree does not fit its column, so the case is not decided and the family not graduated."""
    with pytest.raises(DataError), transaction.atomic():
        decide(case=verified, by=dewi, decree="9" * 101, on=timezone.localdate())
    verified.refresh_from_db()
    assert verified.state == "verifikasi_kab"
    assert Household.objects.get(pk=verified.household.pk).status == "aktif"


def test_family_with_cases_of_two_programmes_keeps_both(north_family, budi):
    first = make_case(north_family, by=budi)
    second = make_case(north_family, by=budi, enrollment=enroll(north_family, program=make_program("JSCM")))
    assert {first.state, second.state} == {"diusulkan"}
