"""Who is told how jobs end is looked after from the command line."""

import pytest

from serving import Server

from .terminal import Connected, Terminal


@pytest.fixture
def own(terminal: Terminal, server: Server) -> Terminal:
    """A key of its own, whose webhooks are nobody else's."""
    key = server.call("POST", "/api/keys", {"name": "told"}, key=server.owner_key).json()["secret"]
    return Connected(terminal.folder, {**terminal.env, "DANQING_KEY": key})


def test_a_webhook_is_made_listed_rotated_and_removed(own: Terminal) -> None:
    assert own.run("webhooks", "list").out == "No webhooks yet.\n"
    made = own.run("webhooks", "create", "https://example.com/done", "--event", "job.done", "--json").json()
    assert (made["url"], made["events"], made["secret"][:6]) == ("https://example.com/done", ["job.done"], "whsec_")
    listed = own.run("webhooks", "list")
    assert made["id"] in listed.out
    assert made["secret"] not in listed.out + own.run("webhooks", "list", "--json").out
    rotated = own.run("webhooks", "rotate", made["id"])
    assert rotated.out.startswith("whsec_")
    assert made["secret"] not in rotated.out
    assert own.run("webhooks", "deliveries", "--state", "dead").out == "No notifications yet.\n"
    assert "is told nothing any more" in own.run("webhooks", "remove", made["id"]).out


def test_what_cannot_be_told_is_said(own: Terminal) -> None:
    for words, says in (
        (("create", "http://example.com/done"), "https://"),
        (("replay", "nothing"), "There is no"),
        (("remove", "nothing"), "There is no"),
    ):
        ended = own.run("webhooks", *words)
        assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
        assert says in ended.err, ended.err
