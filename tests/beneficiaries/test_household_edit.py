from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from beneficiaries import actions
from beneficiaries.edits import Seen
from beneficiaries.models import Household
from ejsika.audit.models import AuditEvent
from tests.factories import make_household


@pytest.fixture
def family(program, budi):
    """A family whose row is read back, as a view reads it."""
    made = make_household(
        assistant=budi, address="Kp. Lama", rt=1, rw=2, phone="081234567890",
        latitude="-6.300000", longitude="106.200000", point_source="gps", point_accuracy_m=12,
    )  # fmt: skip
    return Household.objects.get(pk=made.pk)


@pytest.fixture
def assistant(client, budi):
    client.force_login(budi)
    return budi


def url(family):
    return f"/households/{family.pk}/edit/"


def send(client, family, **changes):
    """Send the form as it stands on the page, with some fields changed."""
    fields = {
        "address": "Kp. Lama", "rt": "1", "rw": "2", "phone": "081234567890", "latitude": "-6.300000",
        "longitude": "106.200000", "accuracy": "", "seen": Seen(actions.seen_values(family)).sign(family),
    }  # fmt: skip
    return client.post(url(family), fields | changes)


def stored(family, *names):
    row = Household.objects.values_list(*names).get(pk=family.pk)
    return row[0] if len(names) == 1 else row


def refused(client, family, field, **changes):
    """The error beside a field, after nothing was changed."""
    before = Household.objects.filter(pk=family.pk).values().get()
    answer = send(client, family, **changes)
    assert answer.status_code == 422
    assert Household.objects.filter(pk=family.pk).values().get() == before
    assert not AuditEvent.objects.exists()
    return answer.context["form"].errors[field][0]


def test_the_url_is_a_contract(family):
    assert reverse("beneficiaries:household_edit", args=[family.pk]) == url(family)


@pytest.mark.parametrize("person", ["budi", "ayu", "admin"])
def test_who_may_edit_gets_the_form_with_what_is_known(client, request, family, person):
    client.force_login(request.getfixturevalue(person))
    page = client.get(url(family)).content.decode()
    known = ['value="Kp. Lama"', 'value="081234567890"', 'value="-6.300000"', 'value="106.200000"']
    assert [word for word in known if word not in page] == []


def test_anonymous_is_sent_to_the_login(client, family):
    assert client.get(url(family)).status_code == 302


@pytest.mark.parametrize("person", ["dewi", "eko", "fitri"])
def test_who_may_not_edit_is_refused(client, request, family, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(url(family)).status_code == send(client, family).status_code == 403


def test_a_family_of_another_region_is_not_found(client, citra, family):
    client.force_login(citra)
    assert client.get(url(family)).status_code == send(client, family, rt="9").status_code == 404
    assert stored(family, "rt") == 1


def test_a_colleagues_family_is_not_found(client, assistant, ayu):
    other = make_household(address="Kp. Lama")
    assert client.get(url(other)).status_code == send(client, other, rt="9").status_code == 404


def test_another_method_is_refused(client, assistant, family):
    assert client.delete(url(family)).status_code == 405


def test_changes_are_stored_with_old_and_new_on_record(client, assistant, family):
    answer = send(client, family, address="Kp. Baru", rt="3", phone="+62 812-9999-8888")
    assert answer.status_code == 302 and answer.url == family.get_absolute_url()
    assert stored(family, "address", "rt", "rw", "phone") == ("Kp. Baru", 3, 2, "081299998888")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("household.edited", assistant, family.pk)
    assert event.data["changes"] == {
        "address": ["Kp. Lama", "Kp. Baru"], "rt": [1, 3], "phone": ["081234567890", "081299998888"]
    }  # fmt: skip


def test_without_a_change_nothing_is_recorded_and_that_is_said(client, assistant, family):
    answer = client.get(send(client, family).url)
    assert "Tidak ada yang berubah" in answer.content.decode()
    assert not AuditEvent.objects.exists()


def test_blanks_that_nobody_sees_are_stored_as_one(client, assistant, family):
    send(client, family, address="Kp.\u00a0  Baru\u200b 7\u202c")
    assert stored(family, "address") == "Kp. Baru 7"


def test_the_point_is_kept_with_source_and_accuracy_when_only_the_rest_changes(client, assistant, family):
    send(client, family, rw="7")
    assert stored(family, "point_source", "point_accuracy_m", "rw") == ("gps", 12, 7)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("-6.301245", "106.245123"),
        ("-6,301245", "106,245123"),
        ("−6,301245°", "106.245123°"),
        (" -6.3012451 ", "106.2451232"),
        ("-6.301245, 106.245123", ""),
        ("-6,301245; 106,245123", ""),
        ("-6.301245 106.245123", ""),
        ("-6,301245, 106,245123", ""),
    ],
)
def test_coordinates_are_read_however_they_are_written(client, assistant, family, latitude, longitude):
    assert send(client, family, latitude=latitude, longitude=longitude).status_code == 302
    assert stored(family, "latitude", "longitude") == (Decimal("-6.301245"), Decimal("106.245123"))
    assert stored(family, "point_source", "point_accuracy_m") == ("pin", None)
    changes = AuditEvent.objects.get().data["changes"]
    assert changes["latitude"] == ["-6.300000", "-6.301245"] and changes["point_source"] == ["gps", "pin"]


