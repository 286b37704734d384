"""What a log line says of an exception: its kind and place, nothing that may quote a person's row."""

import io
import logging

import pytest
from django.conf import settings
from django.db import IntegrityError
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
