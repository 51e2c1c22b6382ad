"""The way to receivers that fail, hang, redirect, hang up and babble, and the addresses that are never called."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from danqing.domain.callbacks import Callback
from danqing.domain.jobs import Job
from danqing.domain.webhooks import Delivery, Receipt, announcements
from danqing.gateway.keyring import Keyring
from danqing.upstream.courier import ANSWER_BYTES_MAX, Courier
from receivers import Receiver, receiver
from store.samples import NOON, a_job, delivered

pytestmark = pytest.mark.anyio

SECRET = Keyring(bytes(32)).webhook_secret("webhook_1", 1)


@pytest.fixture(scope="module")
def there() -> Iterator[Receiver]:
    with receiver() as there:
        yield there


def a_notification(url: str) -> tuple[Delivery, Job]:
    job = replace(delivered(a_job(), "file")[0], callback=Callback((url,), base="http://here"))
    return announcements(job, [])[0], job


async def carried(url: str, *, private: bool = True) -> Receipt:
    courier = Courier(private=private, timeout_s=1.5)
    try:
        return await courier.carry(*a_notification(url), [SECRET], NOON)
    finally:
        await courier.close()


async def test_it_is_taken(there: Receiver) -> None:
    assert await carried(f"{there.url}/takes-it?word=%2F") == Receipt(204)
    [came] = there.of("/takes-it?word=%2F")
    assert came.headers["content-type"] == "application/json"
    assert b'"http://here/api/files/file"' in came.body


async def test_what_is_not_taken_is_told_with_its_words(there: Receiver) -> None:
    assert await carried(f"{there.url}/recovers-once") == Receipt(500, "not   now")
    assert await carried(f"{there.url}/leaves") == Receipt(410)
    babbled = await carried(f"{there.url}/babbles")
    assert (babbled.status, babbled.answer) == (500, "x" * ANSWER_BYTES_MAX)


async def test_no_redirect_is_followed(there: Receiver) -> None:
    assert await carried(f"{there.url}/moves") == Receipt(307)
    assert there.of("/takes-what-moved") == []


@pytest.mark.parametrize(
    ("path", "trouble"), [("/hangs", "did not answer within 1.5 seconds"), ("/closes", "closed the connection")]
)
async def test_who_says_nothing_is_not_waited_for(there: Receiver, path: str, trouble: str) -> None:
    receipt = await carried(there.url + path)
    assert receipt.status is None
    assert trouble in receipt.trouble


async def test_where_nobody_listens_nobody_is_told() -> None:
    assert "Nobody answers" in (await carried("http://127.0.0.1:1/")).trouble
    assert "Nobody answers" in (await carried("https://no-such-name.invalid/")).trouble


async def test_addresses_of_this_network_are_not_called(there: Receiver) -> None:
    port = there.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"):
        receipt = await carried(f"http://{host}:{port}/takes-nothing", private=False)
        assert "not public" in receipt.trouble or "cannot be called" in receipt.trouble, (host, receipt)
    assert there.of("/takes-nothing") == []
