"""How gunicorn serves: threads because pages wait for PostgreSQL, processes because Python computes on one core."""

import os

from ejsika.database.processes import die_with_parent

bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = max(2, min(os.cpu_count() or 2, 8))
threads = 4
# Without it browsers that keep their connection may all land on one process.
reuse_port = True
# It would lie in the home folder, shared by every project of this user.
control_socket_disable = True
graceful_timeout = 2
loglevel = "warning"


def post_fork(server, worker):
    die_with_parent()
