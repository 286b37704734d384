"""Visits a second that the real server takes, beside bare INSERTs of the same rows and beside a trivial POST.

All assistants of the demo send in turn, so that nobody has more visits a day than in life. They are logged in without
the form, as a phone is for days; every request carries its token. A photo is what a phone's browser makes of one.
"""

import io
import itertools
import os
import secrets
import shutil
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from random import Random

from tests.bench.server import Visitor, serving

CLIENTS, ROUNDS, SECONDS = (2, 8), 5, 2.0
PHOTO_SIZE, PHOTO_GRAIN = (1280, 960), 18  # a JPEG of some 200 kB, as much as the phone lets through
INSERT, INSERT_PHOTO = "INSERT kunjungan", "INSERT kunjungan, foto, kaitannya"
TRIVIAL = "POST sepele: masuk, CSRF, satu UPDATE"
COLUMNS = """outbox_version, household_id, assistant_id, kind, happened_at, result, person_met, topics, notes,
    follow_up, latitude, longitude, accuracy_m, position_source, is_current"""


@dataclass(frozen=True)
class Sender:
    """An assistant who is logged in: cookies, id, and the families to go round."""

    cookies: dict[str, str]
    user: int
    families: itertools.cycle


class Phones(Visitor):
    """Some assistants' phones that share one connection and send in turn. Each call is one visit, or a trivial POST."""

    def __init__(self, port: int, senders: list[Sender], photo: bytes):
        super().__init__(port)
        self.senders, self.photo, self.rng = itertools.cycle(senders), photo, Random(len(senders))

    def post(self, path: str, form: dict, expected: int) -> None:
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        headers = {
            "Accept-Encoding": "gzip",
            "Content-Type": MULTIPART_CONTENT,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies["csrftoken"],
        }
        self.connection.request("POST", path, encode_multipart(BOUNDARY, form), headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != expected:
            raise SystemExit(f"{path}: {answer.status}")

    def next_sender(self) -> Sender:
        sender = next(self.senders)
        self.cookies = dict(sender.cookies)
        return sender

    def trivial(self) -> None:
        self.next_sender()
        self.post("/stock/touch/", {}, HTTPStatus.NO_CONTENT)

    def by_form(self, *, with_photo: bool) -> None:
        sender = self.next_sender()
        more = {"photos": self.new_photo()} if with_photo else {}
        self.post(f"/visits/new/{next(sender.families)}/", self.visit() | more, HTTPStatus.FOUND)

    def by_outbox(self, *, with_photo: bool) -> None:
        """As static/js/outbox/send.js does while somebody waits: knock, send, then the photo."""
        sender = self.next_sender()
        self.ask("/visits/outbox/door/")
        visit = self.visit()
        own = {"user": str(sender.user)}
        self.post("/visits/outbox/send/", visit | own | {"household": str(next(sender.families))}, HTTPStatus.OK)
        if with_photo:
            photo = own | {"uuid": str(uuid.uuid4()), "visit": visit["uuid"], "photo": self.new_photo()}
            self.post("/visits/outbox/photo/", photo, HTTPStatus.OK)

    def visit(self) -> dict[str, str]:
        number = str(uuid.uuid4())
        minutes = self.rng.randrange(60 * time.localtime().tm_hour + 1)
        at = time.strftime("%Y-%m-%dT%H:%M", time.localtime(time.time() - 60 * minutes))
        return {
            "uuid": number,
            "outbox_version": "1",
            "result": "bertemu_pengurus",
            "topics": "usaha",
            "notes": f"Diukur: {number}. Usaha kue berjalan, anak kedua mulai sekolah, atap dapur sudah diperbaiki.",
            "happened_at": at,
            "latitude": f"{-6.4 - self.rng.random() / 1000:.6f}",
            "longitude": f"{106.2 + self.rng.random() / 1000:.6f}",
            "accuracy": "12",
            "position_source": "gps",
        }

    def new_photo(self):
        """The same picture in another file: what comes after the end of a JPEG is no part of it."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        return SimpleUploadedFile("foto.jpg", self.photo + secrets.token_bytes(16), "image/jpeg")


WAYS = {
    TRIVIAL: Phones.trivial,
    "formulir": lambda phones: phones.by_form(with_photo=False),
    "kotak keluar: pintu, kirim": lambda phones: phones.by_outbox(with_photo=False),
    "formulir dengan foto": lambda phones: phones.by_form(with_photo=True),
    "kotak keluar: pintu, kirim, foto": lambda phones: phones.by_outbox(with_photo=True),
}


def measure(database: str) -> dict[tuple[str, int], list[float]]:
    """Send to a database that obligations.measure() has filled and connected: {(way, clients): visits a second}."""
    os.environ["TZ"] = "Asia/Jakarta"
    time.tzset()
    senders, photo = _senders(), _photo()
    rates: dict[tuple[str, int], list[float]] = {}
    with serving(database) as port:
        crews = {count: [Phones(port, senders[number::count], photo) for number in range(count)] for count in CLIENTS}
        for way, count in itertools.product(WAYS, CLIENTS):  # each process compiles and plans what it needs
            _rate(WAYS[way], crews[count])
        for _ in range(ROUNDS):
            for way, count in itertools.product(WAYS, CLIENTS):
                rates.setdefault((way, count), []).append(_rate(WAYS[way], crews[count]))
            for way, with_photo in ((INSERT, False), (INSERT_PHOTO, True)):
                rates.setdefault((way, 1), []).append(_insert_rate(with_photo=with_photo))
    _tidy()
    return rates


def show(rates: dict[tuple[str, int], list[float]]) -> None:
    found = {key: statistics.median(times) for key, times in rates.items()}
    print(f"{f'kunjungan per detik, median dari {ROUNDS} putaran':50}", end="")
    print("".join(f"{f'{count} klien':>10}{'x INSERT':>10}{'x sepele':>10}" for count in CLIENTS))
    for way in (INSERT, INSERT_PHOTO):
        print(f"{way + ', satu koneksi':50}{found[way, 1]:>10.0f}")
    for way in WAYS:
        base = INSERT_PHOTO if "foto" in way else INSERT
        cells = (
            f"{found[way, n]:>10.0f}{found[base, 1] / found[way, n]:>10.1f}{found[TRIVIAL, n] / found[way, n]:>10.1f}"
            for n in CLIENTS
        )
        print(f"{way:50}{''.join(cells)}")
    trivial = rates[TRIVIAL, CLIENTS[0]]
    print(f"derau: POST sepele {min(trivial):.0f}–{max(trivial):.0f}; x: berapa kali lebih lambat")


def _rate(way, crew: list[Phones]) -> float:
    """Calls a second of these clients at once."""
    started = time.perf_counter()

    def run(phones: Phones) -> int:
        done = 0
        while time.perf_counter() - started < SECONDS:
            way(phones)
            done += 1
        return done

    with ThreadPoolExecutor(len(crew)) as pool:
        done = sum(pool.map(run, crew))
    return done / (time.perf_counter() - started)


def _insert_rate(*, with_photo: bool) -> float:
    """The newest rows written once more by one connection, a transaction each."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM assistance_logs_visit ORDER BY id DESC LIMIT 200")
        rows = itertools.cycle(cursor.fetchall())
        places = ", ".join(["%s"] * (COLUMNS.count(",") + 1))
        sql = f"INSERT INTO assistance_logs_visit (uuid, {COLUMNS}) VALUES (%s, {places}) RETURNING id"
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < SECONDS:
            with transaction.atomic():
                cursor.execute(sql, [uuid.uuid4(), *next(rows)])
                if with_photo:
                    _insert_photo(cursor, cursor.fetchone()[0])
            done += 1
        return done / (time.perf_counter() - started)


