"""What an answer's headers tell of its job and its model: who made it, what was changed, what it cost, when it ends.

`Deprecation` is RFC 9745's, `Sunset` RFC 8594's, the link to a successor RFC 5829's, the list of changes a dictionary
of RFC 8941: `danqing-changed: seconds="5";made="6"`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from danqing.domain.jobs import Job
from danqing.domain.media import Blob
from danqing.domain.models import Lifecycle
from danqing.domain.money import show

SERVED_BY = "danqing-served-by"
NAMES_MAX = 32
CHARACTERS_MAX = 64
SENTENCE_CHARACTERS_MAX = 300


def told_by(job: Job) -> dict[str, str]:
    """Who made an answer, what of the request was not honoured or was changed, and what it costs."""
    headers = {"danqing-job": job.id, **advised(job), **made_by(job), **worded(job)}
    if job.state.ended:
        headers["danqing-cost-usd"] = show(job.charged)
    if job.ignored:
        headers["danqing-ignored"] = ", ".join(map(_plain, job.ignored[:NAMES_MAX]))
    return headers


def advised(job: Job) -> dict[str, str]:
    """The model that was chosen for who left it open."""
    return {"danqing-advised": _plain(job.generation.model)} if job.generation.advised else {}


def made_by(job: Job) -> dict[str, str]:
    """What anybody may know who is given the work: whose it is, and what of it is not as it was asked for."""
    headers = {SERVED_BY: ", ".join(map(_plain, job.makers))}
    if job.changes:
        headers["danqing-changed"] = ", ".join(
            f"{_plain(change.param)}={_quoted(change.asked)}" + (f";made={_quoted(change.made)}" if change.made else "")
            for change in job.changes[:NAMES_MAX]
        )
    return headers


def shown(blob: Blob, name: str, *, attach: bool) -> dict[str, str]:
    """How browsers are to treat a file that somebody has made or sent: shown or saved, and never run."""
    disposition = "attachment" if attach else "inline"
    return {
        "content-disposition": f'{disposition}; filename="{name}.{blob.suffix}"',
        "cache-control": "private, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }


def worded(job: Job) -> dict[str, str]:
    """The prompt: its languages, what was found in it, and what was sent in its place or why nothing was."""
    wording, headers = job.wording, {}
    if wording.languages:
        headers["danqing-prompt-language"] = ", ".join(map(_plain, wording.languages))
    done = [f"translated from {wording.source} into {wording.target}"] * wording.translated
    done += ["enriched"] * wording.enhanced
    if done:
        headers["danqing-prompt-sent"] = _sentence(f"{', '.join(done)}; by {', '.join(wording.by)}")
    if wording.trouble:
        headers["danqing-prompt-trouble"] = _sentence(wording.trouble)
    if wording.findings:
        headers["danqing-findings"] = ", ".join(dict.fromkeys(finding.code for finding in wording.findings))
    return headers


def dated(lifecycle: Lifecycle) -> Mapping[str, str]:
    """The deprecation clock of a model: nothing for one that is to live on."""
    if lifecycle.shutdown is None:
        return {}
    announced = lifecycle.announced or lifecycle.shutdown
    headers = {
        "deprecation": f"@{int(_midnight(announced).timestamp())}",
        "sunset": format_datetime(_midnight(lifecycle.shutdown), usegmt=True),
    }
    if lifecycle.successor:
        headers["link"] = f'</api/models/{lifecycle.successor}>; rel="successor-version"'
    return headers


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(tzinfo=UTC))


def _plain(text: str) -> str:
    """What may stand in a header, whatever a client or an engine has sent."""
    return re.sub(r"[^!-~]", "?", text)[:CHARACTERS_MAX]


def _sentence(text: str) -> str:
    return re.sub(r"[^ -~]", "?", text)[:SENTENCE_CHARACTERS_MAX]


def _quoted(text: str) -> str:
    return '"' + re.sub(r"[^ !#-\[\]-~]", "?", text)[:CHARACTERS_MAX] + '"'
