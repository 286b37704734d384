"""An import and a person at the same families at once, with connections of their own: nobody's work is lost."""

import threading
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beneficiaries.actions import edit_household, seen_values
from beneficiaries.graduation.actions import decide
from beneficiaries.models import Enrollment, Household, Member, PersonPair
from ejsika.accounts.permissions import Role
from ejsika.imports import actions, choosing
from ejsika.imports.models import ImportBatch
from tests.factories import NORTH, SOUTH, make_case, make_program, make_region, make_user
from tests.graduation.test_races import until_waiting
from tests.sheets import family, write_roster

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for desa in (NORTH, SOUTH):
        make_region(desa)
    make_program()
    return make_user("admin", Role.ADMIN, "36")


def received(operator, path, line) -> ImportBatch:
    content = write_roster(path, [line]).read_bytes()
    batch = actions.receive(kind="roster", program=make_program(), by=operator, name=path.name, content=content)
    actions.check(batch)
    return batch


@pytest.fixture
def line(operator, tmp_path):
    """A family of the register, as a sheet wrote it."""
    line = family(NORTH)
    actions.commit(received(operator, tmp_path / "first.xlsx", line), operator)
    return line


def edit(operator, **changes):
    household = Household.objects.get()
    names = ("address", "rt", "rw", "phone", "latitude", "longitude", "point_source", "point_accuracy_m")
    values = {name: getattr(household, name) for name in names} | changes
    edit_household(household=household, by=operator, seen=seen_values(household), **values)