def _insert_photo(cursor, visit: int) -> None:
    name = uuid.uuid4()
    cursor.execute(
        """INSERT INTO files_storedphoto (uuid, path, digest, width, height, size, stored_by_id)
           SELECT %s, %s, %s, 1280, 960, 200000, assistant_id FROM assistance_logs_visit WHERE id = %s RETURNING id""",
        [name, f"photos/{name}", name.hex * 2, visit],
    )
    cursor.execute(
        "INSERT INTO assistance_logs_visitphoto (visit_id, photo_id) VALUES (%s, %s)", [visit, cursor.fetchone()[0]]
    )


def _senders() -> list[Sender]:
    """Every assistant with families, logged in."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from beneficiaries.models import Assignment
    from ejsika.accounts.models import User

    today = Assignment.objects.on(timezone.localdate()).order_by("household")
    families: dict[int, list[int]] = {}
    for assistant, household in today.values_list("assistant", "household"):
        families.setdefault(assistant, []).append(household)
    found = []
    for user in User.objects.filter(pk__in=families).order_by("pk"):
        browser = Client()
        browser.force_login(user)
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = secrets.token_hex(16)
        found.append(Sender(cookies, user.pk, itertools.cycle(families[user.pk])))
    return found


def _photo() -> bytes:
    """A picture as a camera sees it: light that changes slowly, and grain."""
    from PIL import Image

    light = Image.linear_gradient("L").resize(PHOTO_SIZE)
    grain = Image.effect_noise(PHOTO_SIZE, PHOTO_GRAIN)
    picture = Image.merge("RGB", [Image.blend(light, grain, part) for part in (0.3, 0.35, 0.4)])
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


def _tidy() -> None:
    """Drop the photos from the disk; the log keeps what came."""
    from django.conf import settings

    shutil.rmtree(Path(settings.MEDIA_ROOT, "photos"), ignore_errors=True)
