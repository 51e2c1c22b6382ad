"""What an answer's headers tell is text that a header may hold, whoever has said it."""

from dataclasses import replace

from danqing.domain.changes import changed
from danqing.domain.wording import Wording
from danqing.front.headers import told_by
from making import a_job

BREAK = "x\r\nset-cookie: a=b"


def test_nothing_that_a_client_or_an_engine_has_said_ends_a_header() -> None:
    wording = Wording(languages=(BREAK, "語"), trouble=BREAK, by=(BREAK,), source=BREAK, target="en", texts=("t",))
    change = replace(changed("aspect", BREAK, BREAK), param=BREAK)
    job = replace(
        a_job(),
        provider=BREAK,
        served_by=(BREAK,),
        ignored=(BREAK,),
        changes=(change,),
        wording=replace(wording, done=True),
    )
    headers = told_by(job)
    assert {"danqing-prompt-language", "danqing-changed", "danqing-ignored", "danqing-prompt-trouble"} <= headers.keys()
    for value in headers.values():
        assert value.isascii()
        assert value.isprintable()
