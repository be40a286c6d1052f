# `taizhang`: one image for all of Airflow's processes, for Celery's workers and for the command line. `kubernetes`: the
# same with Airflow's KubernetesExecutor. `superset`: the same with Superset and its dashboard.
# The base image can be pinned by its digest: --build-arg BASE_IMAGE=python:3.11-slim-bookworm@sha256:...
ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS dependencies
# Said where pip does not find the public index by itself; nothing of it stays in the image.
ARG PIP_INDEX_URL
ARG PIP_CERT
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv --without-pip /opt/venv
COPY deploy/requirements.lock ./
RUN pip --python /opt/venv/bin/python install --no-deps --require-hashes -r requirements.lock

FROM ${BASE_IMAGE} AS taizhang
RUN useradd --uid 10001 --home-dir /tmp --no-create-home taizhang
ENV PATH=/opt/venv/bin:$PATH \
    LANG=C.UTF-8 \
    TZ=Asia/Shanghai \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /opt/taizhang
COPY pyproject.toml ./
COPY deploy/entrypoint deploy/entrypoint
COPY config config
COPY expectations expectations
COPY dbt_project dbt_project
COPY dags dags
COPY plugins plugins
# Made known to Python without pip in the image; compiled here because the file system is read-only later.
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-build-isolation --no-index \
        --disable-pip-version-check --root-user-action ignore --editable . \
    && python -m compileall -q plugins dags \
    && mkdir --parents var/inbox var/landing var/outbox var/airflow/logs \
    && chown --recursive taizhang:taizhang var

USER taizhang
VOLUME /opt/taizhang/var
ENTRYPOINT ["/opt/taizhang/deploy/entrypoint"]
CMD ["taizhang", "--help"]

FROM taizhang AS kubernetes
ARG PIP_INDEX_URL
ARG PIP_CERT
USER root
COPY deploy/kubernetes.lock deploy/
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --require-hashes \
        --disable-pip-version-check --root-user-action ignore -r deploy/kubernetes.lock
USER taizhang

FROM dependencies AS superset-dependencies
ARG PIP_INDEX_URL
ARG PIP_CERT
RUN python3 -m venv --without-pip /opt/taizhang/.venv-superset
COPY bi/superset/requirements.lock superset.lock
RUN pip --python /opt/taizhang/.venv-superset/bin/python install --no-deps --require-hashes -r superset.lock

FROM taizhang AS superset
COPY --from=superset-dependencies /opt/taizhang/.venv-superset /opt/taizhang/.venv-superset
COPY bi bi
CMD ["python", "-m", "bi.superset", "--address", "0.0.0.0"]
