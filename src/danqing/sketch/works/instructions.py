"""Takes a prompt about a picture apart: one instruction after the other, in the order in which they are to be done."""

import re

QUOTES = re.compile(r"“[^“”]*”|\"[^\"]*\"|「[^「」]*」|『[^『』]*』|«[^«»]*»|(?<!\w)'[^']*'(?!\w)")
UNQUOTED = re.compile(
    r"\b(text|caption|title|words?)\s*:\s*([^\s\"“'「『«][^\n;]*)|(文字|標題|标题)\s*[:：]\s*([^\s\"“「『][^\n；]*)",
    re.I,
)
VERBS = (
    "make|turn|add|put|remove|delete|erase|replace|change|convert|rotate|flip|mirror|crop|cut|blur|sharpen|write|set"
    "|draw|paint|give|let|increase|decrease|raise|lower|brighten|darken|lighten|fill|colou?r|invert|describe|apply"
    "|insert|place|resize|tilt|tint|desaturate|warm|cool|show|move|keep|do not|don't|then|also|finally|please"
)
HAN_VERBS = (
    "把|將|将|加|變|变|轉|转|寫|写|改|去|旋|裁|調|调|畫|画|塗|涂|描|填|添|刪|删|移|用|讓|让|給|给|翻|換|换|不要|保"
)
BREAKS = re.compile(
    rf"[;；。\n]+|[.!?！？]+(?:\s|$)|,(?!\d)|，"
    rf"|\b(?:and\s+then|and\s+also|then|afterwards|but)\b"
    rf"|\band\b(?=\s+(?:{VERBS})\b)"
    rf"|然後|然后|接著|接着|並且|并且|同時|同时|最後|最后|(?:再|並|并|且)(?={HAN_VERBS})",
    re.I,
)  # fmt: skip
HELD = "\ue000"  # stands for what is quoted, which is never cut


def instructions(prompt: str) -> tuple[str, ...]:
    """The instructions of a prompt, in its own words. Lettering that came without quotes ("text: Hi") gets them."""
    quoted: list[str] = []

    def hold(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return HELD

    def quote(found: re.Match[str]) -> str:
        words = found[2] or found[4]
        return f"{found[1] or found[3]} “{words.strip()}”"

    cut = BREAKS.split(QUOTES.sub(hold, UNQUOTED.sub(quote, prompt.replace(HELD, ""))))
    rest = iter(quoted)
    whole = (re.sub(HELD, lambda _: next(rest), part).strip() for part in cut)
    return tuple(part for part in whole if part)
