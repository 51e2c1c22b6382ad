"""What a program makes with `import danqing`: a server is asked as its user would, and the results are opened."""

import asyncio
import io
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from danqing import AsyncClient, Client, Kind, Problem
from danqing.client import assets
from danqing.domain.jobs import State
from serving import Server

PICTURES = "imagen-4.0-generate-001"


@pytest.fixture
def client(server: Server) -> Client:
    with Client(server.url, server.key) as client:
        yield client


def test_pictures_are_made_saved_and_changed(client: Client, tmp_path: Path) -> None:
    made = client.images.generate("a red fox in the snow", model=PICTURES, count=2, seed=7)
    assert [path.name for path in made.save(tmp_path / "fox.png")] == ["fox.png", "fox-2.png"]
    assert [path.name for path in made.save(tmp_path)] == ["a-red-fox-in-the-snow-1.png", "a-red-fox-in-the-snow-2.png"]
    with Image.open(tmp_path / "fox.png") as saved, Image.open(io.BytesIO(made.bytes())) as held:
        assert saved.size == held.size == (made[0].told.width, made[0].told.height)
    assert (made.job.charged.usd, made.job.parameters["seed"], made.job.sketch) == ("0.08", 7, True)
    edited = client.images.edit(made[0], "make it night", seed=3)
    assert edited[0].save(tmp_path / "night.png") == tmp_path / "night.png"
    assert edited.job.parameters["pictures"] == 1
    assert edited.job.advised, "the server has chosen the model, and says why"
    given = [made[0].told, tmp_path / "fox.png", str(tmp_path / "fox.png"), made.bytes(), f"files/{made[0].name}"]
    for picture in given:
        assert client.quote("make it night", pictures=[picture]).parameters["pictures"] == 1
    with Image.open(tmp_path / "night.png") as night, Image.open(tmp_path / "fox.png") as fox:
        assert _brightness(night) < _brightness(fox)


def test_what_was_made_is_found_marked_shown_to_others_and_taken_away(client: Client, tmp_path: Path) -> None:
    made = client.images.generate("an 鯨魚 whale under a bridge", model=PICTURES, seed=11)
    name = made[0].name
    assert [asset.file for asset in client.assets.search("whale 鯨魚", kind="image")] == [name]
    assert list(client.assets.search("whale", kind="video")) == []
    story = client.assets.get(name)
    assert (story.prompt, story.recipe["seed"], story.job) == (made.job.prompt, 11, made.job.id)
    with Image.open(io.BytesIO(client.assets.thumbnail(name))) as small:
        assert (small.format, max(small.size)) == ("WEBP", 256)
    assert client.assets.star(name).starred
    assert [asset.file for asset in client.assets.search(starred=True, limit=1)] == [name]
    assert client.assets.star(name, on=False).starred is None
    assert client.assets.file(story).save(tmp_path).name == "an-鯨魚-whale-under-a-bridge-1.png"
    link = client.assets.share(name, hours=2)
    assert [each.id for each in client.assets.shares(name)] == [link.id]
    with urllib.request.urlopen(link.url) as seen:  # no key is needed
        assert len(seen.read()) == story.bytes
    client.assets.unshare(link.id)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(link.url)
    assert "done" in [moment.what for moment in client.jobs.timeline(made.job.id)]
    client.assets.delete(name)
    with pytest.raises(Problem) as caught:
        made[0].bytes()
    assert caught.value.code == "file_removed"


