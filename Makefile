# The doors of e-JSiKa. Each does all its own set-up; README.md says what they are.
.PHONY: help run test check packages-run packages-test
PYTHON = .venv/bin/python
# Where there is no .env the demo mode is meant.
DEMO = $$(test -f .env || echo EJSIKA_DEMO=1)

help:
	@echo "make run    jalankan e-JSiKa di http://127.0.0.1:8000"
	@echo "make test   jalankan seluruh uji, browser juga"
	@echo "make check  periksa gaya, migrasi dan pengaturan"

run: .venv/run-ready
	@exec env $(DEMO) $(PYTHON) manage.py run

test: packages-test .venv/test-ready
	$(PYTHON) -m pytest -q -n auto --dist loadfile --ignore tests/e2e
	$(PYTHON) -m pytest -q tests/e2e

check: .venv/test-ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(PYTHON) -m pip check
	@sh .ci/audit $(PYTHON)
	@secret=$$($(PYTHON) -c "import secrets; print(secrets.token_urlsafe(60))") && \
	env -u EJSIKA_DEMO SECRET_KEY=$$secret SEAL_KEY=$$secret ALLOWED_HOSTS=ejsika.example \
	DATABASE_URL=postgres://ejsika@127.0.0.1/ejsika $(PYTHON) manage.py check --deploy --fail-level WARNING
	@EJSIKA_TEST_FOLDER=var/check $(PYTHON) manage.py makemigrations --check --settings tests.settings; ok=$$?; \
	EJSIKA_TEST_FOLDER=var/check $(PYTHON) manage.py database stop --settings tests.settings; exit $$ok

.venv/run-ready: requirements.txt | packages-run
	@python3 -m venv .venv
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test-ready: requirements.txt tests/requirements.txt | packages-run
	@python3 -m venv .venv
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r tests/requirements.txt
	@touch $@ .venv/run-ready

packages-run:
	@sh .ci/need python3-venv "python3 -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))'"

packages-test: packages-run
	@sh .ci/need chromium "command -v chromium"