def test_a_position_of_the_phone_is_kept_as_such(client, assistant, family):
    send(client, family, latitude="-6,31", longitude="106,21", accuracy="8")
    assert stored(family, "point_source", "point_accuracy_m") == ("gps", 8)


@pytest.mark.parametrize("accuracy", ["x", "-1", "1e9", "9999999", "nan"])
def test_an_accuracy_that_makes_no_sense_makes_it_a_pin(client, assistant, family, accuracy):
    send(client, family, latitude="-6,31", longitude="106,21", accuracy=accuracy)
    assert stored(family, "point_source", "point_accuracy_m") == ("pin", None)


def test_a_point_can_be_taken_off(client, assistant, family):
    send(client, family, latitude="", longitude="")
    assert stored(family, "latitude", "longitude", "point_source", "point_accuracy_m") == (None, None, "", None)


def test_half_a_point_is_refused(client, assistant, family):
    assert "berdua" in refused(client, family, "longitude", longitude="")
    assert "berdua" in refused(client, family, "latitude", latitude="")


def test_a_forgotten_minus_is_offered(client, assistant, family):
    assert "-6,301245" in refused(client, family, "latitude", latitude="6.301245")


def test_swapped_coordinates_are_told(client, assistant, family):
    assert "tertukar" in refused(client, family, "latitude", latitude="106.2", longitude="-6.3")


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("0.1", "0.1"), ("-8.6", "115.2"), ("91", "181"), ("-6.3", "10.62")]
)
def test_a_point_outside_banten_is_refused(client, assistant, family, latitude, longitude):
    assert "di luar Banten" in refused(client, family, "latitude", latitude=latitude, longitude=longitude)


@pytest.mark.parametrize("text", ["abc", "0", "-", "1e3", "NaN", "-6.3.1", "6° 18' S", "9" * 59, "\0"])
def test_coordinates_that_are_no_numbers_are_refused(client, assistant, family, text):
    assert refused(client, family, "latitude", latitude=text)


@pytest.mark.parametrize(
    "phone", ["12345", "08", "0", "-", "abc", "0812345678901234", "+1 202 555 0100", "0012345678", "\0"]
)
def test_a_number_that_cannot_be_dialled_is_refused(client, assistant, family, phone):
    assert refused(client, family, "phone", phone=phone)


@pytest.mark.parametrize(
    ("field", "value"), [("rt", "0"), ("rt", "1000"), ("rw", "x"), ("rw", "-1"), ("address", "x" * 201)]
)
def test_an_address_that_makes_no_sense_is_refused(client, assistant, family, field, value):
    assert refused(client, family, field, **{field: value})


def test_a_strange_number_from_an_import_does_not_block_the_rest(client, assistant, family):
    Household.objects.filter(pk=family.pk).update(phone="021-lama")
    family.refresh_from_db()
    assert send(client, family, phone="021-lama", rt="5").status_code == 302
    assert stored(family, "phone", "rt") == ("021-lama", 5)


def test_what_was_written_stays_on_the_page_after_an_error(client, assistant, family):
    page = send(client, family, address="Kp. Baru", rt="x").content.decode()
    assert 'value="Kp. Baru"' in page and "Tulis nomor antara 1 dan 999." in page


def test_a_map_is_loaded_on_this_page_alone(client, assistant, family):
    assert "leaflet.js" in client.get(url(family)).content.decode()
    assert "leaflet" not in client.get(family.get_absolute_url()).content.decode()


def test_family_that_an_undo_has_just_deleted_is_said_to_be_gone(ayu, family):
    seen = actions.seen_values(family)
    Household.objects.filter(pk=family.pk).delete()
    values = {name: getattr(family, name) for name in actions.EDITED}
    with pytest.raises(ValidationError, match="baru saja dihapus"):
        actions.edit_household(household=family, by=ayu, seen=seen, **values)
