# One image for all parts: `wice-sync serve | worker | scheduler | migrate ...`. Built from this folder: docker build --tag wice-sync .
FROM python:3.13-slim-bookworm

# Nothing is written beside the code: the containers' file systems are read-only.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 TZ=UTC

WORKDIR /opt/wice-sync
COPY pyproject.toml constraints.txt README.md ./
COPY app app
COPY workers workers
COPY sandbox sandbox
COPY migrations migrations
COPY templates templates
# In place (--editable): templates and migrations are found beside the code.
RUN pip install --constraint constraints.txt --editable . \
    && useradd --uid 10001 --no-create-home --home-dir /var/lib/wice-sync --shell /usr/sbin/nologin wice-sync \
    && install -d -o wice-sync -g wice-sync -m 700 /var/lib/wice-sync

USER 10001:10001
ENV WICE_SYNC_HOME=/var/lib/wice-sync WICE_SYNC_PORTAL_URL=http://0.0.0.0:8080
EXPOSE 8080
# SIGTERM: runs that go on are handed to others.
STOPSIGNAL SIGTERM
ENTRYPOINT ["wice-sync"]
CMD ["serve"]
