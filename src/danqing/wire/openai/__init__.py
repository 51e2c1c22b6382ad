"""OpenAI's dialect, read and written: chat completions with pictures, files, lists of models and errors."""

from danqing.wire.openai.chat import ChatAsk, read_chat
from danqing.wire.openai.completions import (
    completion,
    first_chunk,
    media_chunk,
    stop_chunk,
    usage_chunk,
    words_chunk,
)
from danqing.wire.openai.errors import error
from danqing.wire.openai.files import file, file_deleted, files, is_id, read_id, read_page, read_wanted
from danqing.wire.openai.models import model, models

__all__ = [
    "ChatAsk",
    "completion",
    "error",
    "file",
    "file_deleted",
    "files",
    "first_chunk",
    "is_id",
    "media_chunk",
    "model",
    "models",
    "read_chat",
    "read_id",
    "read_page",
    "read_wanted",
    "stop_chunk",
    "usage_chunk",
    "words_chunk",
]
