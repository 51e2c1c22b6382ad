"""Google's dialects, read and written: Imagen and Veo calls, operations, lists of models and errors."""

from danqing.wire.asks import Ask
from danqing.wire.delivered import File
from danqing.wire.google.calls import read_fetch, read_long_running, read_predict, write_long_running, write_predict
from danqing.wire.google.errors import error, read_rpc_status, rpc_status
from danqing.wire.google.models import model, models, publisher_model, publisher_models
from danqing.wire.google.replies import Reader, operation, predictions
from danqing.wire.google.results import Operation, read_operation, read_predictions

__all__ = [
    "Ask",
    "File",
    "Operation",
    "Reader",
    "error",
    "model",
    "models",
    "operation",
    "predictions",
    "publisher_model",
    "publisher_models",
    "read_fetch",
    "read_long_running",
    "read_operation",
    "read_predict",
    "read_predictions",
    "read_rpc_status",
    "rpc_status",
    "write_long_running",
    "write_predict",
]
