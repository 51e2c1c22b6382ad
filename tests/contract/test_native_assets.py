"""What was delivered is found, shown small, marked, shared, packed, recognised and deleted, by its own key alone."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest
from PIL import Image

from danqing.wire.answers import assets, jobs
from serving import Answer, Server

from .calls import CENT, IMAGEN, ended, native_error, new_key
from .conftest import Film

GEMINI = "gemini-2.0-flash-preview-image-generation"


class Studio:
    """A key with four files: two of a fox, a landscape in Chinese, and an edit of the first fox."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.key = new_key(server, "studio")
        self.foxes = self.made({"model": IMAGEN, "prompt": "a red fox", "count": 2, "seed": 7, "aspect": "16:9"})
        self.hills = self.made({"model": IMAGEN, "prompt": "山水畫,遠山與竹林", "aspect": "9:16", "count": 1})
        source = f"files/{self.names(self.foxes)[0]}"
        self.edit = self.made({"model": GEMINI, "prompt": "make it blue", "pictures": [source], "wants": ["image"]})

    def made(self, body: Mapping[str, object]) -> dict[str, object]:
        job = self.ask("POST", "/api/jobs", body)
        assert job.status == 201, job.body
        return ended(self.server, str(job.json()["id"]), self.key)

    def names(self, job: Mapping[str, object]) -> list[str]:
        return [output["file"] for output in job["outputs"] if output["file"]]  # type: ignore[attr-defined, index]

    def ask(self, method: str, path: str, body: object = None, **more: object) -> Answer:
        return self.server.call(method, path, body, key=self.key, **more)  # type: ignore[arg-type]

    def found(self, query: str = "") -> set[str]:
        page = msgspec.convert(self.ask("GET", f"/api/assets?{query}").json(), assets.Assets)
        return {row.file for row in page.assets if row.file}


@pytest.fixture(scope="module")
def studio(server: Server) -> Studio:
    return Studio(server)


def test_files_are_searched_and_chosen(studio: Studio) -> None:
    foxes, [hills], [edit] = map(studio.names, (studio.foxes, studio.hills, studio.edit))
    assert studio.found() == {*foxes, hills, edit}
    assert studio.found("q=FOX+red") == set(foxes)
    assert studio.found("q=%E9%81%A0%E5%B1%B1") == {hills}
    assert studio.found("q=seed:7") >= set(foxes)
    assert studio.found(f"model={GEMINI},nobody") == {edit}
    assert studio.found("ratio=9:16") == {hills}
    assert studio.found("kind=video") == set()
    assert studio.found("since=2100-01-01") == set()
    assert studio.found(f"until={datetime.now(UTC).date() + timedelta(days=1)}") == {*foxes, hills, edit}
    first = studio.ask("GET", "/api/assets?limit=3").json()
    rest = studio.ask("GET", f"/api/assets?limit=3&before={first['next']}").json()
    assert (len(first["assets"]), len(rest["assets"]), rest["next"]) == (3, 1, None)
    assert studio.server.call("GET", "/api/assets", key=new_key(studio.server, "nosy")).json()["assets"] == []


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=x", "kind=poem", "ratio=1", "ratio=0:1", "since=soon", "starred=perhaps"),
        *("q=" + "x" * 101, "q=" + "+".join(map(str, range(9))), "board=%00", "state=asleep&", "before=%00"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(studio: Studio, query: str) -> None:
    path = "/api/jobs" if query.startswith("state") else "/api/assets"
    native_error(studio.ask("GET", f"{path}?{query}"), 400)


def test_a_file_tells_where_it_comes_from_and_what_was_made_of_it(studio: Studio) -> None:
    fox, edit = studio.names(studio.foxes)[0], studio.names(studio.edit)[0]
    source = msgspec.convert(studio.ask("GET", f"/api/assets/{fox}").json(), assets.AssetStory)
    assert (source.sources, source.used_by, source.job) == ([], [studio.edit["id"]], studio.foxes["id"])
    made = msgspec.convert(studio.ask("GET", f"/api/assets/{edit}").json(), assets.AssetStory)
    assert [row.file for row in made.sources] == [fox]
    again = studio.ask("POST", "/api/quote", source.recipe)
    assert again.json()["cost"]["nanos"] == 6 * CENT
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("PUT", "/star"),
        ("GET", "/thumbnail"),
        ("POST", "/share"),
        ("GET", "/provenance"),
    ):
        native_error(studio.server.call(method, f"/api/assets/{fox}{path}"), 404)


