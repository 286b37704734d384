"""What the tests of an import begin with: the regions, a programme, and an admin who checks and commits."""

import pytest

from ejsika.accounts.permissions import Role
from ejsika.imports import actions
from ejsika.imports.models import ImportBatch
from tests.factories import make_program, make_user
from tests.sheets import write_roster


@pytest.fixture
def programme(db, settings, tmp_path, official_regions):
    settings.MEDIA_ROOT = tmp_path
    return make_program()


@pytest.fixture
def operator(client, programme):
    user = make_user("admin", Role.ADMIN, "36")
    client.force_login(user)
    return user


@pytest.fixture
def bring(operator, programme, tmp_path):
    """Check lines of the template; commit them with commit=True."""

    def brought(*lines, commit=False, name="x.xlsx", content=None) -> ImportBatch:
        content = content or write_roster(tmp_path / name, list(lines)).read_bytes()
        batch = actions.receive(kind="roster", program=programme, by=operator, name=name, content=content)
        actions.check(batch)
        if commit:
            actions.commit(batch, operator)
        batch.refresh_from_db()
        return batch

    return brought
