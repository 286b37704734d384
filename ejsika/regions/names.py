"""The names of places as people write them: compared without case, blanks, marks and the words for a kind of place."""

import re

_KINDS = {"KAB", "KABUPATEN", "KOTA", "KOTAMADYA", "KODYA", "KEC", "KECAMATAN", "DS", "DESA", "KEL", "KELURAHAN"}


def place_key(name: str) -> str:
    """A place's name without case, blanks and marks and words for its kind: "DS. Pasir Keong" is PASIRKEONG."""
    words = re.findall(r"[A-Z0-9]+", name.upper())
    while len(words) > 1 and words[0] in _KINDS:
        words.pop(0)
    return "".join(words)


def city_or_regency(name: str) -> str | None:
    """Which kind a kabupaten/kota is said to be: 7 for a kota, 0 for a kabupaten (as in its code), None if unsaid."""
    words = re.findall(r"[A-Z]+", name.upper())
    if words and words[0] in {"KAB", "KABUPATEN"}:
        return "kabupaten"
    return "kota" if words and words[0] in {"KOTA", "KOTAMADYA", "KODYA"} else None