def test_a_thumbnail_fits_and_is_there_again(studio: Studio, film: Film) -> None:
    fox, hills = studio.names(studio.foxes)[0], studio.names(studio.hills)[0]
    for name, side, wide in ((fox, 256, True), (hills, 512, False), (fox, 512, True)):
        answer = studio.ask("GET", f"/api/assets/{name}/thumbnail?size={side}")
        small = Image.open(BytesIO(answer.body))
        assert (small.format, max(small.size), small.width > small.height) == ("WEBP", side, wide)
    same = studio.ask("GET", f"/api/assets/{fox}/thumbnail?size=512", headers={"if-none-match": answer.headers["etag"]})
    assert (same.status, same.body) == (304, b"")
    native_error(studio.ask("GET", f"/api/assets/{fox}/thumbnail?size=300"), 400)
    output = film.finished["outputs"][0]  # type: ignore[index]
    poster = Image.open(BytesIO(studio.server.call("GET", f"/api/assets/{output['file']}/thumbnail").body))
    assert poster.size == (256, 144)
    assert len(poster.convert("L").getcolors(1 << 16) or ()) > 16


def test_stars_and_boards(studio: Studio) -> None:
    fox, other = studio.names(studio.foxes)
    assert studio.ask("PUT", f"/api/assets/{fox}/star").json()["starred"]
    assert studio.found("starred=true") == {fox}
    assert studio.ask("DELETE", f"/api/assets/{fox}/star").json()["starred"] is None
    board = msgspec.convert(studio.ask("POST", "/api/boards", {"name": " best\tof "}).json(), assets.Board)
    assert board.name == "best of"
    here = f"/api/boards/{board.id}"
    assert studio.ask("POST", f"{here}/assets", {"assets": [fox, other]}).json()["assets"] == 2
    native_error(studio.ask("POST", f"{here}/assets", {"assets": [fox, "nobodys"]}), 404)
    assert studio.ask("DELETE", f"{here}/assets/{other}").json()["assets"] == 1
    assert studio.found(f"board={board.id}") == {fox}
    assert studio.ask("PATCH", here, {"name": "foxes"}).json()["name"] == "foxes"
    native_error(studio.server.call("POST", f"{here}/assets", {"assets": [fox]}), 404)
    native_error(studio.ask("POST", "/api/boards", {"name": "a\u0007b"}), 400)
    assert [row["name"] for row in studio.ask("GET", "/api/boards").json()["boards"]] == ["foxes"]
    assert studio.ask("DELETE", here).json() == {"removed": board.id}
    native_error(studio.ask("DELETE", here), 404)


def test_a_link_opens_without_a_key_until_it_is_revoked(studio: Studio) -> None:
    fox = studio.names(studio.foxes)[0]
    share = msgspec.convert(studio.ask("POST", f"/api/assets/{fox}/share", {"hours": 2}).json(), assets.Share)
    assert timedelta(hours=1) < datetime.fromisoformat(share.expires) - datetime.now(UTC) < timedelta(hours=3)
    path = share.url.removeprefix(studio.server.url)
    seen = studio.server.call("GET", path, key="")
    assert seen.body == studio.ask("GET", f"/api/files/{fox}").body
    assert (seen.headers["cache-control"], seen.headers["x-robots-tag"]) == ("private, no-cache", "noindex")
    part = studio.server.call("GET", path, key="", headers={"range": "bytes=0-3"})
    assert (part.status, part.body) == (206, seen.body[:4])
    native_error(studio.server.call("GET", path[:-1] + ("0" if path[-1] != "0" else "1"), key=""), 404)
    assert [row["id"] for row in studio.ask("GET", f"/api/assets/{fox}/shares").json()["shares"]] == [share.id]
    native_error(studio.server.call("DELETE", f"/api/shares/{share.id}"), 404)
    assert studio.ask("DELETE", f"/api/shares/{share.id}").json() == {"revoked": share.id}
    assert native_error(studio.server.call("GET", path, key=""), 404)["code"] == "link_expired"
    for hours in (0, 8761, "2"):
        native_error(studio.ask("POST", f"/api/assets/{fox}/share", {"hours": hours}), 400)


