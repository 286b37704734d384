"""The page for no network and the service worker that shows it: the same for everybody, and nothing else is kept."""

import re

from django.contrib.staticfiles import finders
from django.urls import reverse


def test_page_is_the_same_whoever_asks(client, budi):
    anonymous = client.get(reverse("offline"))
    client.force_login(budi)
    assert anonymous.status_code == 200
    assert client.get(reverse("offline")).content == anonymous.content
    assert b'href="">Coba lagi' in anonymous.content


def test_page_needs_no_file_that_the_worker_does_not_keep(client, db):
    page = client.get(reverse("offline")).content.decode()
    worker = client.get(reverse("service_worker")).content.decode()
    files = set(re.findall(r'"(/static/[^"]+)"', worker))
    assert set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)) == files
    assert all(finders.find(file.removeprefix("/static/")) for file in files)


def test_worker_is_a_script_for_the_whole_site_that_is_asked_for_anew(client, db):
    answer = client.get(reverse("service_worker"))
    assert reverse("service_worker").count("/") == 1  # at the root, so its reach is the whole site
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert not answer.cookies


def test_worker_keeps_under_another_name_when_the_page_changes(client, db, settings):
    first = client.get(reverse("service_worker")).content
    settings.STATIC_URL = "/lain/"
    assert client.get(reverse("service_worker")).content != first
