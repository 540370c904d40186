# The bot alone: the hashed runtime lock and the product's own folders; no playground, no pip.
# `docker build -t aws-access .`, then see "In a container" in README.md.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/runtime.txt /requirements.txt
# Wheels only: nothing of what is fetched runs here. kiota-dom-export.txt is 37 MB that only the
# SDK's own generator reads.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-compile --only-binary :all: --require-hashes --no-deps \
        --requirement /requirements.txt \
    && pip --python /venv/bin/python check \
    && rm /venv/lib/python3*/site-packages/msgraph/generated/kiota-dom-export.txt
COPY bot /app/bot
COPY handlers /app/handlers
COPY integrations /app/integrations
COPY migrations /app/migrations
COPY LICENSE /app/LICENSE
# A read-only root cannot keep bytecode. The SDK's 16,000 generated modules stay as they are: a
# start uses some 70 of them, and their bytecode alone would be 150 MB.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x msgraph/generated \
        /venv/lib /app

FROM ${PYTHON}
LABEL org.opencontainers.image.title="aws-access" \
      org.opencontainers.image.description="Just-in-time AWS access from chat, through Entra PIM for Groups" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /venv /venv
COPY --from=build /app /app
RUN mkdir /data && chown 10001:10001 /data && chmod 700 /data
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/aws-access.db \
    HOME=/app \
    TMPDIR=/data \
    HOST=0.0.0.0 \
    PORT=8080
WORKDIR /app
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-IS", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
