"""The page for no network and the service worker that shows it: the same for everybody, and nothing else is kept."""

import hashlib
import re
from pathlib import Path
from posixpath import join, normpath

from django.contrib.staticfiles import finders
from django.urls import reverse
from PIL import Image

from ejsika import offline
from tests.factories import make_group


def with_imports(files) -> set[str]:
    """These files and all that the scripts among them import."""
    found, waiting = set(), list(files)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            source = Path(finders.find(path)).read_text() if path.endswith(".js") else ""
            imported = re.findall(r'^import .*from "(\.[^"]+)"', source, re.MULTILINE)
            waiting += [normpath(join(path, "..", name)) for name in imported]
    return found


def files_in(text) -> set[str]:
    return set(re.findall(r'"/static/([^"]+)"', text))


def test_page_is_the_same_whoever_asks(client, budi, north_family):
    anonymous = client.get(reverse("offline"))
    client.force_login(budi)
    assert anonymous.status_code == 200
    assert client.get(reverse("offline")).content == anonymous.content
    assert b'href="">Coba lagi' in anonymous.content


def test_page_needs_no_file_that_the_worker_does_not_keep(client, db):
    page = client.get(reverse("offline")).text
    worker = client.get(reverse("service_worker")).text
    kept = files_in(worker.partition("const FILES")[2])
    assert with_imports(files_in(page)) == files_in(page)  # named there, so that none is waited for after another
    assert with_imports(files_in(worker)) == kept
    assert kept == files_in(page) | {*offline.PAGES, "css/print.css"}
    assert all(finders.find(file) for file in kept)


def test_an_assistants_pages_wait_for_no_file_once_there_is_the_worker(client, budi, north_family):
    kept = files_in(client.get(reverse("service_worker")).text)
    group = make_group(north_family)
    client.force_login(budi)
    pages = [reverse(name) for name in ("assistance_logs:task_list", "outbox:outbox")]
    pages += [
        reverse(f"{name}_new", args=[north_family.pk]) for name in ("assistance_logs:visit", "beneficiaries:assessment")
    ]
    for page in (*pages, reverse("groups:session_new", args=[group.pk])):
        assert files_in(client.get(page).text.partition("<body")[0]) <= kept
        assert set(re.findall(r'<script[^>]* src="/static/([^"]+)"', client.get(page).text)) <= kept


def test_worker_knows_the_page_by_its_digest(client, db):
    """Or it would keep what somebody answers who sells a network."""
    version = re.search(r'VERSION = "([0-9a-f]{12})"', client.get(reverse("service_worker")).text)[1]
    page = client.get(reverse("offline"))
    assert hashlib.sha256(page.content).hexdigest().startswith(version)
    assert page["Cross-Origin-Resource-Policy"]  # by which all our answers are known


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


def test_scripts_ask_the_doors_that_are_there():
    source = Path(finders.find("js/outbox/send.js")).read_text()
    named = set(re.findall(r'"(/visits/[^"]+)"', source))
    assert named == {reverse(f"outbox:{door}") for door in ("door", "today", "send", "photo")}


def test_page_bears_the_loss_of_the_hashed_names(client, db, settings):
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    assert 'href="/static/css/base.css"' in client.get(reverse("offline")).text


def test_the_application_can_be_put_beside_the_phones_others(client, db):
    answer = client.get(reverse("manifest"))
    said = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (said["start_url"], said["display"], said["theme_color"]) == ("/", "standalone", "#0b5f5a")
    for icon in said["icons"]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
    assert f'<link rel="manifest" href="{reverse("manifest")}">' in client.get(reverse("login")).text