def test_a_long_gallery_comes_page_by_page(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    client.images.generate("the lighthouse ledger", model=PICTURES, count=3)
    monkeypatch.setattr(assets, "PAGE", 2)
    assert len({asset.file for asset in client.assets.search("lighthouse ledger")}) == 3
    assert len(list(client.assets.search("lighthouse ledger", limit=1))) == 1


def test_a_film_is_followed_until_it_is_there(client: Client, tmp_path: Path) -> None:
    job = client.videos.generate("a red fox hops", model="veo-2.0-generate-001", seconds=5, deadline=120)
    assert job.state is not State.DONE
    seen = [told.progress for told in job]
    assert seen == sorted(seen)
    assert seen[-1] == job.progress == 1.0
    film = job.wait()
    (path,) = film.save(tmp_path / "fox.mp4")
    assert path.read_bytes()[4:8] == b"ftyp"
    assert path.stat().st_size == film[0].told.bytes
    found = client.jobs.get(job.id)
    assert found.wait()[0].told == film[0].told
    assert job.id in [each.id for each in client.jobs.list(limit=5)]


def test_a_job_is_cancelled_and_says_so(client: Client) -> None:
    job = client.videos.generate("[danqing:slow=60] a red fox", model="veo-2.0-generate-001")
    assert job.cancel().state is State.CANCELLED
    with pytest.raises(Problem) as caught:
        job.wait()
    assert caught.value.kind is Kind.CANCELLED


def test_the_same_word_is_the_same_job(client: Client) -> None:
    first = client.images.generate("a red fox", model=PICTURES, once="fox of the day")
    again = client.images.generate("a red fox", model=PICTURES, once="fox of the day")
    assert first.job.id == again.job.id
    with pytest.raises(Problem) as caught:
        client.images.generate("a blue fox", model=PICTURES, once="fox of the day")
    assert caught.value.kind is Kind.MISMATCH


def test_what_is_refused_is_a_problem_with_the_words_of_the_server(client: Client, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="1 to 4") as caught:
        client.images.generate("a red fox", model=PICTURES, count=9)
    assert (caught.value.kind, caught.value.param) == (Kind.INVALID, "count")
    with pytest.raises(Problem, match=r"at most \$0.01") as caught:
        client.images.generate("a red fox", model=PICTURES, max_cost=0.01)
    assert caught.value.code == "max_cost_exceeded"
    with pytest.raises(Problem, match=r"nowhere.png cannot be read"):
        client.images.edit(tmp_path / "nowhere.png", "make it night")
    with pytest.raises(Problem, match="unknown field `colour`"):
        client.images.generate("a red fox", colour="red")
    with pytest.raises(Problem, match="filtered"):
        client.images.generate("[danqing:filtered] a cat", model=PICTURES)


def test_money_is_told_before_and_after(client: Client) -> None:
    quote = client.quote("a red fox", model=PICTURES, count=3)
    assert (quote.cost.usd, quote.affordable, quote.test) == ("0.12", True, True)
    assert client.quote("a red fox", film=True).cost.nanos > 0
    assert PICTURES in [model.id for model in client.models()]
    assert client.usage().key.test


def test_several_are_asked_at_once_in_a_loop_of_ones_own(server: Server) -> None:
    async def main() -> list[str]:
        async with AsyncClient(server.url, server.key) as client:
            quotes = (client.quote("foxes", model=PICTURES, count=count) for count in (1, 2, 3))
            return [quote.cost.usd for quote in await asyncio.gather(*quotes)]

    assert asyncio.run(main()) == ["0.04", "0.08", "0.12"]


def test_without_a_name_it_is_the_server_of_this_machine(server: Server) -> None:
    with Client.local(server.data) as client:
        assert client.usage().key.test


def test_a_server_that_is_not_named_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DANQING_URL", raising=False)
    with pytest.raises(Problem, match=r"set DANQING_URL and DANQING_KEY, or use Client.local\(\)"):
        Client()


def test_who_asks_a_server_loads_no_server() -> None:
    """`import danqing` is cheap, and the client brings none of a server's own parts."""
    seen = "import sys; {}; print(*sorted({{'aiohttp', 'dbos', 'fastapi', 'numpy', 'sqlalchemy'}} & {{*sys.modules}}))"
    for work, loaded in (("import danqing; danqing.__version__", ""), ("from danqing import Client", "aiohttp")):
        run = subprocess.run([sys.executable, "-c", seen.format(work)], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == loaded


def _brightness(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.convert("L")).mean[0]
