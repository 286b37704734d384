from beneficiaries.locator import HEIGHT, WIDTH, locate

HOME, DESA = (-6.30, 106.20), (-6.31, 106.20)


def dot(drawing, kind):
    return next(dot for dot in drawing.dots if dot.kind == kind)


def test_north_is_up_and_east_is_right():
    drawing = locate(HOME, DESA, {"Desa": DESA, "Timur": (-6.305, 106.21)})
    assert dot(drawing, "home").y < dot(drawing, "desa").y
    assert dot(drawing, "near").x > dot(drawing, "home").x


def test_the_distance_is_measured_in_metres():
    assert locate(HOME, DESA, {}).from_desa_m == 1112
    assert locate(HOME, None, {}).from_desa_m is None


def test_far_apart_both_still_fit():
    far = (-6.9, 105.9)
    drawing = locate(HOME, far, {"Jauh": far})
    assert all(0 < dot.x < WIDTH and 0 < dot.y < HEIGHT for dot in drawing.dots) and len(drawing.dots) == 2


def test_a_home_alone_stands_in_the_middle():
    home = dot(locate(HOME, None, {}), "home")
    assert (home.x, home.y) == (WIDTH / 2, HEIGHT / 2)


def test_who_lies_outside_is_left_out_and_labels_do_not_cover_each_other():
    drawing = locate(HOME, DESA, {"Desa": DESA, "Jauh": (-6.9, 106.2), "A": (-6.30, 106.2001)})
    assert [dot.label for dot in drawing.dots] == ["Rumah", "Desa", ""]


def test_the_scale_bar_says_its_length():
    drawing = locate(HOME, DESA, {})
    assert drawing.bar_label == "2 km"
    apart = dot(locate(HOME, DESA, {"Desa": DESA}), "desa").y - dot(drawing, "home").y
    assert round(apart / drawing.bar * drawing.bar_m, -2) == 1100
