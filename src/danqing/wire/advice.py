"""The JSON of what is found in a request and of what is advised for it, for the studio and the command line."""

from collections.abc import Sequence

from danqing.domain.advice import Advice, Option
from danqing.domain.preflight import Finding
from danqing.wire.holes import Tree
from danqing.wire.native import money


def findings(found: Sequence[Finding]) -> list[Tree]:
    """What a preflight has found; `severity` is "error", "warning" or "hint"."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.sentence,
            "suggestion": finding.suggestion,
            "param": finding.param,
        }
        for finding in found
    ]


def advice(given: Advice) -> Tree:
    """Which model to ask, why, the other ones that could be asked, best first, and why each of the rest cannot."""
    return {
        "chosen": _option(given.chosen),
        "why": given.why,
        "alternatives": [_option(option) for option in given.alternatives],
        "unfit": [{"model": model, "message": message} for model, message in given.unfit],
    }


def _option(option: Option) -> Tree:
    return {
        "model": option.model,
        "cost": money(option.cost),
        "reasons": option.reasons,
        "lacks": option.lacks,
        "risks": option.risks,
        "notes": option.notes,
    }
