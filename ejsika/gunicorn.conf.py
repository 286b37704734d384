"""How gunicorn serves: threads because pages wait for PostgreSQL, processes because Python computes on one core."""

import os

from ejsika.database.processes import die_with_parent

bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = max(2, min(os.cpu_count() or 2, 8))
threads = 4
# Without it browsers that keep their connection may all land on one process.
reuse_port = True
# Longer than a proxy keeps an idle connection (nginx: 60 s), else it sends a form into one that is just closed.
keepalive = 75
# It would lie in the home folder, shared by every project of this user.
control_socket_disable = True
graceful_timeout = 2
loglevel = "warning"
# One line a request is written by ejsika.lib.logs; gunicorn's own would hold query strings, its errors quote requests.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "ejsika.lib.logs.LineFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["line"]},
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": ["line"], "propagate": False}},
}
# A worker that is replaced after so many requests loses what waits at its own port, and no memory is lost without.
max_requests = 0


def post_fork(server, worker):
    die_with_parent()
