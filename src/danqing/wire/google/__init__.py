"""Google's dialects, read and written: Imagen, Veo and Gemini calls, operations, lists of models and errors."""

from danqing.wire.asks import Ask
from danqing.wire.delivered import File
from danqing.wire.google.calls import read_fetch, read_long_running, read_predict, write_long_running, write_predict
from danqing.wire.google.candidates import generated, last_chunk, token_count, words_chunk
from danqing.wire.google.dialogue import read_count, read_generate
from danqing.wire.google.errors import error, read_rpc_status, rpc_status, unanswered
from danqing.wire.google.models import model, models, publisher_model, publisher_models
from danqing.wire.google.replies import Reader, operation, predictions
from danqing.wire.google.results import Operation, read_operation, read_predictions

__all__ = [
    "Ask",
    "File",
    "Operation",
    "Reader",
    "error",
    "generated",
    "last_chunk",
    "model",
    "models",
    "operation",
    "predictions",
    "publisher_model",
    "publisher_models",
    "read_count",
    "read_fetch",
    "read_generate",
    "read_long_running",
    "read_operation",
    "read_predict",
    "read_predictions",
    "read_rpc_status",
    "rpc_status",
    "token_count",
    "unanswered",
    "words_chunk",
    "write_long_running",
    "write_predict",
]
