"""The pages that are measured: who opens which, and how a visit is sent."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus

from ejsika.demo import DEMO_PASSWORD
from tests.bench.server import Visitor

TRIVIAL = "halaman sepele (satu kalimat)"
TRIVIAL_PATH = "/accounts/password/done/"
BANTEN, LEBAK, HOUSES = "105.05,-7.10,106.80,-5.75", "105.8,-7.0,106.5,-6.3", "106.15,-6.42,106.25,-6.32"
# Our page, and the stock way to it where there is one.
STOCK = {
    "daftar KPM, tersaring": "daftar: admin Django",
    "halaman keluarga": "keluarga: admin Django",
    "peta provinsi": "peta: semua titik GeoJSON",
    "simpan kunjungan": "kunjungan: admin Django",
}


class Pages:
    """Every page of one server as a call without arguments that gives the bytes of its answer."""

    def __init__(self, port: int):
        dinsos, assistant, admin = (Visitor(port, name, DEMO_PASSWORD) for name in ("dinsos", "pendamping", "admin"))
        self.port, self.dinsos, self.assistant, self.admin = port, dinsos, assistant, admin
        # The family that is looked at is never the one that is visited, which gets a longer story with every call.
        self.family = re.search(r'href="/households/(\d+)/"', dinsos.page("/households/?region=3672"))[1]
        self.visit_paths = re.findall(r"/visits/new/\d+/", assistant.page("/visits/tasks/"))
        form = assistant.page(self.visit_paths[0])
        self.visit = {
            "csrfmiddlewaretoken": assistant.token_on(self.visit_paths[0]),
            "outbox_version": "1",
            "result": "bertemu_pengurus",
            "topics": "usaha",
            "happened_at": re.search(r'name="happened_at" value="([^"]+)"', form)[1],
        }
        self.calls: dict[str, Callable[[], int]] = {TRIVIAL: self.get(dinsos, TRIVIAL_PATH)}
        for name, visitor, path in (
            ("daftar KPM, tersaring", dinsos, "/households/?region=3602&status=aktif"),
            ("halaman keluarga", dinsos, f"/households/{self.family}/"),
            ("tugas pendamping", assistant, "/visits/tasks/"),
            ("dasbor provinsi", dinsos, "/reports/dashboard/"),
            ("dasbor kabupaten", dinsos, "/reports/dashboard/?region=3602"),
            ("peta provinsi", dinsos, f"/reports/map/cells/?bbox={BANTEN}&zoom=9"),
            ("peta kabupaten", dinsos, f"/reports/map/cells/?bbox={LEBAK}&zoom=11"),
            ("peta rumah", dinsos, f"/reports/map/cells/?bbox={HOUSES}&zoom=14"),
        ):
            self.calls[name] = self.get(visitor, path)
        self.calls["simpan kunjungan"] = self.send_visit
        self._add_stock()

    def _add_stock(self) -> None:
        families = "/stock/beneficiaries/household/"
        self.stock_path = "/stock/assistance_logs/visit/add/"
        self.stock_token = self.admin.token_on(self.stock_path)
        self.calls["daftar: admin Django"] = self.get(self.admin, f"{families}?status__exact=aktif")
        self.calls["keluarga: admin Django"] = self.get(self.admin, f"{families}{self.family}/change/")
        self.calls["peta: semua titik GeoJSON"] = self.get(self.dinsos, "/stock/points/")
        self.calls["kunjungan: admin Django"] = self.send_stock_visit

    def first_visits(self) -> dict[str, int]:
        """Bytes of what a new browser fetches at its first page, by the page's name."""
        visitors = {"/visits/tasks/": self.assistant, "/reports/dashboard/": self.dinsos, "/reports/map/": self.dinsos}
        weights = {"halaman masuk": Visitor(self.port).weight_with_parts("/accounts/login/")}
        return weights | {path: visitor.weight_with_parts(path) for path, visitor in visitors.items()}

    @staticmethod
    def get(visitor: Visitor, path: str) -> Callable[[], int]:
        def call() -> int:
            answer, content = visitor.ask(path)
            if answer.status != HTTPStatus.OK:
                raise SystemExit(f"{path}: {answer.status}")
            return len(content)

        return call

    def send_visit(self) -> int:
        """Send the form of a visit as the assistant's browser does: family after family, each with its own words."""
        path, number = self._next_family(), str(uuid.uuid4())
        answer, content = self.assistant.ask(path, self.visit | {"uuid": number, "notes": f"Diukur: {number}."})
        if answer.status != HTTPStatus.FOUND:
            raise SystemExit(f"{path}: {answer.status}")
        return len(content)

    def _next_family(self) -> str:
        self.visit_paths.append(self.visit_paths.pop(0))
        return self.visit_paths[0]

    def send_stock_visit(self) -> int:
        number = str(uuid.uuid4())
        day, _, hour = self.visit["happened_at"].partition("T")
        answer, content = self.admin.ask(
            self.stock_path,
            {
                "csrfmiddlewaretoken": self.stock_token,
                "uuid": number,
                "outbox_version": "1",
                "household": self._next_family().split("/")[3],
                "kind": "KR",
                "happened_at_0": day,
                "happened_at_1": hour,
                "result": "bertemu_pengurus",
                "person_met": "pengurus",
                "topics": "usaha",
                "notes": f"Diukur: {number}.",
                "is_current": "on",
            },
        )
        if answer.status != HTTPStatus.FOUND:
            raise SystemExit(f"{self.stock_path}: {answer.status}")
        return len(content)
