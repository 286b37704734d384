"""A bad network and a server that dies: a proxy at one address that loses requests and answers, and what it kills."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "localhost"
START_SECONDS = 30
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
FAULTS = (
    "lost on the way",
    "answer lost",
    "gateway",
    "hang",
    "hang afterwards",
    "stall",
    "stranger",
    "cut",
    "server killed",
)
STRANGER = b"<!DOCTYPE html><title>WiFi</title><h1>Beli paket dulu</h1>"  # what one who sells a network answers for us
HANG_SECONDS = 15  # longer than the service worker's patience


class Server:
    """gunicorn in a process of its own, which can be killed at any moment and starts again."""

    def __init__(self, database: str, files):
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]
        variables = {"DJANGO_SETTINGS_MODULE": "tests.e2e.soak.settings", "SOAK_DATABASE": database}
        self.variables = os.environ | variables | {"SOAK_FILES": str(files)}
        self.process = None

    def start(self) -> None:
        options = ["--workers", "1", "--threads", "4", "-k", "gthread", "--bind", f"{HOST}:{self.port}"]
        command = [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "ejsika.wsgi"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, env=self.variables, stdout=quiet, stderr=quiet, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.1)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1):
                return True
        except OSError:
            return False


class Network:
    """Between phone and server, always at the same address. `badness` is how often a sending goes wrong (0 to 1)."""

    def __init__(self, server: Server, chance):
        self.server, self.chance = server, chance
        self.is_down, self.is_hanging, self.badness = False, False, 0.0
        self.wrong = {}  # what befalls a path, or all but files ("")
        self.planned: list[str] = []  # what befalls the next things that are sent, one after the other
        self.healed = threading.Event()
        self.met = dict.fromkeys(FAULTS, 0)
        self.restarts: list[threading.Thread] = []
        self.listener = ThreadingHTTPServer((HOST, 0), Handler)
        self.listener.daemon_threads, self.listener.network = True, self
        self.url = f"http://{HOST}:{self.listener.server_port}"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def fault_for(self, method: str, path: str) -> str:
        if self.is_down or self.is_hanging:
            return "lost on the way" if self.is_down else "hang afterwards" if method == "POST" else "hang"
        if wrong := self.wrong.get(path) or (not path.startswith("/static/") and self.wrong.get("")):
            return wrong
        if self.planned and method == "POST" and path.startswith("/visits/outbox/"):
            return self.planned.pop(0)
        if not path.startswith("/visits/outbox/") or self.chance.random() >= self.badness:
            return ""
        fault = self.chance.choice(FAULTS if method == "POST" and not self._restarting() else FAULTS[:-1])
        self.met[fault] += 1
        return fault

    def kill_server_soon(self) -> None:
        """Kill it while it works, before or after it has stored what it was sent; it is back after a while."""
        self.restarts.append(threading.Thread(target=self._kill_and_start, args=(self.chance.uniform(0, 0.05),)))
        self.restarts[-1].start()

    def heal(self) -> None:
        """No fault any more, and a server that is there; what hung until now fails."""
        self.is_down, self.is_hanging, self.badness = False, False, 0.0
        self.planned, self.wrong = [], {}
        healed, self.healed = self.healed, threading.Event()
        healed.set()
        for restart in self.restarts:
            restart.join()

    def close(self) -> None:
        self.heal()
        self.listener.shutdown()
        self.listener.server_close()
        self.server.kill()

    def hang(self) -> None:
        """Say nothing at all, to somebody who waits."""
        self.healed.wait(HANG_SECONDS)

    def _restarting(self) -> bool:
        return any(restart.is_alive() for restart in self.restarts)

    def _kill_and_start(self, after: float) -> None:
        time.sleep(after)
        self.server.kill()
        self.server.start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        network = self.server.network
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = network.fault_for(self.command, self.path)
        if fault == "server killed":
            network.kill_server_soon()
        if fault == "cut":
            self._ask_half(body)
        answer = None if fault in ("lost on the way", "hang", "stranger", "cut") else self._ask(body)
        if fault in ("hang", "hang afterwards"):
            network.hang()
        if fault == "stranger":
            self._answer(200, [("Content-Type", "text/html")], STRANGER)
        elif answer is None or fault in ("answer lost", "hang afterwards"):
            self._hang_up()
        elif fault == "gateway":
            self._answer(502, [("Content-Type", "text/html")], b"<h1>502</h1>")
        elif fault == "stall":
            self._answer_half(*answer)
        else:
            self._answer(*answer)

    do_GET = do_POST = do_HEAD = handle_any

    def _ask(self, body: bytes):
        connection = http.client.HTTPConnection(HOST, self.server.network.server.port, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            headers = [pair for pair in answer.getheaders() if pair[0].lower() not in HOP_BY_HOP]
            return answer.status, headers, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _ask_half(self, body: bytes) -> None:
        """Break off in the middle of what is sent: the server waits for the rest, in vain."""
        connection = http.client.HTTPConnection(HOST, self.server.network.server.port, timeout=30)
        with suppress(OSError):
            connection.request(self.command, self.path, body[: len(body) // 2], dict(self.headers))
        connection.close()

    def _answer(self, status: int, headers, content: bytes, sent: int | None = None) -> None:
        with suppress(OSError):
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:sent])

    def _answer_half(self, status: int, headers, content: bytes) -> None:
        """Say that an answer comes, and stop in the middle of it."""
        self._answer(status, headers, content, len(content) // 2)
        self.server.network.hang()
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *words):
        pass
