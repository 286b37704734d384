"""A day's families in the order of their distance, in a real browser; where the phone is never leaves it."""

from django.urls import reverse

from tests.e2e.conftest import HOME_OF_BUDI, PHONE
from tests.factories import make_household

TASKS = reverse("assistance_logs:task_list")


def test_families_of_each_group_by_distance_and_the_position_stays_on_the_phone(transactional_db, visit_as, budi):
    for number in range(22):  # more than a page
        make_household(assistant=budi, name=f"Jauh {number:02}", latitude=f"-6.7{number:02}", longitude="106.242")
    make_household(assistant=budi, name="Zubaedah Dekat", latitude="-6.590000", longitude="106.242")
    make_household(assistant=budi, name="Ai Tanpa Titik")
    page = visit_as(budi, PHONE, geolocation=HOME_OF_BUDI, permissions=["geolocation"])
    asked = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto(TASKS)
    page.get_by_text("Diurutkan dari yang terdekat").wait_for()
    names = page.locator("[data-task] h3").all_inner_texts()
    assert (names[0], names[-1], len(names)) == ("Zubaedah Dekat", "Ai Tanpa Titik", 24)
    assert "· 0,4 km" in page.locator("[data-task]").first.inner_text()
    assert not page.get_by_label("Halaman daftar").is_visible()
    assert not [url for url in asked if "6.58" in url or "106.24" in url]


def test_a_phone_that_does_not_know_where_it_is_says_so(transactional_db, visit_as, budi):
    make_household(assistant=budi, name="Siti Ada", latitude="-6.59", longitude="106.242")
    page = visit_as(budi, PHONE, permissions=["geolocation"])
    page.goto(TASKS)
    page.get_by_text("Urutan tetap menurut desa dan RT/RW").wait_for()
    assert page.get_by_role("link", name="Siti Ada", exact=True).is_visible()
