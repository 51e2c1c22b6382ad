"""The JSON of what is found in a request and of what is advised for it, for the studio and the command line."""

from dataclasses import asdict

from danqing.domain.advice import Advice, Counsel, Option
from danqing.wire.abilities import money
from danqing.wire.holes import Tree


def counsel(given: Counsel) -> Tree:
    """What is told of a request. `chosen` is null and the rest empty when the caller has named the model."""
    return {
        "model": given.model,
        "languages": [given.languages.main, *given.languages.others],
        "findings": [asdict(finding) for finding in given.findings],
        **(_advice(given.advice) if given.advice else {"chosen": None, "why": "", "alternatives": [], "unfit": []}),
    }


def _advice(given: Advice) -> Tree:
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
