# The node in an image: docker build -t econonexus .
# Nothing of the build stays in it but one virtual environment.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
WORKDIR /build
RUN python -m venv /opt/econonexus
COPY requirements-run.lock ./
RUN /opt/econonexus/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir dist .
RUN /opt/econonexus/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:${PYTHON}-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin econonexus \
 && install -d -m 0700 -o econonexus -g econonexus /data \
 && install -d -m 0755 /etc/econonexus
COPY --from=build /opt/econonexus /opt/econonexus
ENV PATH=/opt/econonexus/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ECONONEXUS_DATA=/data \
    ECONONEXUS_HOST=0.0.0.0 \
    ECONONEXUS_STOP_GRACE_S=4
# `docker stop` kills after ten seconds: four for requests in hand, the rest to settle what was cut.
STOPSIGNAL SIGTERM
USER 10001
# Where econonexus.toml is looked for: mount it here.
WORKDIR /etc/econonexus
VOLUME /data
EXPOSE 7700
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('ECONONEXUS_PORT', '7700') + '/readyz', timeout=2)"]
ENTRYPOINT ["econonexus"]
CMD ["up"]
