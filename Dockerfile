FROM python:3.11-slim

# What WeasyPrint loads at run time (trialsnest/system_parts.py looks for the same three).
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/trialsnest

COPY requirements/runtime.lock requirements/runtime.lock
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
    --require-hashes -r requirements/runtime.lock

COPY manage.py ./
COPY trialsnest trialsnest
COPY accounts accounts
COPY recruitment recruitment
COPY reporting reporting
COPY templates templates
COPY static static

# Values that no installation uses: collectstatic reads the settings but asks no server.
RUN DATABASE_URL=postgresql:///none REDIS_URL=redis://none \
    TRIALSNEST_SECRET_KEY=only-for-collectstatic TRIALSNEST_HASH_KEY=only-for-collectstatic \
    TRIALSNEST_STATIC=manifest \
    python manage.py collectstatic --noinput

RUN useradd --uid 10001 --shell /usr/sbin/nologin --no-create-home --home-dir /var/lib/trialsnest trialsnest \
    && mkdir -m 0700 /var/lib/trialsnest \
    && chown trialsnest:trialsnest /var/lib/trialsnest

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache \
    TRIALSNEST_HOME=/var/lib/trialsnest \
    TRIALSNEST_STATIC=manifest
USER trialsnest
VOLUME /var/lib/trialsnest
EXPOSE 8000
CMD ["gunicorn", "-c", "python:trialsnest.gunicorn", "--bind", "0.0.0.0:8000", "trialsnest.wsgi:application"]
