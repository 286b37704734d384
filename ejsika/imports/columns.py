"""Columns that nobody's words name: described with samples, so that an admin can say what they are, once for each head.

A described column is {"head": the fingerprint of its head, "title", "field": "" where it is not known, "samples"}, and
"by" and "on" where an admin said so.
"""

import hashlib
import re

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from ejsika.imports.cells import text
from ejsika.imports.kinds import Head, SheetKind, plain
from ejsika.lib.sealed import mask_within

REASON_TITLE = "Alasan"  # of the column that our own workbook of wrong rows has more
MOST_COLUMNS, SAMPLES, LONGEST_SAMPLE, LONGEST_TITLE = 200, 3, 40, 200
_LETTERS, _NUMBER = re.compile(r"[^\W\d_]"), re.compile(r"\d{5}")
_SECRET = re.compile(r"SANDI|PASSW|^(PASS|PWD|PIN)$")


class HeadMapping(models.Model):
    """What an admin said of the unknown columns of a head: it holds for every sheet with these very titles.

    It is shared by all admins, so it keeps titles alone, and of the whole head only a fingerprint.
    """

    kind = models.CharField(max_length=30)
    fingerprint = models.CharField(max_length=64)
    fields = models.JSONField()  # title as plain() reduces it -> field
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "fingerprint"], name="head_mapping_of_its_kind")]

    def __str__(self):
        return f"{self.kind}: {len(self.fields)}"


def fingerprint(titles: list[str]) -> str:
    """Tell one head from another, whatever the order of its columns."""
    words = sorted({plain(title) for title in titles} - {"", plain(REASON_TITLE)})
    return hashlib.sha256("\x1f".join(words).encode(errors="replace")).hexdigest()


def mappings_of(kind: SheetKind) -> dict[str, HeadMapping]:
    """What admins have said of the heads of a kind. Cost: one query."""
    return {found.fingerprint: found for found in HeadMapping.objects.filter(kind=kind.name).select_related("saved_by")}


def as_title(cell: object) -> str:
    """A cell as a title: in one line, and no longer than one can be."""
    return " ".join(str(cell)[: 2 * LONGEST_TITLE].replace("\x00", "").split())


def may_be_title(text: str) -> bool:
    """Whether a cell can stand in a head: one with a number is somebody's data, and is kept by nobody."""
    return bool(_LETTERS.search(text)) and not _NUMBER.search(text) and len(text) <= LONGEST_TITLE


def looks_like_head(cells: list, below: list) -> bool:
    """Whether a line of words alone stands over a line of something, as a head does whose words we do not know."""
    texts = [str(cell).strip() for cell in cells if str(cell).strip()]
    filled = sum(bool(str(cell).strip()) for cell in below)
    return len(texts) >= 3 and filled >= 3 and all(map(may_be_title, texts)) and len(set(texts)) == len(texts)


def describe(heads: list[Head], lines: list[list[list]], mappings: dict[str, HeadMapping]) -> list[dict]:
    """Describe the columns of heads with samples from the lines below each; none where there are too many."""
    columns = []
    for head, below in zip(heads, lines, strict=True):
        titles = {index: as_title(cell) for index, cell in enumerate(head.cells)}
        its = fingerprint(list(titles.values()))
        mapping = mappings.get(its)
        fields = {index: name for name, index in head.fields.items()}
        for index, title in titles.items():
            if not title or not (may_be_title(title) or index in fields):
                continue
            column = {"head": its, "title": title[:LONGEST_TITLE], "field": fields.get(index, "")}
            if mapping and column["field"] in head.named:
                column |= {"by": mapping.saved_by.name, "on": date_format(timezone.localtime(mapping.saved_at))}
            # Of the others nobody asks.
            is_open = (not column["field"] or "by" in column) and not is_secret(title)
            columns.append(column | {"samples": _samples(index, below) if is_open else []})
    return columns if len(columns) <= MOST_COLUMNS else []


def is_secret(title: object) -> bool:
    """Whether passwords stand below a title: they are neither read nor shown."""
    return bool(_SECRET.search(plain(title)))


def _samples(index: int, below: list[list]) -> list[str]:
    """The first different values of a column, numbers masked."""
    values = (mask_within(text(row[index])[:LONGEST_TITLE]) for row in below if index < len(row))
    return list(dict.fromkeys(value[:LONGEST_SAMPLE] for value in values if value))[:SAMPLES]
