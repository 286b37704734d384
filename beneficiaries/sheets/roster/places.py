"""From the words for a place in a sheet to the code of a desa, without a query a row.

A code wins if the names agree with it. Names are compared without case, blanks and the words for the kind of place;
within the named parent the best trigram similarity of at least 0.55 and at least 0.1 ahead of the next is taken, and
said.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from beneficiaries.sheets.roster import cells
from ejsika.lib.geo import distance_m
from ejsika.lib.similar import similarity, trigrams
from ejsika.regions.models import Region
from ejsika.regions.names import city_or_regency, place_key

PLACE_FIELDS = ("region_code", "desa", "kecamatan", "kabupaten")
SIMILAR_ENOUGH, AHEAD_OF_NEXT = 0.55, 0.1
FAR_M = 10_000
_NO_FRACTION = re.compile(r"[.,]0+$")  # 3602182010.0, as other programs write a number
FAR_DEGREES = 0.08  # both differences together: less is nearer than FAR_M anywhere on earth


@dataclass
class Place:
    """What became of a place: its code, or the code of what is wrong, at which field, with a sentence."""

    code: str | None = None
    problem: str | None = None
    field: str = "desa"
    message: str = ""
    level: str = "error"
    faults: tuple[str, ...] = ()  # fields in which a formula has failed
    is_empty: bool = False  # nothing is said of it at all


@dataclass
class _Node:
    region: Region
    key: str
    centroid: tuple[float, float] | None  # WGS84 degrees, latitude first
    children: dict[str, list["_Node"]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def grams(self) -> frozenset:
        return trigrams(self.key)


class PlaceIndex:
    """All regions in memory (1,716 of them and those that were closed). Cost: one query.

    A closed desa is found by its code or its very name, as families may still live there; who may is told by match.py.
    """

    def __init__(self):
        self.nodes = {}
        self.regencies: list[_Node] = []
        self.closed: dict[str, list[_Node]] = defaultdict(list)  # desas alone
        for region in Region.objects.order_by("code"):
            key = place_key(region.name)
            centroid = None if region.latitude is None else (float(region.latitude), float(region.longitude))
            node = self.nodes[region.code] = _Node(region, key, centroid)
            if region.closed_on:
                if len(region.code) == 10:
                    self.closed[key].append(node)
            elif len(region.code) == 4:
                self.regencies.append(node)
            elif parent := self.nodes.get(region.parent_id):
                parent.children[key].append(node)

    def name(self, code: str) -> str:
        return self.nodes[code].region.name

    def centroid_distance_m(self, code: str, point: tuple[float, float]) -> float | None:
        """Metres from a desa's centroid to a point; None when the centroid is not known."""
        centroid = self.nodes[code].centroid
        return None if centroid is None else distance_m(centroid, point)

    def is_far(self, code: str, point: tuple[float, float]) -> bool:
        """Whether a point lies further from a desa's centroid than its edges do."""
        centroid = self.nodes[code].centroid
        if centroid is None:
            return False
        degrees = abs(centroid[0] - point[0]) + abs(centroid[1] - point[1])
        return degrees > FAR_DEGREES and distance_m(centroid, point) > FAR_M

    def find(self, code: object, desa: object, kecamatan: object, kabupaten: object) -> Place:
        """Find the desa that one line names."""
        words = (code, desa, kecamatan, kabupaten)
        code, *names = map(cells.written, words)
        digits = re.sub(r"[\s.'`’/-]", "", _NO_FRACTION.sub("", code))
        place = self._by_code(digits, *names) if digits else self._by_name(*names)
        found = zip(PLACE_FIELDS, words, strict=True)
        if faults := tuple(name for name, word in found if cells.is_fault(cells.text(word))):
            place.faults = tuple(name for name in faults if name != place.field or not place.problem)
        place.is_empty = not (digits or any(names) or faults)
        return place

    def _by_code(self, code: str, desa: str, kecamatan: str, kabupaten: str) -> Place:
        node = self.nodes.get(code)
        if node is None or len(code) != 10:
            return Place(None, "region_unknown", "region_code", f"Kode desa {code[:20]} tidak ada di daftar resmi.")
        regency, district = self.nodes[code[:4]], self.nodes[code[:6]]
        for word, place, at, beside in (
            (desa, node, "desa", _below([district] if kecamatan else _below([regency]))),
            (kecamatan, district, "kecamatan", _below([regency])),
            (kabupaten, regency, "kabupaten", self.regencies),
        ):
            if word and not self._agrees(word, place, beside):
                said = f"Kode {code} adalah {self._path(node)}, tetapi di sini tertulis {word[:60]}. Perbaiki satu."
                return Place(None, "region_conflict", at, said)
        return Place(code)

    @staticmethod
    def _agrees(word: str, node: _Node, beside: list[_Node]) -> bool:
        """Whether a word means this place: misspelt perhaps, but not the true name of another `beside` it."""
        kind = city_or_regency(word) if len(node.region.code) == 4 else None
        if kind and kind != node.region.level:
            return False
        key = place_key(word)
        if key == node.key:
            return True
        is_anothers = any(key == other.key for other in beside)
        return not is_anothers and similarity(trigrams(key), node.grams) >= SIMILAR_ENOUGH

    def _by_name(self, desa: str, kecamatan: str, kabupaten: str) -> Place:
        if not desa or not kabupaten:
            at = "kabupaten" if desa else "desa"
            return Place(None, "required", at, "Isi desa dengan kabupaten/kota, atau kode desa.")
        regencies, corrected = self._regencies(kabupaten)
        if not regencies:
            return self._unknown(kabupaten, "kabupaten", self.regencies)
        place = self._in_regencies(regencies, desa, kecamatan, corrected=corrected)
        is_guessed = place.problem == "region_unknown" or (place.code and self.nodes[place.code].key != place_key(desa))
        if is_guessed and (closed := self._closed(regencies, desa, kecamatan)):
            return closed
        return place

    def _closed(self, regencies: list[_Node], desa: str, kecamatan: str) -> Place | None:
        """The closed desa that has this very name, where there is one alone."""
        within = {node.region.code for node in regencies}
        found = [node.region.code for node in self.closed.get(place_key(desa), ()) if node.region.code[:4] in within]
        if kecamatan:
            found = [code for code in found if self.nodes[code[:6]].key == place_key(kecamatan)]
        return Place(found[0]) if len(found) == 1 else None

    def _in_regencies(self, regencies: list[_Node], desa: str, kecamatan: str, *, corrected: bool) -> Place:
        parents = regencies
        if kecamatan:
            parents, guessed = self._children(regencies, kecamatan)
            corrected |= guessed
            if not parents:
                return self._unknown(kecamatan, "kecamatan", _below(regencies))
        nodes, guessed = self._desas(parents, desa, direct=bool(kecamatan))
        return self._settle(nodes, desa, parents, corrected | guessed)

    def _settle(self, nodes: list[_Node], desa: str, parents: list[_Node], corrected: bool) -> Place:
        if not nodes:
            below = _below(parents)
            return self._unknown(desa, "desa", below if len(below[0].region.code) == 10 else _below(below))
        if len(nodes) > 1:
            return Place(None, "region_ambiguous", "desa", ",".join(node.region.code for node in nodes))
        if corrected:
            said = f"Dibaca sebagai {self._path(nodes[0])}. Periksa bila bukan itu yang dimaksud."
            return Place(nodes[0].region.code, "region_corrected", "desa", said, "warning")
        return Place(nodes[0].region.code)

    def _regencies(self, word: str) -> tuple[list[_Node], bool]:
        kind, key = city_or_regency(word), place_key(word)
        candidates = [node for node in self.regencies if kind in (None, node.region.level)]
        exact = [node for node in candidates if node.key == key]
        return (exact, False) if exact else (_nearest(key, candidates), True)

    @staticmethod
    def _children(parents: list[_Node], word: str) -> tuple[list[_Node], bool]:
        key = place_key(word)
        exact = [node for parent in parents for node in parent.children.get(key, ())]
        return (exact, False) if exact else (_nearest(key, _below(parents)), True)

    def _desas(self, parents: list[_Node], word: str, *, direct: bool) -> tuple[list[_Node], bool]:
        return self._children(parents if direct else _below(parents), word)

    def _unknown(self, word: str, at: str, candidates: list[_Node]) -> Place:
        grams = trigrams(place_key(word))
        nearest = max(candidates, key=lambda node: similarity(grams, node.grams))
        said = f"{word[:60]} tidak ada di daftar resmi. Yang paling mirip: {self._path(nearest)}."
        return Place(None, "region_unknown", at, said)

    def _path(self, node: _Node) -> str:
        """A region's name with those above it, the province left out: "Pasar Keong, Cibadak, Kabupaten Lebak"."""
        return ", ".join(self.name(code) for code in reversed(node.region.path_codes[1:]))

    def list_candidates(self, codes: str, nik: str | None, point: tuple[float, float] | None) -> str:
        """Say where an ambiguous name could be, the place that the point or the NIK suggests first."""

        def rank(code: str):
            far = self.centroid_distance_m(code, point) if point else None
            return (far if far is not None else float("inf"), bool(nik) and code[:6] != nik[:6], code)

        places = [f"{self._path(self.nodes[code])} ({code})" for code in sorted(codes.split(","), key=rank)]
        return f"Nama ini ada di beberapa tempat: {'; '.join(places)}. Isi kecamatan atau Kode Desa."


def _below(parents: list[_Node]) -> list[_Node]:
    return [node for parent in parents for same_name in parent.children.values() for node in same_name]


def _nearest(key: str, candidates: list[_Node]) -> list[_Node]:
    """The one candidate that is alike enough and clearly ahead of the next; none otherwise."""
    grams = trigrams(key)
    ranked = sorted(((similarity(grams, node.grams), node.region.code, node) for node in candidates), reverse=True)
    if not ranked or ranked[0][0] < SIMILAR_ENOUGH:
        return []
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < AHEAD_OF_NEXT:
        return []
    return [ranked[0][2]]
