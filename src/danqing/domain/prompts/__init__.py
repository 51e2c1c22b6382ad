"""What can be said of a prompt without a model: its length in tokens; and beside it its scripts, and what must stay."""

import re

_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
IMAGE_TOKENS = 258  # what one input picture counts as in prompt tokens (Google's figure for a tile)


def count_tokens(text: str) -> int:
    """An estimate that never depends on a vendor's tokenizer: a wide character is one token, four others are one."""
    wide = len(_WIDE.findall(text))
    return wide + -(-(len(text) - wide) // 4)
