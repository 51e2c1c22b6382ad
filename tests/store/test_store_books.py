"""Keys, accounts and lists read as they were written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Translate
from danqing.domain.ledger import Balance
from danqing.domain.limits import Limits
from danqing.domain.ports import Books
from danqing.domain.sight import sight_of
from danqing.store import Database

from .samples import COST, NOON, a_job, a_key, delivered, furnish


async def test_they_are_the_gateways_books(database: Database) -> None:
    books: Books = database
    assert await books.keys() == []


async def test_an_account_is_funded_once(database: Database) -> None:
    await database.fund("house", 100, "opening")
    await database.fund("house", 500, "opening")
    await database.add_key(a_key(), "digest")
    assert (await database.spending(a_key())).account == Balance(posted=100)


async def test_accounts_do_not_share_money(database: Database) -> None:
    await database.fund("house", 100, "opening")
    await database.fund("guest", 5, "another opening")
    guest = a_key(account="guest")
    await database.add_key(guest, "digest")
    assert (await database.spending(guest)).account == Balance(posted=5)


@pytest.mark.parametrize("budget", [None, 0, 70])
async def test_a_key_is_found_by_its_digest(database: Database, budget: int | None) -> None:
    key = await furnish(database, budget=budget)
    assert await database.key("digest") == key
    assert await database.key("another") is None


async def test_a_key_needs_an_account(database: Database) -> None:
    with pytest.raises(Problem) as refusal:
        await database.add_key(a_key(account="nobody"), "digest")
    assert refusal.value.kind is Kind.INVALID
    assert await database.keys() == []


async def test_keys_come_newest_first(database: Database) -> None:
    await database.fund("house", 0, "opening")
    for id, minute in (("middle", 2), ("new", 3), ("old", 1)):
        await database.add_key(a_key(id, minute=minute), f"digest of {id}")
    assert [key.id for key in await database.keys()] == ["new", "middle", "old"]


async def test_a_revoked_key_is_known_and_stays_revoked(database: Database) -> None:
    key = await furnish(database)
    assert await database.revoke(key.id)
    found = await database.key("digest")
    assert found is not None
    assert found.revoked is not None
    assert replace(found, revoked=None) == key
    assert not await database.revoke(key.id)
    assert await database.key("digest") == found


async def test_what_becomes_of_a_keys_prompts_stays_beside_its_limits(database: Database) -> None:
    await database.fund("house", 1000, "opening")
    key = replace(a_key(), translate=Translate.OFF, limits=Limits(daily=7))
    await database.add_key(key, "digest")
    assert await database.key("digest") == key
    assert await database.limit_key(key.id, {"daily": 9}, NOON) == replace(key, limits=Limits(daily=9))
    required = replace(key, limits=Limits(daily=9), translate=Translate.REQUIRE)
    assert await database.translate_for(key.id, Translate.REQUIRE) == required
    assert await database.key("digest") == required
    assert await database.translate_for(key.id, None) == replace(required, translate=None)
    assert await database.translate_for("nobody", None) is None


async def test_nobody_elses_key_is_revoked(database: Database) -> None:
    key = await furnish(database)
    assert not await database.revoke("another")
    assert await database.keys() == [key]


async def test_spending_is_told_by_model(database: Database) -> None:
    key = await furnish(database)
    await database.add_key(a_key("other"), "digest2")
    orders = [("a", "veo-3", "key"), ("b", "imagen-4", "key"), ("c", "veo-3", "key"), ("d", "veo-3", "other")]
    for id, model, who in orders:
        job = await database.admit(a_job(id, model=model, key=who), None)
        await database.commit(*delivered(job, f"file{id}"))
    await database.admit(a_job("held"), None)
    spending = await database.spending(key)
    assert spending.by_model == (("imagen-4", 1, COST), ("veo-3", 2, 2 * COST))
    assert spending.budget == Balance(posted=-3 * COST, held=COST, floor=None)
    assert spending.account == Balance(posted=1000 - 4 * COST, held=COST)


async def test_large_sums_stay_exact(database: Database) -> None:
    key = await furnish(database, money=9_000_000_000_000_000_001)
    await database.admit(a_job(held=9_000_000_000_000_000_000), None)
    assert (await database.spending(key)).account.available == 1


async def test_a_keys_jobs_come_newest_first_page_by_page(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("other"), "digest2")
    # Three of the five were made at the same moment; the id decides.
    for id, minute in (("a", 1), ("e", 3), ("c", 2), ("d", 2), ("b", 2)):
        await database.admit(a_job(id, minute=minute), None)
    await database.admit(a_job("theirs", key="other", minute=2), None)
    pages = [await database.jobs(sight_of("key"), limit=2)]
    for _ in range(3):
        pages.append(await database.jobs(sight_of("key"), limit=2, before=pages[-1][-1].id))
    assert [[job.id for job in page] for page in pages] == [["e", "d"], ["c", "b"], ["a"], []]
    assert pages[2] == [a_job("a", minute=1)]


@pytest.mark.parametrize("before", ["theirs", "nothing"])
async def test_a_page_starts_after_a_job_of_the_same_key(database: Database, before: str) -> None:
    await furnish(database)
    await database.add_key(a_key("other"), "digest2")
    await database.admit(a_job("theirs", key="other"), None)
    with pytest.raises(Problem) as refusal:
        await database.jobs(sight_of("key"), limit=10, before=before)
    assert refusal.value.kind is Kind.NOT_FOUND


async def test_who_used_a_model_lately_is_known_by_what_was_done_for_them(database: Database) -> None:
    await furnish(database)
    await database.add_key(a_key("other"), "digest of other")
    asked = [("first", "key", "imagen-4"), ("second", "key", "imagen-4"), ("third", "other", "old-name")]
    for id, key, model in [*asked, ("fourth", "key", "veo-9")]:
        job = await database.admit(a_job(id, key=key, model=model), None)
        await database.commit(*delivered(job, f"file{id}"))
    await database.admit(a_job("unfinished", model="imagen-4"), None)

    uses = await database.uses(["imagen-4", "old-name"], NOON)
    assert sorted((use.model, use.key, use.name, use.jobs) for use in uses) == [
        ("imagen-4", "key", "key's name", 2),
        ("old-name", "other", "other's name", 1),
    ]
    assert {use.last for use in uses} == {NOON + timedelta(hours=1)}
    assert await database.uses(["imagen-4"], NOON + timedelta(hours=2)) == []
    assert await database.uses([], NOON) == []
