"""The monthly report of an assistant: what was logged, as plain SQL counts it, on a page and on paper."""

import datetime
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assistance_logs.choices import PersonMet, VisitResult
from beneficiaries.models import Assignment
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent
from reports.monthly import paper
from reports.monthly.drawing import draw
from reports.monthly.report import Report
from tests.factories import (
    NORTH,
    NORTH_2,
    make_assessment,
    make_case,
    make_group,
    make_household,
    make_photo,
    make_session,
    make_user,
    make_visit,
)
from tests.scenes import LONG, MARKUP, UNBROKEN

OCTOBER, SEPTEMBER = datetime.date(2025, 10, 1), datetime.date(2025, 9, 1)
DAY = datetime.date(2025, 10, 9)


def url(assistant, month=OCTOBER):
    return f"{reverse('reports:monthly', args=[assistant.pk])}?period={month:%Y-%m}"


def pdf_url(assistant, month=OCTOBER):
    return f"{reverse('reports:monthly_pdf', args=[assistant.pk])}?period={month:%Y-%m}"


@pytest.fixture
def month(settings, tmp_path, budi, ayu, citra, north_family, second_family, south_family):
    """October of Budi: three families, one of them not visited, one tried; and what is not of it."""
    settings.MEDIA_ROOT = tmp_path
    third = make_household(assistant=budi, region=NORTH_2, name="Uum Utara", latitude="-6.3", longitude="106.2")
    words = {"follow_up": "Antar ke posyandu", "follow_up_due": DAY}
    visit = make_visit(north_family, budi, DAY, **words)
    make_visit(north_family, budi, DAY.replace(day=20), kind="VK", is_current=False)
    make_visit(second_family, budi, OCTOBER, kind="VK")
    make_visit(third, budi, DAY, result=VisitResult.EMPTY_HOUSE, person_met=PersonMet.NOBODY)
    make_visit(third, budi, SEPTEMBER)
    make_visit(north_family, budi, datetime.date(2025, 11, 1))
    make_visit(south_family, citra, DAY)
    make_session(make_group(north_family, second_family), budi, DAY, {second_family: "alpa"})
    make_assessment(north_family, budi, DAY, floor="1")
    make_photo(visit)
    return Report(budi, budi, OCTOBER)


def test_the_month_is_what_sql_counts(month, budi):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), count(*) FILTER (WHERE result LIKE 'bertemu%%'),
                   count(DISTINCT household_id) FILTER (WHERE result LIKE 'bertemu%%') FROM assistance_logs_visit
               WHERE is_current AND assistant_id = %s
                   AND to_char(happened_at AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM') = '2025-10'""",
            [budi.pk],
        )
        visits, met, families = cursor.fetchone()
    assert month.visits == sum(each.count for each in month.activities) == visits == 3
    assert sum(each.met for each in month.activities) == met == 2
    assert (month.visited.n, month.visited.of) == (families, 3)
    assert [family.recipient_name for family in month.unvisited] == ["Uum Utara"]
    assert month.obstacles == [("Rumah kosong", 1)]
    assert (month.attendance.n, month.attendance.of, len(month.sessions)) == (1, 2, 1)
    assert [each.household.recipient_name for each in month.assessments] == ["Siti Utara"]
    assert [(each.visit.follow_up, each.state) for each in month.follow_ups] == [("Antar ke posyandu", "selesai")]
    assert len(month.photos) == 1 and not month.cases


def test_the_page_tells_all_of_it(client, budi, month):
    client.force_login(budi)
    page = client.get(url(budi)).content.decode()
    for words in ("dari 3 KPM, 67%", "Verifikasi komitmen", "1 dari 2 hadir", "Uum Utara", "Antar ke posyandu"):
        assert words in page
    assert "Rumah kosong" in page and "2 KPM belum punya titik" in page and "/photos/" in page


def test_what_was_due_stands_on_page_and_paper(client, budi, month):
    client.force_login(budi)
    assert (month.asked.visited, month.asked.total, month.asked.excused) == (1, 2, 0), "one promise was broken"
    assert "1 dari 2 yang jatuh tempo, 50%" in client.get(url(budi)).content.decode()
    assert ["Jatuh tempo", "1 dari 2 keluarga dikunjungi (50%)"] in paper.as_data(month)["facts"]


def test_a_proposal_is_told_with_how_it_stands(budi, ayu, dewi, north_family):
    today = timezone.localdate()
    make_case(north_family, by=budi, verified_by=ayu, decided_by=dewi)
    (case,) = Report(budi, ayu, today).cases
    assert case.get_state_display() == "Ditetapkan" or case.state == "ditetapkan"
    assert Report(budi, ayu, today).targets[3].done == 1


