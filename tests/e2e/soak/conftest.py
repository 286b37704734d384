"""A phone with a browser of its own, over a network that fails, to a server that can be killed."""

import os
import random

import pytest
from django.db import connection

from tests.e2e.soak.network import Network, Server
from tests.e2e.soak.phone import Phone
from tests.factories import picture

SEED = int(os.environ.get("SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@pytest.fixture
def chance():
    print(f"SOAK_SEED={SEED}")
    return random.Random(SEED)


@pytest.fixture
def network(transactional_db, tmp_path, chance):
    server = Server(connection.settings_dict["NAME"], tmp_path / "files")
    server.start()
    network = Network(server, chance)
    yield network
    network.close()


@pytest.fixture
def phone(playwright, tmp_path, network):
    phone = Phone(playwright, tmp_path / "profile", network.url)
    yield phone
    phone.context.close()


@pytest.fixture
def photos(tmp_path):
    files = [tmp_path / f"{n}.jpg" for n in range(3)]
    for file in files:
        file.write_bytes(picture(900, 700, quality=80))
    return files
