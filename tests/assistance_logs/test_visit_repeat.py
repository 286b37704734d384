"""A visit is never lost and never doubled: what the server answers to the same UUID again."""

import threading
import uuid

import pytest
from django.db import connections
from django.test import Client

from assistance_logs.models import Visit
from beneficiaries.models import Assignment
from ejsika.audit.models import AuditEvent
from tests.assistance_logs.sending import post_correction, post_visit, sent


def test_the_same_number_again_answers_the_same_and_changes_nothing(client, budi, north_family):
    client.force_login(budi)
    fields = sent(notes="pertama")
    first = post_visit(client, north_family, **fields)
    again = post_visit(client, north_family, **fields | {"notes": "kedua"})
    assert (again.status_code, again.url) == (302, first.url)
    assert Visit.objects.get().notes == "pertama"
    assert AuditEvent.objects.count() == 1
    assert "sudah tersimpan sebelumnya" in client.get(again.url).content.decode()


def test_a_repeat_is_answered_even_when_it_would_be_refused_by_now(client, budi, north_family):
    client.force_login(budi)
    fields = sent()
    first = post_visit(client, north_family, **fields)
    Assignment.objects.update(started_on="2099-01-01")
    Assignment.objects.create(household=north_family, assistant=budi, started_on="2010-01-01", ended_on="2010-01-02")
    Assignment.objects.filter(started_on="2010-01-01").update(ended_on="2098-01-01")
    assert post_visit(client, north_family, **fields | {"happened_at": "2001-01-01T10:00"}).url == first.url


def test_the_same_number_for_another_family_is_refused(client, budi, north_family, second_family):
    client.force_login(budi)
    number = str(uuid.uuid4())
    post_visit(client, north_family, uuid=number, notes="catatan utara")
    response = post_visit(client, second_family, uuid=number)
    page = response.content.decode()
    assert response.status_code == 409
    assert "sudah dipakai" in page and "catatan utara" not in page
    assert response.context["form"]["uuid"].value() != number
    assert Visit.objects.count() == 1


def test_the_same_number_from_another_person_is_refused(client, budi, citra, north_family, south_family):
    number = str(uuid.uuid4())
    client.force_login(citra)
    post_visit(client, south_family, uuid=number, notes="catatan selatan")
    client.force_login(budi)
    response = post_visit(client, north_family, uuid=number)
    assert response.status_code == 409 and "catatan selatan" not in response.content.decode()
    assert Visit.objects.get().assistant == citra


def test_a_number_of_a_visit_is_none_for_its_correction(client, budi, north_family):
    client.force_login(budi)
    number = str(uuid.uuid4())
    post_visit(client, north_family, uuid=number)
    assert post_correction(client, Visit.objects.get(), uuid=number).status_code == 409
    assert Visit.objects.count() == 1


def at_once(*acts):
    """Run each act in a thread of its own, all released together; give their results."""
    barrier, results = threading.Barrier(len(acts), timeout=10), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait()
            results[place] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db(transaction=True)
def test_the_same_number_sent_six_times_at_once_is_one_visit(budi, north_family):
    fields = sent()
    clients = [logged_in(budi) for _ in range(6)]
    answers = at_once(*(lambda client=client: post_visit(client, north_family, **fields) for client in clients))
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.url for answer in answers} == {Visit.objects.get().get_absolute_url()}
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_number_for_two_families_at_once_is_stored_for_one(budi, north_family, second_family):
    fields = sent()
    pairs = [(logged_in(budi), north_family), (logged_in(budi), second_family)] * 2
    answers = at_once(*(lambda pair=pair: post_visit(*pair, **fields) for pair in pairs))
    assert sorted(answer.status_code for answer in answers) == [302, 302, 409, 409]
    assert Visit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_wins_and_the_other_is_told(budi, north_family):
    client = logged_in(budi)
    post_visit(client, north_family)
    visit = Visit.objects.get()
    answers = at_once(
        *(
            lambda client=client: post_correction(client, visit, notes="lebih baik")
            for client in [client, logged_in(budi)]
        )
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "sudah diperbaiki lebih dulu" in refused.content.decode()
    assert Visit.objects.count() == 2 and Visit.objects.current().count() == 1