def test_months_before_it_all_are_empty(client, budi, month):
    client.force_login(budi)
    page = client.get(url(budi, datetime.date(2019, 5, 1))).content.decode()
    assert "Tidak ada yang dicatat" in page and "Unduh PDF" not in page
    assert "belum tiba" in client.get(url(budi, datetime.date(2099, 5, 1))).content.decode()


@pytest.mark.parametrize("period", ["x", "2025-13", "0001-01", "9999-12", "2025-10-01", "%00"])
def test_a_bad_month_says_so(client, budi, north_family, period):
    client.force_login(budi)
    answer = client.get(f"{reverse('reports:monthly', args=[budi.pk])}?period={period}")
    assert answer.status_code == 200 and "tidak dapat ditampilkan" in answer.content.decode()
    assert client.post(f"{reverse('reports:monthly_pdf', args=[budi.pk])}?period={period}").status_code == 302
    assert not AuditEvent.objects.filter(action="report.printed").exists()


def test_a_family_handed_over_is_counted_but_not_named(budi, month, second_family, north_family):
    other = make_user("other", Role.PENDAMPING, NORTH[:4])
    Assignment.objects.filter(household=north_family).update(ended_on=timezone.localdate())
    Assignment.objects.create(household=north_family, assistant=other, started_on=timezone.localdate())
    report = Report(budi, budi, OCTOBER)
    assert (report.visited.n, report.visited.of, report.unnamed) == (2, 3, 1)
    assert "Siti Utara" not in [family.recipient_name for family in report.families]
    assert json.dumps(paper.as_data(report)).count("Siti Utara") == 0


def test_who_reads_whose(client, admin, ayu, budi, citra, dewi, month):
    for user, expected in ((budi, 200), (ayu, 200), (dewi, 200), (admin, 200), (citra, 404)):
        client.force_login(user)
        assert client.get(url(budi)).status_code == expected, user
    client.force_login(ayu)
    assert client.get(url(citra)).status_code == 404 and client.post(pdf_url(citra)).status_code == 404
    client.force_login(budi)
    own = client.get(f"{reverse('reports:monthly_own')}?period=2025-10")
    assert own.context["report"].assistant == budi and "Uum Utara" in own.content.decode()


def test_a_koordinator_counts_only_the_own_region(budi, month):
    narrow = make_user("narrow", Role.KOORDINATOR, NORTH_2)
    report = Report(budi, narrow, OCTOBER)
    assert (report.visits, report.visited.n, report.visited.of) == (1, 0, 1)


def test_the_paper_is_a_pdf_that_is_on_record(client, ayu, budi, month):
    client.force_login(ayu)
    answer = client.post(pdf_url(budi))
    assert answer.content.startswith(b"%PDF-") and answer["Content-Type"] == "application/pdf"
    assert "budi" not in answer["Content-Disposition"].lower()
    event = AuditEvent.objects.get(action="report.printed")
    assert (event.target_id, event.actor, event.data) == (budi.pk, ayu, {"month": "2025-10"})


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("name", [LONG, UNBROKEN, MARKUP.strip(), "#panic() $x$ *a* @b <c>"])
def test_names_are_set_as_they_are(budi, name):
    household = make_household(assistant=budi, name=name)
    make_visit(household, budi, DAY, follow_up=name[:80])
    data = paper.as_data(Report(budi, budi, OCTOBER))
    assert data["follow_ups"][0][0].replace("\u200b", "") == name
    assert paper.write_pdf(Report(budi, budi, OCTOBER)).startswith(b"%PDF-")


def test_many_families_take_several_pages_and_no_more_queries(client, budi, month):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            pdf = paper.write_pdf(Report(budi, budi, OCTOBER))
        return len(queries), pages_of(pdf)

    before, few = asked()
    for number in range(60):
        family = make_household(assistant=budi, name=UNBROKEN, latitude=f"-6.{number + 100}", longitude="106.2")
        if number % 20 == 0:
            make_visit(family, budi, DAY, follow_up=LONG)
            make_session(make_group(family, name=UNBROKEN), budi, DAY)
    after, many = asked()
    assert after <= before <= 24
    assert few < many


def test_the_drawing_keeps_within_its_frame():
    drawing = draw([("-6.30", "106.20", True), ("-6.50", "106.90", False), (None, None, False)])
    assert drawing.without_point == 1 and len(drawing.dots) == 2
    assert all(0 < dot.x < drawing.width and 0 < dot.y < drawing.height for dot in drawing.dots)
    assert drawing.dots[-1].was_met, "who was visited is drawn on top"
    assert drawing.bar_m in {10_000, 20_000} and drawing.as_svg().count("<circle") == 2
    assert draw([("-6.3", "106.2", True)]).dots[0].x == 200
    assert draw([]).dots == []
