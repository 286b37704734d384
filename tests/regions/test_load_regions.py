import io
from collections import Counter

import pytest
from django.core.management import call_command

from ejsika.regions.models import Region

pytestmark = pytest.mark.django_db


def load(*options):
    out = io.StringIO()
    call_command("load_regions", *options, stdout=out)
    return out.getvalue()


def test_official_regions_are_loaded_with_centroids_and_post_codes():
    load()
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert sum(levels.values()) == 1716
    assert levels["kabupaten"] + levels["kota"] == 8
    assert levels["kecamatan"] == 155
    assert levels["desa"] + levels["kelurahan"] == 1552
    assert Region.objects.filter(latitude__isnull=True).values_list("name", flat=True).get() == "Cikaratuan"
    assert not Region.objects.filter(code__regex="^.{10}$", postal_code="").exists()


def test_every_region_stands_below_its_codes_parent():
    load()
    for region in Region.objects.exclude(code="36"):
        assert region.parent_id == region.path_codes[-2]


def test_loading_again_changes_nothing():
    load()
    before = list(Region.objects.order_by("code").values_list())
    assert "0 ditutup" in load()
    assert list(Region.objects.order_by("code").values_list()) == before


def test_code_that_disappears_is_closed_and_comes_back_open(tmp_path):
    load()
    from ejsika.regions.management.commands.load_regions import OFFICIAL

    lines = OFFICIAL.read_text().splitlines(keepends=True)
    shorter = tmp_path / "regions.csv"
    shorter.write_text("".join(line for line in lines if not line.startswith("3602122001,")))
    assert "1 ditutup" in load("--file", shorter)
    assert Region.objects.get(code="3602122001").closed_on is not None
    load()
    assert Region.objects.get(code="3602122001").closed_on is None