def test_several_files_come_as_one_zip(studio: Studio) -> None:
    names = [*studio.names(studio.foxes), *studio.names(studio.hills)]
    answer = studio.ask("GET", f"/api/zip?name={','.join(names)}")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.body)) as packed:
        assert packed.testzip() is None
        inside = {entry.filename.partition(".")[0]: packed.read(entry) for entry in packed.infolist()}
    assert inside == {name: studio.ask("GET", f"/api/files/{name}").body for name in names}
    native_error(studio.ask("GET", "/api/zip"), 400)
    native_error(studio.ask("GET", f"/api/zip?name={names[0]},nobodys"), 404)


def test_a_file_is_recognised_by_anybody_and_found_by_its_key(studio: Studio) -> None:
    fox = studio.names(studio.foxes)[0]
    data = studio.ask("GET", f"/api/files/{fox}").body
    mine = msgspec.convert(studio.ask("POST", "/api/recognise", data).json(), assets.Recognised)
    assert mine.asset
    assert (mine.recognised, mine.asset.file, mine.job) == (True, fox, studio.foxes["id"])
    theirs = msgspec.convert(studio.server.call("POST", "/api/recognise", data).json(), assets.Recognised)
    assert (theirs.recognised, theirs.asset, theirs.job) == (True, None, None)
    assert theirs.story
    assert (theirs.story["prompt"], theirs.story["sketch"], "key" in theirs.story) == ("a red fox", True, False)
    for recipe in (mine.recipe, theirs.recipe):
        assert recipe
        assert (recipe["prompt"], recipe["seed"], recipe["aspect"]) == ("a red fox", 7, "16:9")
        assert studio.server.call("POST", "/api/quote", recipe).status == 200
    longer = studio.ask("POST", "/api/recognise", data + b"\0").json()  # another file, with the same story
    assert (longer["asset"], longer["job"]) == (None, studio.foxes["id"])
    for other in (b"", b"\x89PNG\r\n\x1a\n", b"no picture at all"):
        told = studio.ask("POST", "/api/recognise", other).json()
        assert (told["recognised"], told["recipe"]) == (False, None)


def test_a_file_tells_what_it_carries_of_where_it_comes_from(studio: Studio) -> None:
    answer = studio.ask("GET", f"/api/assets/{studio.names(studio.foxes)[0]}/provenance")
    assert msgspec.convert(answer.json(), assets.Provenance) == assets.Provenance(signed=False, story=True)


def test_one_file_is_deleted_and_the_others_of_its_job_stay(studio: Studio) -> None:
    job = studio.made({"model": IMAGEN, "prompt": "two owls", "count": 2})
    gone, stays = studio.names(job)
    assert studio.ask("DELETE", f"/api/assets/{gone}").json() == {"deleted": gone, "job": job["id"]}
    assert native_error(studio.ask("GET", f"/api/assets/{gone}"), 404)["code"] == "file_removed"
    assert studio.found("q=owls") == {stays}
    after = msgspec.convert(studio.ask("GET", f"/api/jobs/{job['id']}").json(), jobs.Job)
    assert [bool(output.gone) for output in after.outputs] == [True, False]
    assert studio.ask("GET", f"/api/files/{stays}").status == 200
    assert studio.server.audit() == []
