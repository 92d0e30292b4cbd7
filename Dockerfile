ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE}

WORKDIR /app

# The base image comes without bytecode for the standard library; the app's user can't write it later
RUN python -m compileall -q -x '/(site-packages|test|tests|idlelib|lib2to3|tkinter|turtledemo)/' \
      "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"

# Where torch comes from: by default the index of its CPU builds. Empty (--build-arg TORCH_INDEX_URL=) means
# pip's own default, which on Linux is the CUDA build.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu

# torch alone first: the largest layer, and the one that changes least. Only torch itself comes from its own
# index; what it needs comes from PyPI, with the CUDA build at once, with the CPU build in the next layer.
COPY requirements.txt ./
RUN grep '^torch==' requirements.txt > /tmp/torch.txt \
    && pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
         ${TORCH_INDEX_URL:+--no-deps --index-url "${TORCH_INDEX_URL}"} -r /tmp/torch.txt \
    && rm /tmp/torch.txt

# All else by its hash, and what has come with torch once more so
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore --force-reinstall \
         -r requirements.lock \
    && pip check

# The code belongs to root and is read by everyone, whatever the builder's umask was
COPY . ./
RUN python -m compileall -q app.py pages wd_core \
    && chmod -R u=rwX,go=rX /app

ENV HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none

USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-I", "-S", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8501, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["streamlit", "run", "app.py"]
