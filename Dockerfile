# Docket's image: the rooms and what they stand on, at the versions and hashes of the lock; every process starts from it.
FROM python:3.11-slim-bookworm AS made
RUN python -m venv /venv
WORKDIR /made
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml LICENSE ./
COPY domain/ domain/
COPY projections/ projections/
COPY consumers/ consumers/
COPY api/ api/
# without isolation: the build backend came with the lock
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-build-isolation --no-deps --no-index .

FROM python:3.11-slim-bookworm
COPY --from=made /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /tmp
CMD ["docket", "serve"]
