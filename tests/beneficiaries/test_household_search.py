import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from beneficiaries.search import SESSION_KEY
from ejsika.lib.kept import MOST
from tests.factories import NORTH, make_household

LIST, SEARCH = "/households/", "/households/search/"
NIK, KK = "3602124405800001", "3602120101200001"


def search(client, text, **kept):
    return client.post(SEARCH, {"q": text} | kept)


def found(client, text, **kept):
    """Names on the list that a search leads to."""
    answer = search(client, text, **kept)
    assert answer.status_code == 302, answer.content.decode()
    return [family.recipient_name for family in client.get(answer.url).context["page"].rows]


@pytest.fixture
def officer(client, ayu):
    client.force_login(ayu)
    return ayu


@pytest.fixture
def family(program):
    return make_household(name="Siti Rohayati", nik=NIK, kk=KK)


def test_anonymous_is_sent_to_the_login(client):
    assert search(client, "siti").status_code == 302


@pytest.mark.parametrize("person", ["eko", "fitri"])
def test_who_may_only_count_is_refused(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert search(client, "siti").status_code == 403


def test_a_search_is_sent_by_post_alone(client, officer):
    assert client.get(SEARCH).status_code == 405


@pytest.mark.parametrize("written", [NIK, KK, "3602 1244 0580 0001", "3602.1244.0580.0001", " 3602-12-440580-0001 "])
def test_a_whole_number_leads_straight_to_the_family(client, officer, family, written):
    answer = search(client, written)
    assert answer.status_code == 302 and answer.url == family.get_absolute_url()


@pytest.mark.parametrize("number", [NIK, KK])
def test_a_number_of_another_region_is_not_found(client, citra, family, number):
    client.force_login(citra)
    answer = search(client, number)
    assert answer.status_code == 200 and "Tidak ada keluarga di wilayah Anda" in answer.content.decode()


@pytest.mark.parametrize("number", [NIK, KK])
def test_a_number_of_a_colleagues_family_is_not_found(client, budi, family, number):
    client.force_login(budi)
    assert search(client, number).status_code == 200


def test_a_number_of_a_membership_that_ended_is_not_found(client, officer, family):
    family.members.update(left_on=timezone.localdate())
    assert search(client, NIK).status_code == 200


def test_a_person_who_moved_is_found_in_the_present_family(client, officer, family):
    family.members.update(left_on=timezone.localdate())
    present = make_household(nik=NIK)
    assert search(client, NIK).url == present.get_absolute_url()


@pytest.mark.parametrize("written", ["360212", "36021244058000012", "1", "3602 1244"])
def test_a_number_that_is_not_whole_is_refused(client, officer, family, written):
    answer = search(client, written)
    assert answer.status_code == 200 and "16 angka" in answer.context["search"].errors["q"][0]


@pytest.mark.parametrize("written", ["", "   ", "a", "a b", "x" * 101, "\0"])
def test_nonsense_is_refused_with_a_word(client, officer, family, written):
    answer = search(client, written)
    assert answer.status_code == 200 and answer.context["search"].errors["q"]


def test_neither_number_nor_name_stands_in_the_url(client, officer, family):
    assert NIK not in search(client, NIK).url
    url = search(client, "Rohayati").url
    assert url.startswith(f"{LIST}?search=") and "rohayati" not in url.lower()


@pytest.mark.parametrize("written", ["siti", "SITI", "rohayati siti", "haya", "  siti   roh ", "si ro"])
def test_words_of_a_name_are_found_in_any_order_and_case(client, officer, family, written):
    make_household(name="Marni Lestari")
    assert found(client, written) == ["Siti Rohayati"]


@pytest.mark.parametrize("written", ["siti lestari", "it", "%", "%%", "__", "ti"])
def test_what_a_name_has_not_is_not_found(client, officer, family, written):
    answer = search(client, written)
    if answer.status_code == 302:
        assert client.get(answer.url).context["page"].rows == []


def test_two_letters_are_the_beginning_of_a_word(client, officer, program):
    for name in ("Ai Sumiati", "Nur Aisyah", "Maimunah"):
        make_household(name=name)
    assert found(client, "ai") == ["Ai Sumiati", "Nur Aisyah"]


def test_a_name_is_found_in_the_own_scope_alone(client, budi, citra, program):
    make_household(name="Siti Punya Budi", assistant=budi)
    make_household(name="Siti Orang Lain", region=NORTH)
    make_household(name="Siti Selatan", region="3601012001", assistant=citra)
    client.force_login(budi)
    assert found(client, "siti") == ["Siti Punya Budi"]


def test_the_other_filters_stay(client, officer, family):
    make_household(name="Siti Calon", status="calon")
    assert found(client, "siti", status="calon", region=NORTH) == ["Siti Calon"]


def test_the_page_shows_what_is_searched_and_how_to_end_it(client, officer, family):
    page = client.get(search(client, "<b>Siti</b>", status="aktif").url).content.decode()
    assert "Nama: &lt;b&gt;Siti&lt;/b&gt;" in page
    assert f'class="chip" href="{LIST}?status=aktif"' in page


def test_nobody_else_can_use_the_reference(client, officer, family, dewi):
    url = search(client, "siti").url
    client.force_login(dewi)
    answer = client.get(url)
    assert answer.context["page"].rows == [] and "tidak tersimpan" in answer.content.decode()


def test_the_newest_searches_alone_are_kept(client, officer, family):
    urls = [search(client, f"nama {'x' * number}").url for number in range(MOST + 5)]
    assert len(client.session[SESSION_KEY]) == MOST
    assert client.get(urls[0]).context["form"].errors and not client.get(urls[-1]).context["form"].errors


def test_the_same_search_keeps_its_reference(client, officer, family):
    assert search(client, "siti").url == search(client, " siti ").url


def test_a_failed_search_keeps_the_filters_on_the_page(client, officer, family):
    page = search(client, "123", status="calon").content.decode()
    assert '<option value="calon" selected>' in page
    assert "Siti Rohayati" not in page


def test_the_url_is_a_contract():
    assert reverse("beneficiaries:household_search") == SEARCH


def test_the_box_on_the_page_is_sent_with_its_token(ayu, family):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ayu)
    form = strict.get(LIST).content.decode().split('role="search"')[1].split("</form>")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form).group(1)
    assert strict.post(SEARCH, {"q": "siti", "csrfmiddlewaretoken": token}).status_code == 302
    assert strict.post(SEARCH, {"q": "siti"}).status_code == 403
