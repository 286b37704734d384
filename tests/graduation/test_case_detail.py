"""The page of a case: who did what, what the log knows, and what the reader may do now."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import panels, timeline
from beneficiaries.graduation.actions import send_back
from tests.factories import enroll, make_case, make_program, make_user, make_visit


def page_of(client, user, case):
    client.force_login(user)
    return client.get(case.get_absolute_url()).content.decode()


def forms_on(page, case):
    names = ("case_verify", "case_decide", "case_return")
    return [name for name in names if f'action="{reverse(f"graduation:{name}", args=[case.pk])}"' in page]


def test_page_tells_who_took_which_step(client, decided, dewi, budi, ayu):
    page = page_of(client, dewi, decided)
    for told in ("Siti Utara", "Jamsosratu", "Usaha keluarga berkembang", budi.name, ayu.name, dewi.name):
        assert told in page
    assert "460/12-SK/2026" in page


@pytest.mark.parametrize(
    ("state", "who", "expected"),
    [
        ("proposed", "budi", []),
        ("proposed", "ayu", ["case_verify", "case_return"]),
        ("proposed", "dewi", []),
        ("proposed", "admin", []),
        ("verified", "budi", []),
        ("verified", "ayu", []),
        ("verified", "dewi", ["case_decide", "case_return"]),
        ("verified", "admin", []),
        ("decided", "dewi", []),
        ("decided", "ayu", []),
    ],
)
def test_page_offers_what_the_reader_may_do_now(client, request, state, who, expected):
    case = request.getfixturevalue(state)
    assert forms_on(page_of(client, request.getfixturevalue(who), case), case) == expected


def test_assistant_is_offered_to_propose_a_returned_case_again(client, budi, ayu, proposed, north_family):
    again = reverse("graduation:case_propose", args=[north_family.pk])
    assert again not in page_of(client, budi, proposed)
    send_back(case=proposed, by=ayu, reason="Foto kurang.")
    assert again in page_of(client, budi, proposed)
    assert again not in page_of(client, ayu, proposed)


def test_history_keeps_the_rounds_that_were_returned(client, budi, ayu, dewi, proposed, north_family):
    send_back(case=proposed, by=ayu, reason="Foto kurang jelas.")
    make_case(north_family, by=budi, verified_by=ayu, decided_by=dewi, note="Foto baru.")
    page = page_of(client, ayu, proposed)
    assert page.count("Diusulkan untuk graduasi") == 2
    assert "Foto kurang jelas." in page
    assert "Foto baru." in page


def test_evidence_counts_the_year_before_the_decision(client, budi, ayu, dewi, north_family):
    decided_on = datetime.date(2025, 6, 30)
    make_visit(north_family, budi, decided_on - datetime.timedelta(days=30))
    make_visit(north_family, budi, decided_on - datetime.timedelta(days=365))
    make_visit(north_family, budi, decided_on - datetime.timedelta(days=366))
    make_visit(north_family, budi, decided_on + datetime.timedelta(days=1))
    case = make_case(north_family, by=budi, verified_by=ayu, decided_by=dewi, on=decided_on)
    page = page_of(client, dewi, case)
    assert "2 kali" in page
    assert "30 hari sebelumnya" in page


def test_family_without_a_visit_is_said_to_have_none(client, ayu, proposed):
    page = page_of(client, ayu, proposed)
    assert "0 kali" in page
    assert "belum pernah" in page


def test_markup_in_words_stays_words(client, budi, ayu, north_family):
    case = make_case(north_family, by=budi, note="<b>kaya</b>")
    send_back(case=case, by=ayu, reason="<script>x</script>")
    page = page_of(client, budi, case)
    assert "<b>kaya" not in page
    assert "<script>x" not in page


def test_family_s_line_of_time_tells_the_steps(decided, north_family, budi, ayu, dewi):
    entries = [entry for entry in timeline.entries(north_family, dewi) if entry.icon == "star"]
    assert [entry.title for entry in entries] == [
        "Lulus (graduasi)",
        "Usulan graduasi diverifikasi",
        "Diusulkan untuk graduasi",
    ]
    assert [entry.kind for entry in entries] == ["graduated", "", ""]
    assert "460/12-SK/2026" in entries[0].detail
    assert entries[0].url == decided.get_absolute_url()


def test_line_of_time_dates_the_act_not_its_typing_in(budi, north_family):
    make_case(north_family, by=budi, on=datetime.date(2026, 3, 3))
    entry = next(entry for entry in timeline.entries(north_family, budi) if entry.icon == "star")
    assert timezone.localdate(entry.at) == datetime.date(2026, 3, 3)


def test_family_s_page_and_line_of_time_keep_to_the_reader_s_programmes(budi, north_family):
    jscm = make_program("JSCM")
    enroll(north_family, program=jscm)
    make_case(north_family, by=budi, enrollment=north_family.enrollments.exclude(program=jscm).get())
    other = make_user("joko", "dinsos", "3602", programs=[jscm])
    assert panels.build_all(north_family, budi)
    assert not [entry for entry in timeline.entries(north_family, other) if entry.icon == "star"]
    assert "graduation/_panel.html" not in [template for template, _ in panels.build_all(north_family, other)]


def test_panel_shows_the_case_and_nothing_where_there_is_none(budi, proposed, north_family, second_family):
    built = dict(panels.build_all(north_family, budi))
    assert built["graduation/_panel.html"]["cases"] == [proposed]
    assert "graduation/_panel.html" not in dict(panels.build_all(second_family, budi))


def test_queries_of_the_page_are_few(client, ayu, proposed, django_assert_max_num_queries):
    client.force_login(ayu)
    with django_assert_max_num_queries(10):
        client.get(proposed.get_absolute_url())


@pytest.mark.parametrize("who", ["eko", "fitri"])
def test_roles_without_names_may_not_read_it(client, request, proposed, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(proposed.get_absolute_url()).status_code == 403


def test_other_region_is_not_found_and_strangers_log_in(client, citra, south_dinsos, proposed):
    url = proposed.get_absolute_url()
    assert client.get(url).status_code == 302
    for user in (citra, south_dinsos):
        client.force_login(user)
        assert client.get(url).status_code == 404
    assert client.post(url).status_code == 405
    assert client.get(reverse("graduation:case_detail", args=[10**30])).status_code == 404


def test_every_form_carries_its_token(client, ayu, dewi, budi, proposed, north_family, second_family):
    propose = reverse("graduation:case_propose", args=[second_family.pk])
    client.force_login(budi)
    assert "csrfmiddlewaretoken" in client.get(propose).content.decode()
    page = page_of(client, ayu, proposed)
    assert page.count("csrfmiddlewaretoken") == page.count('<form method="post"') == 2


def test_other_programme_is_not_found(client, proposed, north_family):
    jscm = make_program("JSCM")
    enroll(north_family, program=jscm)  # the family is theirs to see, this case is not
    client.force_login(make_user("joko", "dinsos", "3602", programs=[jscm]))
    assert client.get(proposed.get_absolute_url()).status_code == 404
    assert client.post(reverse("graduation:case_decide", args=[proposed.pk])).status_code == 404
