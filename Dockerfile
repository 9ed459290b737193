FROM python:3.11-slim

# On a machine without a GPU, --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu saves several gigabytes.
ARG TORCH_INDEX=https://pypi.org/simple

RUN useradd --create-home --uid 1000 visitor
WORKDIR /home/visitor/playground
COPY requirements.txt .
RUN pip install --no-cache-dir --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple torch==2.13.0 \
 && pip install --no-cache-dir -r requirements.txt
COPY --chown=visitor . .
USER visitor
RUN python -m playground.zoo
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"
CMD ["python", "app.py", "--host", "0.0.0.0"]
