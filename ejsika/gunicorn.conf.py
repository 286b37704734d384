"""gunicorn for two cores: threads for slow answers, and each worker its own listening socket.

Without reuse_port keep-alive clients put all their load on one worker.
"""

bind = "127.0.0.1:8000"
workers = 2
worker_class = "gthread"
threads = 4
reuse_port = True
control_socket_disable = True  # it would lie in the home folder, shared by all projects
timeout = 60
graceful_timeout = 2  # of the five seconds in which all of `make run` ends
loglevel = "warning"
