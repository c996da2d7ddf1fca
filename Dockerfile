# The service in one image: no root, a read-only root file system, everything that it keeps in /data.
#   docker build -t shanhai . && docker run -p 8000:8000 -v shanhai:/data shanhai
ARG PYTHON_IMAGE=python:3.13-slim


# The locked dependencies, in a virtual environment without pip. The lock alone decides whether this is made anew.
FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv --without-pip /opt/venv
COPY requirements.txt /tmp/
RUN python -m pip --python /opt/venv/bin/python install --no-compile --require-hashes -r /tmp/requirements.txt
# Of pyarrow, what writes Parquet is kept: three modules and the libraries that they name.
RUN cd /opt/venv/lib/python3.*/site-packages/pyarrow \
 && rm -rf include includes src tests \
 && find . -name '*.p[xy][dix]' -delete \
 && find . -name '_*.so' ! -name '_fs.*' ! -name '_parquet.*' -delete \
 && named=$(ldd ./*.cpython-*.so) \
 && for library in lib[!.]*.so*; do case $named in *"/$library ("*) ;; *) rm "$library" ;; esac; done
# And of the rest, what serves nobody here: symbols for debuggers, zstandard's part for PyPy, helpers for tests.
# Wheels with libraries of their own (psycopg) are not stripped: their files were edited in ways that strip may break.
RUN cd /opt/venv/lib/python3.*/site-packages \
 && find pyarrow uvloop zstandard sqlalchemy httptools _brotli.*.so -type f -name '*.so*' \
      -exec strip --strip-unneeded {} + \
 && rm -rf zstandard/_cffi.*.so sqlalchemy/testing alembic/testing \
 && /opt/venv/bin/python -Ic 'import io, pyarrow; from pyarrow import parquet; \
      parquet.write_table(pyarrow.table({"text": ["written"]}), io.BytesIO(), compression="zstd")' \
 && /opt/venv/bin/python -m compileall -qq -j 0 --invalidation-mode unchecked-hash .


# The project's wheel, made by the locked build backend and installed apart from the dependencies, so that a change here
# leaves their layer as it was. What the first start does is tried out, since the code may come to need what was taken
# away above.
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
# The base image comes without the standard library's bytecode, and nobody could write it later: 0.5 s of every start.
# Any user may write to an empty /data, whichever --user or kind of volume it is given.
RUN python -m pip uninstall -qy --root-user-action ignore pip \
 && python -m compileall -qq -j 0 --invalidation-mode unchecked-hash -x 'site-packages|ensurepip|idlelib|turtledemo' \
      "$(python -c 'import os; print(os.path.dirname(os.__file__))')" \
 && install -d -m 1777 /data

COPY --from=dependencies /opt/venv /opt/venv
COPY --from=project /opt/project /opt/venv

# Files in the making wait on the volume, since /tmp may be memory; where /data cannot be written, Python takes /tmp.
# Of the allocators that Arrow knows, the system's keeps the least: 190 instead of 230 MB for half a million records.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 \
    SHANHAI_DATA_DIR=/data TMPDIR=/data ARROW_DEFAULT_MEMORY_POOL=system
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
# It asks where the server listens; 0.0.0.0 and :: lead home too. urllib would ask a proxy that the environment names.
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