def in_background(act):
    """Run an act in a thread of its own; gives the thread, and a list with what it raised."""
    raised = []

    def run():
        try:
            act()
        except ValidationError as error:
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_value_edited_between_check_and_commit_is_not_overwritten_unseen(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    edit(operator, address="Kp. Sesudahnya")
    with pytest.raises(ValidationError):
        actions.commit(batch, operator)
    assert Household.objects.get().address == "Kp. Sesudahnya"
    batch.refresh_from_db()
    actions.commit(batch, operator)  # seen once more, and meant
    assert Household.objects.get().address == line["Alamat"]


def test_commit_waits_for_an_edit_under_way(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    with transaction.atomic():
        edit(operator, address="Kp. Sesudahnya")
        thread, raised = in_background(lambda: actions.commit(batch, operator))
        until_waiting(1)
    thread.join(timeout=30)
    assert raised
    assert Household.objects.get().address == "Kp. Sesudahnya"


def test_undo_waits_for_an_edit_under_way_and_keeps_it(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    actions.commit(batch, operator)
    with transaction.atomic():
        edit(operator, phone="081277776666")
        thread, raised = in_background(lambda: actions.undo(batch, operator))
        until_waiting(1)
    thread.join(timeout=30)
    assert not raised
    assert Household.objects.get().phone == "081277776666"


def test_commit_does_not_take_back_a_graduation_decided_meanwhile(operator, line, tmp_path):
    people = [make_user(role.value, role, NORTH[:4]) for role in (Role.PENDAMPING, Role.KOORDINATOR, Role.DINSOS)]
    case = make_case(Household.objects.get(), by=people[0], verified_by=people[1])
    batch = received(operator, tmp_path / "next.xlsx", line | {"Status": "ditangguhkan"})
    with transaction.atomic():
        decide(case=case, by=people[2], on=timezone.localdate(), decree="460/1")
        thread, raised = in_background(lambda: actions.commit(batch, operator))
        until_waiting(1)
    thread.join(timeout=30)
    assert raised
    assert Enrollment.objects.get().status == "graduasi"


def test_commit_that_waits_for_an_enrollment_holds_no_family(operator, line, tmp_path):
    """A decision locks the enrollment and then the family: the other way round the two would wait for ever."""
    batch = received(operator, tmp_path / "next.xlsx", line | {"Status": "ditangguhkan"})
    with transaction.atomic():
        enrollment = Enrollment.objects.select_for_update().get()
        thread, raised = in_background(lambda: actions.commit(batch, operator))
        until_waiting(1)
        assert Household.objects.select_for_update(nowait=True, of=["self"]).get(pk=enrollment.household_id)
    thread.join(timeout=30)
    assert not raised
    assert Enrollment.objects.get().status == "ditangguhkan"


def test_choice_waits_for_the_commit_and_is_refused_after_it(operator, line, tmp_path):
    """Two admins at one batch: what was shown is written, and the other is told that it is too late."""
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    with transaction.atomic():
        ImportBatch.objects.select_for_update().get(pk=batch.pk)
        ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.Status.COMMITTING)
        thread, raised = in_background(lambda: choosing.choose(batch, operator, leave={(2, "phone")}))
        until_waiting(1)
    thread.join(timeout=30)
    assert "tidak dapat diubah lagi" in raised[0].message
    batch.refresh_from_db()
    actions.commit(batch, operator)
    assert Household.objects.get().phone == "081299998888"


def test_two_choices_at_once_are_both_kept(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888", "RT": "9"})
    with transaction.atomic():
        choosing.choose(batch, operator, leave={(2, "phone")})
        thread, raised = in_background(lambda: choosing.choose(batch, operator, leave={(2, "rt")}))
        until_waiting(1)
    thread.join(timeout=30)
    assert not raised
    batch.refresh_from_db()
    assert (batch.counts["left"], batch.counts["change"], batch.choices_made) == (1, 0, 2)


def test_two_admins_decide_one_pair_at_once(operator, tmp_path):
    """The first answer stands; the second one is told of it, whichever import it came from."""
    known = family(NORTH) | {"Nama Pengurus": "Siti Aminah"}
    actions.commit(received(operator, tmp_path / "first.xlsx", known), operator)
    alike = family(NORTH) | {"Nama Pengurus": "Siti Aminah"}
    one, other = (received(operator, tmp_path / name, alike) for name in ("one.xlsx", "other.xlsx"))
    pair = {"row": 2, "key": str(Member.objects.get().pk), "seen": ""}
    with transaction.atomic():
        choosing.decide(one, operator, answer="same", **pair)
        thread, raised = in_background(lambda: choosing.decide(other, operator, answer="different", **pair))
        until_waiting(1)
    thread.join(timeout=30)
    assert "baru saja diubah" in raised[0].message
    assert PersonPair.objects.get().is_same


def test_two_imports_of_one_new_family_become_one(operator, tmp_path):
    """Both were checked before either was saved: the second is compared again, and shown so."""
    new = family(NORTH)
    one, other = (received(operator, tmp_path / name, new) for name in ("one.xlsx", "other.xlsx"))
    actions.commit(one, operator)
    with pytest.raises(ValidationError, match="berubah sejak"):
        actions.commit(other, operator)
    other.refresh_from_db()
    assert other.counts["same"] == Household.objects.count() == 1


def comparisons(act) -> int:
    """How often an act compares a sheet with the register."""
    with CaptureQueriesContext(connection) as captured, suppress(ValidationError):
        act()
    return sum("CREATE TEMP TABLE roster_outcome" in query["sql"] for query in captured.captured_queries)


def as_on_a_quiet_server(batch) -> None:
    """Let a batch be marked as if nothing else had been under way: other tests hold transactions open for minutes."""
    _, _, rest = batch.compared_with.partition(":")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        (next_one,) = cursor.fetchone()
    batch.compared_with = f"{next_one}:{rest}"
    batch.save(update_fields=["compared_with"])


def test_commit_compares_again_only_where_something_happened_since(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    as_on_a_quiet_server(batch)
    assert comparisons(lambda: actions.commit(batch, operator)) == 0
    assert Household.objects.get().phone == "081299998888"

    batch = received(operator, tmp_path / "third.xlsx", line | {"No HP": "081200001111"})
    as_on_a_quiet_server(batch)
    edit(operator, address="Kp. Sesudahnya")
    assert comparisons(lambda: actions.commit(batch, operator)) == 1
    assert Household.objects.get().phone == "081299998888"


def test_act_that_began_before_the_check_and_ended_after_it_is_noticed(operator, line, tmp_path):
    began, checked = threading.Event(), threading.Event()

    def act():
        with transaction.atomic():
            edit(operator, address="Kp. Sesudahnya")
            began.set()
            checked.wait(timeout=30)

    thread, _ = in_background(act)
    began.wait(timeout=30)
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    checked.set()
    thread.join(timeout=30)
    assert comparisons(lambda: actions.commit(batch, operator)) == 1


def test_commit_compares_again_where_the_importer_lost_a_region(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    operator.regions.set([SOUTH[:4]])
    assert comparisons(lambda: actions.commit(ImportBatch.objects.get(pk=batch.pk), operator)) == 1
    assert Household.objects.get().phone != "081299998888"


def test_commit_compares_again_where_a_restore_numbered_the_transactions_anew(operator, line, tmp_path):
    batch = received(operator, tmp_path / "next.xlsx", line | {"No HP": "081299998888"})
    _, _, rest = batch.compared_with.partition(":")
    ImportBatch.objects.filter(pk=batch.pk).update(compared_with=f"{10**12}:{rest}")  # of a cluster with a longer life
    edit(operator, address="Kp. Sesudahnya")
    assert comparisons(lambda: actions.commit(ImportBatch.objects.get(pk=batch.pk), operator)) == 1
