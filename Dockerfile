# The service in one image: runs without root on a read-only root file system; its data are in /data.
#   docker build -t shanhai . && docker run -p 8000:8000 -v shanhai:/data shanhai
ARG PYTHON_IMAGE=python:3.13-slim


# The locked dependencies, in a virtual environment without pip. Only a change of the lock rebuilds this layer.
FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv --without-pip /opt/venv
COPY requirements.txt /tmp/
RUN python -m pip --python /opt/venv/bin/python install --no-compile --require-hashes -r /tmp/requirements.txt
# Left out: parts of pyarrow that writing Parquet does not load (54 MB), debug symbols (about 70 MB), test helpers.
# Wheels that were patched to carry libraries of their own (psycopg) are not stripped: strip may break them.
RUN cd /opt/venv/lib/python3.*/site-packages \
 && rm -rf pyarrow/include pyarrow/tests pyarrow/libarrow_flight.so* pyarrow/libarrow_s3.so* \
      zstandard/_cffi.*.so sqlalchemy/testing alembic/testing \
 && find pyarrow uvloop zstandard sqlalchemy httptools _brotli.*.so -type f -name '*.so*' \
      -exec strip --strip-unneeded {} + \
 && /opt/venv/bin/python -Ic 'import io, pyarrow; from pyarrow import parquet; \
      parquet.write_table(pyarrow.table({"text": ["written"]}), io.BytesIO(), compression="zstd")' \
 && /opt/venv/bin/python -m compileall -qq -j 0 --invalidation-mode unchecked-hash .


# The project's wheel, built by the locked backend and installed apart from the dependencies, so that a change of the
# code keeps their layer. The commands of a first start run once, since the code may need what was left out above.
FROM dependencies AS project
RUN python -m venv /opt/builder
COPY requirements-build.txt /tmp/
RUN /opt/builder/bin/pip install --no-compile --require-hashes -r /tmp/requirements-build.txt
WORKDIR /srv/shanhai
COPY . .
RUN touch README.md \
 && /opt/builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
 && python -m pip --python /opt/venv/bin/python install --no-deps --no-compile --prefix /opt/project /tmp/wheel/*.whl \
 && cd /opt/project/lib/python3.*/site-packages \
 && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app \
 && export SHANHAI_DATA_DIR=/tmp/trial \
 && for each in migrate load release; do /opt/venv/bin/python -m app $each || exit; done \
 && /opt/venv/bin/python -c 'import app.main' \
 && chmod -R a+rX,go-w /opt/project


FROM ${PYTHON_IMAGE}
# Chinese in charts that are pictures.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-wqy-microhei \
 && rm -rf /var/lib/apt/lists/*
# The base image has no bytecode of the standard library, and a read-only container cannot write it: 0.5 s a start.
# /data is writable by any user, so that every --user and kind of volume works.
RUN python -m pip uninstall -qy --root-user-action ignore pip \
 && python -m compileall -qq -j 0 --invalidation-mode unchecked-hash -x 'site-packages|ensurepip|idlelib|turtledemo' \
      "$(python -c 'import os; print(os.path.dirname(os.__file__))')" \
 && install -d -m 1777 /data

COPY --from=dependencies /opt/venv /opt/venv
COPY --from=project /opt/project /opt/venv

# Temporary files go to the volume, since /tmp may be memory; if /data is not writable, Python uses /tmp.
# Arrow's system allocator retains the least memory: 190 instead of 230 MB for half a million records.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 \
    SHANHAI_DATA_DIR=/data TMPDIR=/data ARROW_DEFAULT_MEMORY_POOL=system
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Connects to the address the server listens on, 0.0.0.0 and :: included. urllib would use a proxy from the environment.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-ISc", "\
import http.client, os, sys; \
host, port = os.environ.get('HOST') or '127.0.0.1', int(os.environ.get('PORT') or 8000); \
service = http.client.HTTPConnection(host, port, timeout=4); \
service.request('GET', '/readyz'); \
answer = service.getresponse(); \
print(answer.status, answer.read().decode()); \
sys.exit(answer.status != 200)"]
CMD ["shanhai", "serve"]

ARG VERSION=dev
LABEL org.opencontainers.image.title="Shanhai Open Data" \
      org.opencontainers.image.description="China's East–West cooperation as open data: every value leads back to the words it comes from." \
      org.opencontainers.image.licenses="MIT AND CC-BY-4.0" \
      org.opencontainers.image.version="${VERSION}"
