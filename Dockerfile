# One image for all of Airflow's processes and for the command line `taizhang`.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 10001 taizhang
WORKDIR /opt/taizhang
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8

COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY pyproject.toml ./
COPY plugins plugins
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && mkdir --parents var/airflow var/inbox \
    && chown --recursive taizhang:taizhang var

USER taizhang
VOLUME /opt/taizhang/var
CMD ["taizhang", "--help"]
