"""The audit: what each admin may see of it, by what it is searched, and that sealed values stay sealed."""

import datetime
import re
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from beneficiaries.actions import assign, edit_household, reveal, seen_values
from ejsika.accounts import actions
from ejsika.accounts.permissions import Role
from ejsika.audit.models import AuditEvent, record
from reports.audit.words import LABELS
from tests.factories import NORTH, SOUTH, make_household, make_program, make_user

ROOT = Path(__file__).resolve().parents[2]
URL = "reports:audit"
FIRST = {action.split(".")[0] for action in LABELS}


@pytest.fixture
def operator(client, db):
    """Admin of the north, who is logged in."""
    user = make_user("operator", Role.ADMIN, NORTH[:4])
    client.force_login(user)
    return user


def rows(client, **query):
    return [row for row, *_ in client.get(reverse(URL), query).context["rows"]]


def ids(client, **query):
    return [row.event.pk for row in rows(client, **query)]


def note(target, by=None, action="household.edited", **data):
    return record(action, target=target, by=by, **data).pk


def edited(household, by, **values):
    names = ["address", "rt", "rw", "phone", "latitude", "longitude", "point_source", "point_accuracy_m"]
    kept = {name: getattr(household, name) for name in names}
    return edit_household(household=household, by=by, seen=seen_values(household), **kept | values)


def test_admin_of_a_region_sees_what_is_about_its_families_and_users_alone(
    client, operator, north_family, south_family
):
    own_member, foreign_member = north_family.members.get(), south_family.members.get()
    own = [
        note(north_family),
        note(own_member, action="number.revealed", kind="nik"),
        note(operator, action="user.logged_in"),
    ]
    foreign_admin = make_user("selatan", Role.ADMIN, SOUTH[:4])
    note(south_family)
    note(foreign_member, action="number.revealed", kind="nik")
    note(foreign_admin, action="user.logged_in")
    note(make_program(), action="program.changed")
    assert ids(client) == own[::-1]


def test_admin_of_another_programme_sees_nothing_of_the_family(client, operator, north_family):
    note(north_family)
    client.force_login(make_user("cilegon", Role.ADMIN, NORTH[:4], programs=[make_program("JSCM")]))
    assert ids(client) == []


def test_admin_of_the_province_sees_all_even_of_what_is_gone(client, admin, north_family, south_family):
    client.force_login(admin)
    seen = [note(north_family), note(south_family), note(make_program(), action="program.changed")]
    gone = AuditEvent.objects.create(action="household.imported", target_kind="beneficiaries.household", target_id=99)
    assert ids(client) == [gone.pk, *seen[::-1]]
    assert "Keluarga nomor 99" in client.get(reverse(URL)).text


def test_edit_shows_old_and_new_and_leads_to_the_family(client, operator, north_family):
    edited(north_family, operator, address="Kp. Baru", rt=7)
    page = client.get(reverse(URL)).text
    assert "alamat: Kp. Uji → Kp. Baru" in page
    assert "RT: kosong → 7" in page
    assert f'<a href="{north_family.get_absolute_url()}">Siti Utara</a>' in page
    assert f'href="{reverse(URL)}?kind=beneficiaries.household&amp;target={north_family.pk}"' in page


def test_hand_over_names_both_assistants(client, operator, north_family, budi):
    other = make_user("joko", Role.PENDAMPING, NORTH[:4])
    current = north_family.assignments.get()
    assign(household=north_family, assistant=other, by=operator, seen=current.pk, reason="Budi cuti")
    page = client.get(reverse(URL)).text
    assert "pendamping: Budi → Joko" in page
    assert "alasan: Budi cuti" in page


def test_sealed_values_stay_sealed(client, operator, north_family):
    changes = {"kk": ["aGVsbG8=", "d29ybGQ="], "account_sealed": [None, "x"], "address": ["a", "NIK 3602124405800123"]}
    note(north_family, operator, changes=changes)
    north_family.refresh_from_db()
    reveal(kind="kk", holder=north_family, by=operator)
    page = client.get(reverse(URL)).text
    assert "No KK: ••• → •••" in page
    assert "No rekening: kosong → •••" in page
    assert "alamat: a → NIK 360212••••••••••" in page
    assert "jenis: No KK" in page
    for secret in ("aGVsbG8", "d29ybGQ", "3602124405800123", north_family.kk.reveal()):
        assert secret not in page


def test_change_of_a_user_is_told_in_words(client, admin, budi):
    client.force_login(admin)
    actions.change_user(
        user=budi,
        by=admin,
        username="budi",
        name="Budi",
        role="koordinator",
        regions=list(admin.regions.all()),
        programs=[],
        all_programs=True,
    )
    page = client.get(reverse(URL)).text
    assert "Pengguna diubah" in page
    assert "peran: Pendamping → Koordinator" in page
    assert f"wilayah: Kabupaten {NORTH[:4]} → Provinsi 36" in page


def test_filters_narrow_what_is_shown(client, operator, north_family, second_family, budi):
    first = note(north_family, budi)
    second = note(second_family, operator)
    login = note(budi, budi, action="user.logged_in")
    assert ids(client, actor=budi.pk) == [login, first]
    assert ids(client, action="user.logged_in") == [login]
    assert ids(client, kind="beneficiaries.household") == [second, first]
    assert ids(client, kind="beneficiaries.household", target=north_family.pk) == [first]
    today = timezone.localdate()
    assert ids(client, since=today, until=today) == [login, second, first]
    assert ids(client, since=today + datetime.timedelta(days=1)) == []
    assert ids(client, until=today - datetime.timedelta(days=1)) == []


