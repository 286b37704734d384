"""What is shown when something fails must not fail itself: no request, no database, no list of hashed files."""

import pytest
from django.template.loader import render_to_string
from django.templatetags.static import static

PAGES = ["400", "403", "403_csrf", "404", "405", "413", "500"]


@pytest.fixture
def no_hashed_names(settings):
    settings.DEBUG = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }


@pytest.mark.parametrize("name", [f"{page}.html" for page in PAGES])
def test_error_pages_need_nothing(name):
    page = render_to_string(name)
    assert "<h1>" in page and 'href="/static/css/base' in page


@pytest.mark.usefixtures("no_hashed_names")
@pytest.mark.parametrize("name", [f"{page}.html" for page in PAGES])
def test_error_pages_bear_the_loss_of_the_hashed_names(name):
    with pytest.raises(ValueError, match=r"base\.css"):
        static("css/base.css")
    assert 'href="/static/css/base.css"' in render_to_string(name)
