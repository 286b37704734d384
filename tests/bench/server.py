"""The real server over one size of data: gunicorn with two workers, asked as a browser would ask."""

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

HOST = "127.0.0.1"
START_SECONDS = 30


@contextmanager
def serving(database: str):
    """Serve one database while the block runs; gives its port.

    One that is free: of two servers on one port each would get a part of what the other is asked.
    """
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BENCH_DATABASE": database}
    command = [sys.executable, "-m", "gunicorn", "-c", "ejsika/gunicorn.conf.py", "-b", f"{HOST}:{port}", "ejsika.wsgi"]
    with Path("var", "bench", f"{database}.log").open("wb") as log:
        process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("Server ukur tidak mau mulai.")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection(HOST, port, timeout=2)
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False


class Visitor:
    """One person's browser: keeps its connection and cookies, and takes gzip."""

    def __init__(self, port: int, username: str = "", password: str = ""):
        self.origin = f"http://{HOST}:{port}"
        self.connection = http.client.HTTPConnection(HOST, port, timeout=120)
        self.cookies: dict[str, str] = {}
        if username:
            self._log_in(username, password)

    def _log_in(self, username: str, password: str) -> None:
        token = self.token_on("/accounts/login/")
        answer, _ = self.ask(
            "/accounts/login/", {"username": username, "password": password, "csrfmiddlewaretoken": token}
        )
        if answer.status != http.HTTPStatus.FOUND:
            raise SystemExit(f"{username} tidak dapat masuk.")

    def ask(self, path: str, form: dict | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask for a page, or send a form; gives the answer and its body as it came over the wire."""
        headers = {"Accept-Encoding": "gzip", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{self.origin}{path}"}
            body = urlencode(form)
        try:
            answer = self._exchange(path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()  # the server had closed an idle connection
            answer = self._exchange(path, body, headers)
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, content

    def _exchange(self, path: str, body: str | None, headers: dict) -> http.client.HTTPResponse:
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        return self.connection.getresponse()

    def page(self, path: str) -> str:
        """The text of a page. Errors: SystemExit when it is not there."""
        answer, content = self.ask(path)
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path}: {answer.status}")
        return (gzip.decompress(content) if answer.getheader("Content-Encoding") == "gzip" else content).decode()

    def token_on(self, path: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(path))[1]

    def weight_with_parts(self, path: str) -> int:
        """Bytes over the wire of a page and all that it makes a new browser fetch: styles, scripts, pictures."""
        page = self.page(path)
        parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        return sum(len(self.ask(part)[1]) for part in [path, *sorted(parts)])
