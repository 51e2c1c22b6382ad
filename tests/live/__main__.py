"""Asks the vendors whose keys are in the environment: `python -m live [--at-most DOLLARS] [--yes]`; 1 when one differs.

What is free is always asked. What costs something is asked when all of it stays within what was agreed, or with --yes.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator

from danqing.domain.money import dollars, show

from .facts import Bill, Findings, Verdict, cost, examine
from .vendors import VENDORS


def bill(at_most: str, *, yes: bool) -> Bill:
    """All of it or nothing but what is free: half of the paid facts would be a matter of their order."""
    whole = cost(VENDORS, os.environ)
    return Bill(whole if yes or whole <= dollars(at_most) else 0)


def told(findings: Findings, whole: int) -> Iterator[str]:
    """Every fact on a line of its own, and what there is to do."""
    for vendor, rows in findings.checked.items():
        for row in rows:
            yield f"{row.verdict.value:<8} {vendor:<9} {row.fact.says} {row.seen}".rstrip()
    for vendor in findings.lacking:
        yield f"no key   {vendor.name:<9} Set {' or '.join(vendor.variables)} to ask it {len(vendor.facts)} things."
    unasked = [row for rows in findings.checked.values() for row in rows if row.verdict is Verdict.UNASKED]
    if unasked:
        yield f"{len(unasked)} were not asked: all would cost at most ${show(whole)}. YES=1 agrees to that."


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(prog="live", description=__doc__)
    parser.add_argument("--at-most", default="0", metavar="DOLLARS", help="what may be spent without --yes")
    parser.add_argument("--yes", action="store_true", help="agree to what all of it costs at most")
    asked = parser.parse_args()
    findings = asyncio.run(examine(VENDORS, os.environ, bill(asked.at_most, yes=asked.yes)))
    for line in told(findings, cost(VENDORS, os.environ)):
        print(line)
    sys.exit(findings.differ)


if __name__ == "__main__":
    main()
