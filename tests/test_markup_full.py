"""Every page of a full register, for every role: valid HTML, also where a form was refused, and not too heavy."""

import pytest
from django.urls import reverse

from ejsika.accounts.permissions import Role
from ejsika.home import FIRST_SCREENS
from tests.factories import NORTH
from tests.markup import faults
from tests.opened import (
    CELLS_BYTES,
    FIRST_PAGE_BYTES,
    PAGE_BYTES,
    assert_valid,
    first_visit,
    is_download,
    is_page,
    opened,
    pages_of,
    weight,
)
from tests.pages import ROWS
from tests.scenes import addresses


@pytest.mark.parametrize("role", Role)
def test_full_pages_are_valid_and_light(client, full_world, role):
    client.force_login(full_world.person(role, NORTH))
    pages = [page for name in pages_of(role) for page in opened(client, full_world, name)]
    assert_valid(pages)
    for path, answer in pages:
        if answer.status_code == 200 and not is_download(answer):
            assert weight(answer.content) <= (PAGE_BYTES if is_page(answer) else CELLS_BYTES), path
    assert first_visit(client.get(reverse(FIRST_SCREENS[role]))) <= FIRST_PAGE_BYTES


@pytest.mark.parametrize("role", Role)
def test_refused_forms_are_valid(client, full_world, role):
    client.force_login(full_world.person(role, NORTH))
    wrong = []
    for name in pages_of(role):
        if "post" in ROWS[name].methods:
            path = reverse(name, args=addresses(full_world, name)[0])
            answer = client.post(path, {"latitude": "x", "program": "x"})
            if is_page(answer):
                wrong += [f"{path}: {fault}" for fault in faults(answer.text)]
    assert not wrong, "\n".join(wrong)
