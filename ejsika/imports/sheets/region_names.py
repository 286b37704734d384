"""Regions as a sheet of accounts names them: codes or names, several in one cell."""

import re
from collections import defaultdict

from ejsika.regions.models import Region
from ejsika.regions.names import place_key

_BETWEEN = re.compile(r"[;\n|]|\s+dan\s+|\s*&\s*", re.IGNORECASE)
_CODE = re.compile(r"[\d.\s]{2,16}")
_CODE_BEHIND = re.compile(r"\((\d{2,10})\)\s*$")  # "Cibadak, Lebak (360218)", as our own pages write it
_LENGTHS = {"KAB": 4, "KABUPATEN": 4, "KOTA": 4, "KEC": 6, "KECAMATAN": 6} | dict.fromkeys(
    ("DS", "DESA", "KEL", "KELURAHAN"), 10
)
_LEVELS = {"KAB": "kabupaten", "KABUPATEN": "kabupaten", "KOTA": "kota"}

Read = tuple[list[str], str | None, str]  # codes, the code of what is wrong, the word that it is about


class RegionNames:
    """All open regions by name. Cost: one query."""

    def __init__(self, scope: list[str]):
        self.scope = tuple(scope)
        self.regions = {region.code: region for region in Region.objects.filter(closed_on__isnull=True)}
        self.by_key: dict[str, list[str]] = defaultdict(list)
        for code, region in self.regions.items():
            self.by_key[place_key(region.name)].append(code)

    def read(self, text: str, within: str = "") -> Read:
        """Read a cell; `within` names the kabupaten/kota that all of it lies in."""
        found = []
        for part in filter(None, map(str.strip, _BETWEEN.split(text))):
            codes, problem, word = self._part(part, within)
            if problem:
                return [], problem, word
            found += codes
        return sorted(set(found)), None, ""

    def _part(self, part: str, within: str) -> Read:
        """One code, one name with those above it behind it ("Cibadak, Lebak"), or several names with commas."""
        if behind := _CODE_BEHIND.search(part):
            part = behind[1]
        part = re.sub(r"\.0$", "", part)
        if _CODE.fullmatch(part):
            code = re.sub(r"\D", "", part)
            return self._settle([code] if code in self.regions else [], part)
        name, *above = [*filter(None, map(str.strip, part.split(","))), *filter(None, [within])]
        codes = self._named(name, above)
        if codes or not above:
            return self._settle(codes, name)
        words = [word.strip() for word in part.split(",")]
        if len(words) == 1:
            return self._settle([], name)
        each = [self._part(word, within) for word in words if word]
        wrong = next((found for found in each if found[1]), None)
        return wrong or ([code for codes, _, _ in each for code in codes], None, "")

    def _named(self, name: str, above: list[str]) -> list[str]:
        """Codes of the regions of a name, with all these names above them; the largest of them alone."""
        first = re.match(r"[A-Z]+", name.upper())
        kind = first[0] if first else ""
        codes = [code for code in self.by_key.get(place_key(name), ()) if self._is(code, kind)]
        keys = [place_key(word) for word in above]
        codes = [code for code in codes if all(key in self._keys_above(code) for key in keys)]
        inside = [code for code in codes if code.startswith(self.scope)] or codes
        return [code for code in inside if len(code) == min(map(len, inside))]

    def _is(self, code: str, kind: str) -> bool:
        return len(code) == _LENGTHS.get(kind, len(code)) and self.regions[code].level == _LEVELS.get(
            kind, self.regions[code].level
        )

    def _keys_above(self, code: str) -> set[str]:
        return {place_key(self.regions[above].name) for above in self.regions[code].path_codes[:-1]}

    def _settle(self, codes: list[str], word: str) -> Read:
        if not codes:
            return [], "region_unknown", word
        if len(codes) > 1:
            return [], "region_ambiguous", word
        return (codes, None, "") if codes[0].startswith(self.scope) else ([], "region_outside_scope", word)
