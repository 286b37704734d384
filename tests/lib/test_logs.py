"""What the log says: of a request one line, of an exception its kind and place; nothing that a person typed."""

import io
import logging
import re

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from beneficiaries.models import Household
from tests.factories import NORTH, make_household


@pytest.fixture
def log():
    """A logger as the settings make one; gives it and its text so far."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    options = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(import_string(options.get("()", "logging.Formatter"))(options["format"]))
    logger = logging.Logger("uji")
    logger.addHandler(handler)
    return logger, stream.getvalue


def test_database_error_is_logged_without_the_row_that_it_quotes(log, program):
    family = make_household(region=NORTH, name="Siti Rahasia")
    logger, text = log
    try:
        Household.objects.filter(pk=family.pk).update(latitude=1)
    except IntegrityError as error:
        assert "Siti Rahasia" in str(error)
        logger.exception("Internal Server Error")
    assert "Siti Rahasia" not in text()
    assert "django.db.utils.IntegrityError" in text()
    assert "household_point_complete" in text()
    assert "test_logs.py" in text()


def test_value_that_could_not_be_read_is_not_logged(log):
    logger, text = log
    cell = "360206" + "0405801234x"
    try:
        int(cell)
    except ValueError:
        logger.exception("Internal Server Error")
    assert "ValueError" in text()
    assert cell not in text()


@pytest.fixture
def lines():
    """Everything that is logged, as the settings write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    options = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(import_string(options["()"])(options["format"]))
    logging.getLogger().addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    logging.getLogger().removeHandler(handler)


def test_request_is_one_line_with_its_id_and_its_user_by_id(client, lines, budi, north_family):
    client.force_login(budi)
    answer = client.get(north_family.get_absolute_url())
    (line,) = lines()
    size = len(answer.content)
    path = f"/households/{north_family.pk}/"
    assert re.fullmatch(rf"\S+ \S+ INFO ejsika\.request GET {path} 200 \d+ ms {size} B user {budi.pk}", line)


def test_query_string_and_form_stay_out_of_the_log(client, lines, budi, north_family):
    nik = "3602064405801234"
    client.force_login(budi)
    client.get(reverse("beneficiaries:household_list"), {"name": "Siti Rahasia", "Siti": nik})
    client.post(reverse("beneficiaries:household_search"), {"query": nik})
    client.post(reverse("beneficiaries:household_edit", args=[north_family.pk]), {"address": "Siti Rahasia"})
    first, *others = lines()
    assert "GET /households/?… 200" in first
    assert len(others) == 2
    assert_unsaid(lines(), "Siti", nik, "Rahasia")


def test_unknown_paths_and_methods_stay_out_of_the_log(client, lines, budi):
    client.force_login(budi)
    client.get("/Siti Rahasia/\n2026-01-01 INFO palsu")
    client.get("/static/Siti Rahasia")
    client.get("/households/3602064405801234/")
    client.generic("SITI", "/accounts/me/")
    assert len(lines()) == 4
    assert "GET /… 404" in lines()[0]
    assert_unsaid(lines(), "Siti", "SITI", "palsu", "3602064405801234")


def test_refusals_quote_neither_header_nor_path(client, lines, db):
    client.get("/", headers={"host": "siti.example"})
    strict = Client(enforce_csrf_checks=True)
    strict.post("/accounts/login/", {}, headers={"origin": "https://siti.example"})
    strict.post("/accounts/login/", {}, secure=True, headers={"referer": "https://siti.example/?Siti"})
    assert len([line for line in lines() if " ejsika.request " in line]) == 3
    assert len([line for line in lines() if " django.security." in line]) == len(lines()) - 3
    assert_unsaid(lines(), "siti", "Siti")


def test_failure_is_told_by_place_without_values_and_tokens(client, lines, settings, db):
    client.raise_request_exception = False
    settings.ROOT_URLCONF = "tests.failing_urls"
    client.post("/families/12345/rahasia-token/?nama=Siti", {"nik": "3602064405801234"})
    text = "\n".join(lines())
    assert "POST /families/12345/…/?… 500" in text
    assert "failing_urls.py" in text
    assert "builtins.ValueError" in text
    assert_unsaid(lines(), "rahasia-token", "3602064405801234", "Siti")


def test_what_the_server_says_of_a_request_is_not_quoted(lines):
    server = logging.getLogger("gunicorn.error")
    server.error("Error handling request %s %s", "GET", "/households/?name=Siti")
    server.warning("Invalid request from ip=10.0.0.7: Invalid HTTP request line: 'Siti'")
    server.critical("WORKER TIMEOUT (pid:%s)", 77)
    assert_unsaid(lines(), "Siti", "10.0.0.7")
    assert "WORKER TIMEOUT (pid:77)" in lines()[-1]


def test_exception_given_as_an_argument_is_told_by_kind(lines):
    logging.getLogger("apa saja").error("gagal: %s", ValueError("Siti Rahasia"))
    assert "gagal: builtins.ValueError" in lines()[0]


def assert_unsaid(lines, *words):
    for word in words:
        assert not any(word in line for line in lines), word
