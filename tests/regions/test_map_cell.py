import random

import pytest
from django.db import connection

from ejsika.lib.geo import CELL_ZOOM, LATITUDES, LONGITUDES, cell_at, cell_centre, distance_m


@pytest.mark.django_db
def test_database_and_python_give_the_same_cell():
    points = [(round(random.uniform(*LATITUDES), 6), round(random.uniform(*LONGITUDES), 6)) for _ in range(200)]
    with connection.cursor() as cursor:
        for latitude, longitude in points:
            cursor.execute("SELECT map_cell(%s, %s)", [latitude, longitude])
            assert cursor.fetchone()[0] == cell_at(latitude, longitude)


@pytest.mark.django_db
def test_no_point_has_no_cell():
    with connection.cursor() as cursor:
        cursor.execute("SELECT map_cell(NULL, NULL)")
        assert cursor.fetchone()[0] is None


def test_shifted_cell_is_the_tile_of_that_zoom():
    """The tile arithmetic of Web Mercator, computed another way: x and y are halved at each zoom out."""
    cell = cell_at(-6.3456, 106.1234)
    for zoom in range(5, CELL_ZOOM + 1):
        latitude, longitude = cell_centre(cell >> 2 * (CELL_ZOOM - zoom), zoom)
        assert cell_at(latitude, longitude) >> 2 * (CELL_ZOOM - zoom) == cell >> 2 * (CELL_ZOOM - zoom)
        assert abs(longitude - 106.1234) <= 180 / 2**zoom


def test_distance_of_one_minute_of_latitude_is_a_nautical_mile():
    assert distance_m((-6.0, 106.0), (-6.0 - 1 / 60, 106.0)) == pytest.approx(1852, rel=0.002)
