"""The pages that are measured: who opens which, and how a visit is sent."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus

from ejsika.demo import DEMO_PASSWORD
from tests.bench.server import Visitor

TRIVIAL = "halaman sepele (akun saya)"
BANTEN, LEBAK, HOUSES = "105.05,-7.10,106.80,-5.75", "105.8,-7.0,106.5,-6.3", "106.15,-6.42,106.25,-6.32"


class Pages:
    """Every page as a call without arguments that gives the bytes of its answer."""

    def __init__(self):
        dinsos, assistant = Visitor("dinsos", DEMO_PASSWORD), Visitor("pendamping", DEMO_PASSWORD)
        self.assistant = assistant
        family = re.search(r"/visits/new/(\d+)/", assistant.page("/visits/tasks/"))[1]
        self.visit_path = f"/visits/new/{family}/"
        form = assistant.page(self.visit_path)
        self.visit = {
            "csrfmiddlewaretoken": assistant.token_on(self.visit_path),
            "outbox_version": "1",
            "result": "bertemu_pengurus",
            "topics": "usaha",
            "notes": "Diukur.",
            "happened_at": re.search(r'name="happened_at" value="([^"]+)"', form)[1],
        }
        self.calls: dict[str, Callable[[], int]] = {TRIVIAL: self.get(dinsos, "/accounts/me/")}
        for name, visitor, path in (
            ("daftar KPM, tersaring", dinsos, "/households/?region=3602&status=aktif"),
            ("halaman keluarga", dinsos, f"/households/{family}/"),
            ("tugas pendamping", assistant, "/visits/tasks/"),
            ("dasbor provinsi", dinsos, "/reports/dashboard/"),
            ("dasbor kabupaten", dinsos, "/reports/dashboard/?region=3602"),
            ("peta provinsi", dinsos, f"/reports/map/cells/?bbox={BANTEN}&zoom=9"),
            ("peta kabupaten", dinsos, f"/reports/map/cells/?bbox={LEBAK}&zoom=11"),
            ("peta rumah", dinsos, f"/reports/map/cells/?bbox={HOUSES}&zoom=14"),
        ):
            self.calls[name] = self.get(visitor, path)
        self.calls["simpan kunjungan"] = self.send_visit

    @staticmethod
    def get(visitor: Visitor, path: str) -> Callable[[], int]:
        def call() -> int:
            answer, content = visitor.ask(path)
            if answer.status != HTTPStatus.OK:
                raise SystemExit(f"{path}: {answer.status}")
            return len(content)

        return call

    def send_visit(self) -> int:
        """Send the form of a visit with a number of its own, as the assistant's browser does."""
        answer, content = self.assistant.ask(self.visit_path, self.visit | {"uuid": str(uuid.uuid4())})
        if answer.status != HTTPStatus.FOUND:
            raise SystemExit(f"{self.visit_path}: {answer.status}")
        return len(content)
