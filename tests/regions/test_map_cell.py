import random

import pytest
from django.db import connection

from ejsika.lib.geo import CELL_ZOOM, LATITUDES, LONGITUDES, cell_at, cell_centre, distance_m, touches


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


def test_cell_touches_a_box_that_has_a_part_of_it_and_no_other():
    zoom = 13
    cell = cell_at(-6.4, 106.2) >> 2 * (CELL_ZOOM - zoom)  # some 0.044 degrees wide
    assert touches(cell, zoom, -6.41, 106.19, -6.39, 106.21)
    assert touches(cell, zoom, -7.0, 105.0, -6.0, 107.0)
    for south, west in ((-6.41, 106.30), (-6.41, 106.09), (-6.30, 106.19), (-6.51, 106.19)):
        assert not touches(cell, zoom, south, west, south + 0.02, west + 0.02)
