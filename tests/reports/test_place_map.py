"""The small map drawn by the server."""

from dataclasses import dataclass

from reports.place_map import HEIGHT, WIDTH, draw


@dataclass
class Named:
    name: str = "Desa Uji"


def test_places_lie_on_the_drawing_with_north_up():
    drawn = draw([(-6.0, 106.0, 10, Named("utara")), (-7.0, 105.0, 40, Named("selatan"))])
    places = {place.row.name: place for place in drawn.places}
    assert all(0 <= place.x <= WIDTH and 0 <= place.y <= HEIGHT for place in drawn.places)
    assert places["utara"].y < places["selatan"].y
    assert places["utara"].x > places["selatan"].x


def test_areas_stand_for_families():
    drawn = draw([(-6.0, 106.0, 100, Named()), (-6.5, 106.5, 25, Named())])
    large, small = drawn.places
    assert large.radius == 2 * small.radius


def test_one_place_stands_in_the_middle():
    (place,) = draw([(-6.0, 106.0, 1, Named())]).places
    assert (place.x, place.y) == (WIDTH / 2, HEIGHT / 2)


def test_place_without_a_middle_is_said_and_one_without_families_left_out():
    drawn = draw([(None, None, 3, Named()), (-6.0, 106.0, 0, Named()), (-6.1, 106.1, 2, Named())])
    assert (len(drawn.places), drawn.not_drawn) == (1, 1)
    assert draw([]).places == []
    assert draw([(None, None, 3, Named())]).not_drawn == 1


def test_names_do_not_cover_each_other():
    drawn = draw(
        [(-6.0, 106.0, 50, Named("Kab. Serang")), (-6.001, 106.0, 5, Named("Kota Serang")), (-6.9, 105, 9, Named())]
    )
    assert [place.row.name for place in drawn.places if place.has_name] == ["Kab. Serang", "Desa Uji"]