@pytest.mark.parametrize(
    "query",
    [
        {"since": "kemarin"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"since": "2026-02-02", "until": "2026-01-01"},
        {"action": "x"},
        {"kind": "x\0"},
        {"target": "5"},
        {"target": "9" * 40, "kind": "accounts.user"},
        {"actor": "x"},
        {"actor": "5"},
        {"cursor": "5"},
        {"cursor": "-" + "9" * 40},
    ],
)
def test_bad_filter_gives_an_empty_list_with_its_error(client, operator, north_family, query):
    note(north_family)
    answer = client.get(reverse(URL), query)
    assert answer.status_code == 200
    assert answer.context["rows"] == []
    assert "Daftar tidak dapat ditampilkan" in answer.text


def test_actor_of_another_region_is_named_only_by_what_he_did_here(client, operator, north_family):
    stranger = make_user("provinsi", Role.ADMIN, "36", name="Admin Provinsi")
    answer = client.get(reverse(URL), {"actor": stranger.pk})
    assert "di luar wilayah Anda" in answer.text
    assert "Admin Provinsi" not in answer.text
    event = note(north_family, stranger)
    assert ids(client, actor=stranger.pk) == [event]
    assert "Oleh: Admin Provinsi" in client.get(reverse(URL), {"actor": stranger.pk}).text


def test_cursor_of_an_entry_elsewhere_is_unknown(client, operator, south_family):
    answer = client.get(reverse(URL), {"cursor": note(south_family)})
    assert "Daftar tidak dapat ditampilkan" in answer.text


def test_actor_is_found_by_name_without_a_name_in_the_address(client, operator, budi, north_family):
    url = reverse("reports:audit_search")
    answer = client.post(url, {"q": "Budi", "action": "household.edited"})
    assert answer.url == f"{reverse(URL)}?action=household.edited&actor={budi.pk}"
    make_user("budiman", Role.PENDAMPING, NORTH)
    assert client.post(url, {"q": "budi"}).url.endswith(f"actor={budi.pk}"), "the whole user name wins"
    several = client.post(url, {"q": "bud"})
    assert several.status_code == 200
    assert "Yang mana?" in several.text
    for text in ("siapa", " ", "b\0"):
        assert client.post(url, {"q": text}).status_code == 422


def test_actor_of_another_region_is_not_found_by_name(client, operator, citra):
    answer = client.post(reverse("reports:audit_search"), {"q": "citra"})
    assert "Tidak ada pengguna di wilayah Anda" in answer.text


def test_pages_go_back_and_forth_also_through_one_moment(client, operator, north_family):
    every = [note(north_family) for _ in range(120)][::-1]  # one transaction, so all at the same time
    first = client.get(reverse(URL))
    second = client.get(first.context["next"])
    third = client.get(second.context["next"])
    shown = [row.event.pk for page in (first, second, third) for row, *_ in page.context["rows"]]
    assert shown == every
    assert third.context["next"] == ""
    back = client.get(third.context["previous"])
    assert [row.event.pk for row, *_ in back.context["rows"]] == every[50:100]


def test_page_asks_as_many_questions_for_many_entries_as_for_few(client, operator, budi, django_assert_max_num_queries):
    families = [make_household(region=NORTH, name=f"Keluarga {number}") for number in range(20)]
    for family in families:
        note(family, budi, changes={"regions": [[NORTH], []]}, assistant=[None, budi.pk])
        note(family.members.get(), budi, action="number.revealed", kind="nik")
        note(budi, operator, action="user.logged_in")
    client.get(reverse(URL))
    with django_assert_max_num_queries(10):
        assert len(rows(client)) == 50


def test_search_reads_an_index(client, admin, budi, citra):
    """Among many entries the newest fifty are read, not all of them and then sorted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_auditevent (at, actor_id, action, target_kind, target_id, data)
               SELECT now() - number * interval '1 minute', CASE WHEN number %% 7 = 0 THEN %s::bigint ELSE %s END,
                   CASE WHEN number %% 5 = 0 THEN 'visit.logged' ELSE 'household.edited' END,
                   'beneficiaries.household', number, '{}' FROM generate_series(1, 20000) AS number""",
            [budi.pk, citra.pk],
        )
        cursor.execute("ANALYZE audit_auditevent")
    from reports.audit.search import AuditSearchForm

    for query, index in [
        ({}, "audit_by_time"),
        ({"since": "2020-01-01", "until": "2099-01-01"}, "audit_by_time"),
        ({"actor": budi.pk}, "audit_by_actor"),
        ({"action": "visit.logged"}, "audit_by_action"),
        ({"kind": "beneficiaries.household", "target": 5}, "audit_by_target"),
    ]:
        events = AuditSearchForm(query, user=admin).apply().order_by("-at", "-pk")[:51]
        assert index in events.explain(), query


def test_every_act_that_is_recorded_has_its_words():
    """Also those of bulk statements, which name their act in SQL."""
    acts = set()
    for top in ("ejsika", "beneficiaries", "assistance_logs", "reports"):
        for path in (ROOT / top).rglob("*.py"):
            text = path.read_text()
            acts |= set(re.findall(r"""record(?:_many|_values)?\(\s*"([a-z]+\.[a-z_]+)["']""", text))
            if "audit" in text and path.name != "words.py":
                acts |= {
                    act for act in re.findall(r"""["']([a-z]+\.[a-z_]+)["']""", text) if act.split(".")[0] in FIRST
                }
    told = {"household.created", "household.edited", "household.imported", "user.changed", "import.committed"}
    assert told <= acts
    assert {act for act in acts if not any(label.startswith(act) for label in LABELS)} == set()
