"""A whole e-JSiKa for the fault test: `manage.py run` in a folder of its own, a browser's requests, and its deaths."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from ejsika.database.processes import parent_of
from ejsika.database.server import PORT, Server
from tests.factories import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds in which everything must have come right again
TARGETS = {"web": "gunicorn", "worker": "procrastinate worker", "postgres": ""}


class Register:
    """The processes of one installation, and what its database says."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port
        self.server = Server(folder / "pg", "ejsika", "app")
        self.variables = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "EJSIKA_TEST_FOLDER": str(folder),
        }

    def __enter__(self):
        try:
            self.manage("run", "--prepare")
            subprocess.run([sys.executable, "-m", "tests.faults.people"], cwd=ROOT, env=self.variables, check=True)
        except subprocess.CalledProcessError:
            self.server.stop(patience=2)
            raise
        with (self.folder / "run.log").open("w") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--port", str(self.port)],
                cwd=ROOT,
                env=self.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(self, *error):
        self.supervisor.terminate()
        try:
            self.supervisor.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()  # its children die with it
            self.supervisor.wait()
        self.server.stop(patience=2)

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.variables,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def kill(self, target: str) -> bool:
        """kill -9; tells whether there was anything to kill."""
        pid = self._postmaster() if target == "postgres" else self._child(TARGETS[target])
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def _postmaster(self) -> int | None:
        found = self.server.running()
        return found and found.pid

    def _child(self, words: str) -> int | None:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and parent_of(int(entry.name)) == self.supervisor.pid:
                with suppress(OSError):
                    if words in (entry / "cmdline").read_text().replace("\0", " "):
                        return int(entry.name)
        return None

    def ask(self, sql: str, *parameters) -> list[tuple]:
        """Ask the database, waiting for it to come back by itself: this process does not start it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                found = self.server.running()
                if found is None:
                    raise psycopg.OperationalError
                with psycopg.connect(
                    host=found.socket, port=PORT, dbname="ejsika", user="app", connect_timeout=5
                ) as connection:
                    return connection.execute(sql, parameters).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


class Browser:
    """An admin who asks again when the server does not answer, as a person does."""

    def __init__(self, port: int):
        self.port, self.cookies = port, {}
        self.wait_for(self.log_in)

    def log_in(self) -> bool:
        page = self.get("/accounts/login/")
        form = {"username": "admin", "password": PASSWORD, "csrfmiddlewaretoken": self._token(page)}
        return self.post("/accounts/login/", form)[0] == http.HTTPStatus.FOUND

    def get(self, path: str) -> str:
        status, _, text = self._exchange("GET", path, None, {})
        return text if status == http.HTTPStatus.OK else ""

    def post(self, path: str, form: dict) -> tuple[int, str]:
        """Send a form; gives the status and where it leads. Errors: OSError and HTTPException without an answer."""
        status, place, _ = self._exchange(
            "POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        return status, place

    def upload(self, name: str, content: bytes) -> tuple[int, str]:
        page = self.get("/imports/new/?kind=roster")
        program = re.search(r'<option value="(\d+)"', page)
        mark = uuid.uuid4().hex
        fields = {"csrfmiddlewaretoken": self._token(page), "program": program[1] if program else ""}
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
        body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        status, place, _ = self._exchange("POST", "/imports/new/?kind=roster", body, kind)
        return status, place

    def press(self, batch: int, button: str) -> tuple[int, str]:
        """Press a button of a batch's page, with all that its form says."""
        page = self.get(f"/imports/{batch}/")
        form = re.search(rf'<form[^>]*action="/imports/{batch}/{button}/".*?</form>', page, re.DOTALL)
        fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[0]) if form else []
        if not form:
            return 0, ""
        return self.post(f"/imports/{batch}/{button}/", dict(fields) | {"csrfmiddlewaretoken": self._token(page)})

    @staticmethod
    def wait_for(condition, what: str = "an answer") -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError, http.client.HTTPException):
                if condition():
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            time.sleep(0.1)

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return found[1] if found else ""

    def _exchange(self, method: str, path: str, body, headers: dict) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, headers | {"Cookie": cookies, "Referer": f"http://127.0.0.1{path}"})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text
