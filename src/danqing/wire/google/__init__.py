"""Google's dialects, read and written: Imagen, Veo and Gemini calls, operations, lists of models and errors."""

from danqing.wire.asks import Ask
from danqing.wire.delivered import File
from danqing.wire.google.batches import (
    BatchAsk,
    answered,
    batch,
    batches,
    failed,
    known_by,
    read_batch,
    read_line,
    too_many,
)
from danqing.wire.google.calls import read_fetch, read_long_running, read_predict, write_long_running, write_predict
from danqing.wire.google.candidates import generated, last_chunk, token_count, words_chunk
from danqing.wire.google.dialogue import read_count, read_generate
from danqing.wire.google.errors import error, read_rpc_status, rpc_status, unanswered
from danqing.wire.google.files import file, files, read_offset, read_page_size, read_place, read_wanted, write_place
from danqing.wire.google.models import model, models, publisher_model, publisher_models
from danqing.wire.google.replies import Reader, address, operation, predictions
from danqing.wire.google.results import Operation, read_operation, read_predictions

__all__ = [
    "Ask",
    "BatchAsk",
    "File",
    "Operation",
    "Reader",
    "address",
    "answered",
    "batch",
    "batches",
    "error",
    "failed",
    "file",
    "files",
    "generated",
    "known_by",
    "last_chunk",
    "model",
    "models",
    "operation",
    "predictions",
    "publisher_model",
    "publisher_models",
    "read_batch",
    "read_count",
    "read_fetch",
    "read_generate",
    "read_line",
    "read_long_running",
    "read_offset",
    "read_operation",
    "read_page_size",
    "read_place",
    "read_predict",
    "read_predictions",
    "read_rpc_status",
    "read_wanted",
    "rpc_status",
    "token_count",
    "too_many",
    "unanswered",
    "words_chunk",
    "write_long_running",
    "write_place",
    "write_predict",
]
