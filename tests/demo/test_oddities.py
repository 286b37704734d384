"""Every koordinator of the demo finds something to look at, of each kind of flag."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.urls import reverse

from assistance_logs.leaves.models import Leave
from assistance_logs.models import Visit, VisitPhoto, VisitReview
from assistance_logs.review.words import FlagKind
from beneficiaries import tallies
from ejsika.accounts.models import User


@pytest.fixture(autouse=True)
def demo(db, capsys, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call_command("demo", households=800, verbosity=0)


def test_each_kind_of_flag_waits_for_the_koordinator_who_is_logged_in_first(client):
    koordinator = User.objects.get(username="koordinator")
    waiting = VisitReview.objects.filter(visit__in=Visit.objects.for_user(koordinator).current(), at=None)
    kinds = Counter(flag["kind"] for review in waiting for flag in review.flags)
    assert set(kinds) == set(FlagKind.values)
    looked_at = Visit.objects.for_user(koordinator).current().filter(happened_at__gte=waiting.first().visit.happened_at)
    assert sum(kinds.values()) < looked_at.count(), "most visits bear none"
    client.force_login(koordinator)
    for kind in FlagKind:
        page = client.get(reverse("assistance_logs:review_list"), {"flag": kind})
        assert page.context["page"].paginator.count == kinds[kind] > 0
    review = waiting.filter(flags__contains=[{"kind": "corrected"}]).first()
    assert "Diperbaiki sesudah dikembalikan" in client.get(review.visit.get_absolute_url()).text


def test_photos_open_and_leaves_stand(client):
    client.force_login(User.objects.get(username="koordinator"))
    photo = VisitPhoto.objects.for_user(User.objects.get(username="koordinator")).first()
    assert client.get(photo.get_absolute_url())["Content-Type"] == "image/jpeg"
    assert {leave.is_waiting for leave in Leave.objects.all()} == {True, False}
    assert tallies.differences() == []
    call_command("demo", households=800, verbosity=0)
    assert Leave.objects.count() == 2
