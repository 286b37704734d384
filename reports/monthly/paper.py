"""The monthly report on A4: typst sets it, from data alone; no word of a person is ever read as markup."""

import json
import re
from contextlib import suppress
from pathlib import Path

import typst
from django.utils import timezone
from django.utils.formats import date_format, number_format

from assistance_logs.targets.progress import Progress
from ejsika.files.photos import small
from ejsika.files.storage import Lost
from ejsika.lib.tags import rt_rw
from reports.counts import Share
from reports.monthly.report import Report

TEMPLATE = Path(__file__).with_name("report.typ")
PHOTOS_PRINTED = 8
LONG_WORD = re.compile(r"\S{24}")  # no column of the paper holds more in one piece


class PaperError(Exception):
    """The paper could not be set. Says how, never what stands on it."""


def write_pdf(report: Report) -> bytes:
    """Set the report as a PDF. Cost: the report's own queries. Errors: PaperError."""
    try:
        pdf, warnings = typst.compile_with_warnings(
            TEMPLATE.read_bytes(), format="pdf", sys_inputs={"data": json.dumps(as_data(report))}
        )
    except typst.TypstError:
        raise PaperError("typst refused") from None
    if warnings:
        raise PaperError(f"typst warned {len(warnings)} times")
    return pdf


def as_data(report: Report) -> dict:
    """What stands on the paper, in words."""
    return _head(report) | _work(report) | _waiting(report) | _pictures(report)


def _head(report: Report) -> dict:
    """Whose report it is, of which month, and its figures."""
    month, name = date_format(report.view.start, "F Y"), _words(report.assistant.name)
    return {
        "title": "Laporan bulanan pendamping",
        "month": month,
        "facts": [
            ["Pendamping", name],
            ["Wilayah", _words(", ".join(report.region_names))],
            ["Bulan", month + (" (belum selesai)" if report.is_running else "")],
            ["Jatuh tempo", _asked(report)],
        ],
        "printed": f"Dicetak {date_format(timezone.localtime(), 'j F Y, H.i')} oleh {_words(report.viewer.name)}",
        "figures": _figures(report),
        "targets": [[each.label, _number(each.done), *_target(each)] for each in report.targets],
        "assistant": name,
    }


def _work(report: Report) -> dict:
    """What was done, row by row."""
    return {
        "activities": [[each.label, _number(each.count), _number(each.met)] for each in report.activities],
        "obstacles": [[label, _number(n)] for label, n in report.obstacles],
        "sessions": [
            [_day(each.happened_at), _words(each.group.name), each.lesson_label, f"{each.took_part} dari {each.noted}"]
            for each in report.sessions
        ],
        "assessments": [[_day(each.assessed_on), _words(each.household.recipient_name)] for each in report.assessments],
        "cases": [
            [_day(each.proposed_on), _words(each.household.recipient_name), each.kind_label, each.get_state_display()]
            for each in report.cases
        ],
    }


def _waiting(report: Report) -> dict:
    """What is left to be done, and who was not visited."""
    return {
        "follow_ups": [
            [
                _words(each.visit.household.recipient_name),
                _words(each.visit.follow_up),
                _day(each.visit.follow_up_due) if each.visit.follow_up_due else "–",
                each.state,
            ]
            for each in report.follow_ups
        ],
        "unvisited": [
            [_words(family.recipient_name), _words(f"{family.region.name} {rt_rw(family)}".strip())]
            for family in report.unvisited
        ],
        "unnamed": report.unnamed,
    }


def _pictures(report: Report) -> dict:
    return {
        "map": report.map.as_svg() if report.map.dots else "",
        "without_point": report.map.without_point,
        "photos": _photos(report),
    }


def _figures(report: Report) -> list[list[str]]:
    return [
        ["KPM dikunjungi", _share(report.visited)],
        ["Kunjungan", _number(report.visits)],
        ["Pertemuan kelompok", _number(len(report.sessions))],
        ["Hadir di pertemuan", _share(report.attendance)],
        ["Asesmen", _number(len(report.assessments))],
        ["Usulan graduasi", _number(len(report.cases))],
    ]


def _asked(report: Report) -> str:
    """Families visited of those that had to be."""
    month = report.asked
    if not month.total:
        return "tidak ada keluarga yang harus dikunjungi"
    told = f"{_number(month.visited)} dari {_number(month.total)} keluarga dikunjungi ({month.percent}%)"
    return told + (f", {_number(month.excused)} berhalangan" if month.excused else "")


def _photos(report: Report) -> list:
    """[bytes as numbers, when it was] of some photos, small; one that is lost is left out."""
    found = []
    for each in report.photos[:PHOTOS_PRINTED]:
        with suppress(Lost):
            found.append([list(small(each.photo.content())), _day(each.visit.happened_at)])
    return found


def _share(share: Share) -> str:
    if not share.of:
        return "–"
    return f"{_number(share.n)} dari {_number(share.of)} ({share.percent}%)"


def _target(each: Progress) -> list[str]:
    return ["belum ada", "–"] if each.target is None else [_number(each.target), f"{each.percent}%"]


def _number(n: int) -> str:
    return number_format(n, force_grouping=True)


def _day(value) -> str:
    return date_format(timezone.localtime(value) if hasattr(value, "hour") else value, "DATE_FORMAT")


def _words(text: str) -> str:
    """What people typed, with places to break a word that no line holds."""
    return LONG_WORD.sub(lambda found: f"{found[0]}\u200b", text)
