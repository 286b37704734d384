# The doors. Each sets up what it needs by itself; paths are relative, so the folder may have any name.
PYTHON := .venv/bin/python
MAKEFLAGS += --no-print-directory

.PHONY: help run test check bench soak

help:
	@echo "make run     jalankan e-JSiKa di http://127.0.0.1:8000"
	@echo "make test    semua pengujian, peramban juga"
	@echo "make bench   ukur halaman pada 5.000 dan 50.000 keluarga rekaan, impor 50.000 baris, dan kunjungan per detik"
	@echo "make soak    50 impor sementara web, antrean dan PostgreSQL dimatikan di tengah jalan"
	@echo "make check   lint, format, migrasi, pemeriksaan server: gerbang tanpa pengujian"

ifeq ($(wildcard .env),)
run: export EJSIKA_DEMO ?= 1
endif
run:
	@python3 .ci/setup.py run
	@$(PYTHON) manage.py run --attached

test:
	@python3 .ci/setup.py test
	@$(PYTHON) .ci/test.py

check:
	@python3 .ci/setup.py check
	@$(PYTHON) .ci/check.py

bench:
	@python3 .ci/setup.py test
	@$(PYTHON) -m tests.bench $(SIZES)

soak:
	@python3 .ci/setup.py test
	@$(PYTHON) -m tests.faults $(IMPORTS)
