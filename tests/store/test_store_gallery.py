"""Delivered files are found by words of any script, by kind, shape and day, on both databases, by their key alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from danqing.domain.errors import Problem
from danqing.domain.gallery import AssetSearch, Board, JobSearch, Share, terms_of
from danqing.domain.generation import Generation, Output, Turn
from danqing.domain.jobs import Finished, Job, Produced, Started, State
from danqing.domain.media import Blob, Medium
from danqing.domain.sight import Sight, sight_of
from danqing.domain.usage import By, Spent
from danqing.store import Database
from danqing.store.gallery import Shelves

from .samples import COST, NOON, PICTURE, a_job, a_key, after, an_output, furnish

MINE, THEIRS = sight_of("key"), sight_of("another")
LATER = NOON + timedelta(hours=2)
FOX, HILLS, FILM = "a red fox, ＦＵＬＬ width", "山水畫,遠山與竹林", "a kite"


def asking(prompt: str, job: Job, medium: Medium = Medium.IMAGE) -> Job:
    generation = Generation(model=job.generation.model, turns=(Turn("user", (prompt,)),), wants=frozenset({medium}))
    return replace(job, generation=replace(generation, aspect="16:9", knobs=(("guidanceScale", 7.5),)))


async def deliver(database: Database, job: Job, *outputs: Output) -> Job:
    job = await database.admit(job, None)
    done, transfers = after(job, Started(), *map(Produced, outputs), Finished())
    assert await database.commit(done, transfers)
    return done


@pytest.fixture
async def shelves(database: Database) -> Shelves:
    """Three files of one key: a fox, a landscape, and a film of another model, an hour apart."""
    await furnish(database)
    fox, hills = a_job("j1"), a_job("j2", minute=60)
    kite = a_job("j3", model="veo-2", minute=120)
    await deliver(database, asking(FOX, fox), replace(an_output("fox"), width=1600, height=900))
    tall = replace(an_output("hills"), width=900, height=1600, drawn=("bamboo",))
    await deliver(database, asking(HILLS, hills), tall)
    film = Output(medium=Medium.VIDEO, blob=Blob("cd" * 32, 9, "video/mp4"), file="kite", width=1280, height=720)
    await deliver(database, asking(FILM, kite, Medium.VIDEO), film)
    return database.shelves()


async def names(shelves: Shelves, search: AssetSearch, sight: Sight = MINE) -> set[str]:
    return {row.output.file for row in await shelves.assets(sight, search, limit=50)}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"fox", "hills", "kite"}),
        ("FOX", {"fox"}),
        ("full red", {"fox"}),  # both words, in any order, full-width letters as others
        ("fox 山水", set()),
        ("遠山", {"hills"}),
        ("竹", {"hills"}),
        ("aspect:16:9", {"fox", "hills", "kite"}),
        ("guidancescale:7.5 kite", {"kite"}),
        ("100%", set()),  # no pattern
        ("_", set()),
    ],
)
async def test_words_are_found(shelves: Shelves, query: str, found: set[str]) -> None:
    assert await names(shelves, AssetSearch(terms=terms_of(query))) == found
    assert await names(shelves, AssetSearch(terms=terms_of(query)), THEIRS) == set()


async def test_files_are_chosen_by_what_they_are(shelves: Shelves) -> None:
    assert await names(shelves, AssetSearch(medium=Medium.VIDEO)) == {"kite"}
    assert await names(shelves, AssetSearch(models=frozenset({"imagen-4", "x"}))) == {"fox", "hills"}
    assert await names(shelves, AssetSearch(ratio=(16, 9))) == {"fox", "kite"}
    assert await names(shelves, AssetSearch(ratio=(9999, 9998))) == set()
    assert await names(shelves, AssetSearch(since=LATER)) == set()
    assert await names(shelves, AssetSearch(until=LATER)) == {"fox", "hills", "kite"}
    assert await shelves.star(MINE, "fox", NOON)
    assert not await shelves.star(THEIRS, "hills", NOON)
    assert await names(shelves, AssetSearch(starred=True)) == {"fox"}
    assert await names(shelves, AssetSearch(starred=False)) == {"hills", "kite"}


async def test_pages_follow_each_other_and_what_comes_meanwhile_moves_nothing(
    shelves: Shelves, database: Database
) -> None:
    seen, before = [], None
    while page := await shelves.assets(MINE, AssetSearch(), limit=1, before=before):
        seen.append(page[0].output.file)
        before = seen[-1]
        if len(seen) == 1:
            await deliver(database, a_job("new", minute=500), an_output("new"))
    assert sorted(seen) == ["fox", "hills", "kite"]
    with pytest.raises(Problem):
        await shelves.assets(THEIRS, AssetSearch(), limit=1, before="fox")


async def test_boards_hold_the_key_s_own_files(shelves: Shelves) -> None:
    await shelves.add_board(Board(id="b", key="key", name="best", created=NOON))
    assert await shelves.pin(MINE, "b", ["fox", "kite"], NOON)
    assert await shelves.pin(MINE, "b", ["fox"], NOON)  # it is there
    assert not await shelves.pin(MINE, "b", ["hills", "nobody's"], NOON)
    assert not await shelves.pin(THEIRS, "b", ["fox"], NOON)
    assert await names(shelves, AssetSearch(board="b")) == {"fox", "kite"}
    fox = await shelves.asset(MINE, "fox")
    assert fox
    assert fox.boards == ("b",)
    assert await shelves.unpin(MINE, "b", ["fox"])
    assert await shelves.rename_board(MINE, "b", "very best")
    assert [(board.name, board.assets) for board in await shelves.boards(MINE)] == [("very best", 1)]
    assert not await shelves.remove_board(THEIRS, "b")
    assert await shelves.remove_board(MINE, "b")
    assert await shelves.boards(MINE) == []


async def test_a_link_ends_with_its_time_its_key_or_its_owner_s_word(shelves: Shelves, database: Database) -> None:
    share = Share(id="s", key="key", file="fox", created=NOON, expires=LATER)
    await shelves.add_share(share)
    await shelves.add_share(replace(share, id="t"))
    found = await shelves.shared("s", NOON)
    assert found
    assert (found[0], found[1].id) == (share, "j1")
    assert await shelves.shared("s", LATER) is None
    assert not await shelves.unshare(THEIRS, "s")
    assert await shelves.unshare(MINE, "s")
    assert await shelves.shared("s", NOON) is None
    assert [row.id for row in await shelves.shares(MINE, "fox", NOON)] == ["t"]
    await database.revoke("key")
    assert await shelves.shared("t", NOON) is None


async def test_what_a_file_was_made_from_and_what_was_made_of_it(shelves: Shelves, database: Database) -> None:
    await deliver(database, a_job("edit", minute=9), replace(an_output("edited"), blob=Blob("ef" * 32, 1, "image/png")))
    lineage = await shelves.lineage(MINE, {PICTURE.sha256, "nothing"}, PICTURE.sha256, limit=9)
    assert lineage.sources == {PICTURE.sha256: "fox"}
    assert lineage.jobs == ("edit",)
    same = await shelves.same(MINE, "ef" * 32)
    assert same
    assert same.output.file == "edited"


async def test_jobs_are_chosen(shelves: Shelves, database: Database) -> None:
    await database.admit(a_job("waits", minute=200), None)

    async def found(**search: object) -> list[str]:
        rows = await database.jobs(MINE, limit=9, search=JobSearch(**search))  # type: ignore[arg-type]
        return [job.id for job in rows]

    assert await found(medium=Medium.VIDEO) == ["j3"]
    assert await found(states=frozenset({State.QUEUED, State.FAILED})) == ["waits"]
    assert await found(models=frozenset({"veo-2"})) == ["j3"]
    assert await found(since=NOON + timedelta(minutes=60), until=NOON + timedelta(minutes=120)) == ["j2"]
    newest = await found()
    assert await found(oldest_first=True) == newest[::-1]
    rows = await database.jobs(MINE, limit=1, before="j2", search=JobSearch(oldest_first=True))
    assert [job.id for job in rows] == ["j3"]
    rows = await database.jobs(MINE, limit=1, before="j3", search=JobSearch(medium=Medium.IMAGE))
    assert [job.id for job in rows] == ["j2"]


async def test_every_figure_is_the_sum_of_its_lines(shelves: Shelves, database: Database) -> None:
    await database.add_key(a_key("other"), "other digest")
    await deliver(database, a_job("theirs", key="other"), an_output("theirs"))
    statements = database.statements()
    figures = await statements.figures(Spent(), [By.DAY, By.KEY, By.MODEL], limit=9)
    told = [(figure.day, figure.key, figure.model, figure.jobs, figure.charged) for figure in figures]
    day = NOON.date()
    free = (day, "key", "veo-2", 1, 0)  # a film at the price of pictures alone
    assert told == [(day, "key", "imagen-4", 2, 2 * COST), free, (day, "other", "imagen-4", 1, COST)]
    for figure in figures:
        lines = await statements.entries(Spent(sight=sight_of(figure.key or ""), model=figure.model), limit=99)
        assert sum(line.charged for line in lines) == figure.charged
    assert [figure.jobs for figure in await statements.figures(Spent(sight=MINE), [By.PROJECT], limit=9)] == [3]
    assert await statements.figures(Spent(project="nobody's"), [By.DAY], limit=9) == []
    accounts = {line.account for line in await statements.entries(Spent(), limit=99)}
    for account in accounts:
        assert {line.account for line in await statements.entries(Spent(account=account), limit=99)} == {account}
    assert await statements.figures(Spent(account="nobody's"), [By.DAY], limit=9) == []
    newest = await statements.entries(Spent(), limit=1)
    older = await statements.entries(Spent(), limit=99, before=newest[0].id)
    assert newest[0].id not in {line.id for line in older}
    assert [line.phase.value for line in newest] == ["fund"]  # it came by the clock of today
    with pytest.raises(Problem):
        await statements.entries(Spent(sight=sight_of("other")), limit=1, before="j1:hold")


async def test_a_new_secret_opens_and_the_old_one_for_as_long_as_it_may(database: Database) -> None:
    await furnish(database)
    now = NOON.replace(year=2100)
    assert await database.rotate_key("key", ("second", "hint"), now)
    for digest in ("digest", "second"):
        key = await database.key(digest)
        assert key
        assert (key.id, key.hint) == ("key", "hint")
    assert await database.rotate_key("key", ("third", "hint"), None)
    assert [bool(await database.key(digest)) for digest in ("digest", "second", "third")] == [False, False, True]
    renamed = await database.rename_key("key", "another name")
    assert renamed
    assert renamed.name == "another name"
    assert await database.rotate_key("nobody", ("x", "x"), None) is None
    [key] = await database.keys()
    assert key.last_used is None
    await database.admit(a_job(), None)
    [key] = await database.keys()
    assert key.last_used == NOON
