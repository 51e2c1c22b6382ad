"""What /studio sends: a page that loads nothing from outside, files kept for ever, and word of a build without npm."""

import gzip
import re
from pathlib import Path

import pytest

import danqing.studio
from danqing.dialects.studio import takes_gzip
from danqing.studio import VENDOR, available, load
from serving import Server

SOURCE = Path(danqing.studio.__file__).parent
LINK = re.compile(r'(?:src|href)="([^"]+)"')
IMPORT = re.compile(r"""(?:^(?:import|export)\b[^;"']*?\bfrom\s*|\bimport\s*\(\s*)["']([^"']+)["']""", re.MULTILINE)
BUILT = pytest.mark.skipif(not available(), reason="npm was out of reach when this was built: there is no studio")


@BUILT
def test_the_page_names_files_that_are_there_and_kept_for_ever(server: Server) -> None:
    page = server.call("GET", "/studio", key="")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-cache"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    text = page.body.decode()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", text), "nothing is inline"
    links = LINK.findall(text)
    assert len(links) > 10
    for link in links:
        file = server.call("GET", link, key="")
        assert file.status == 200, link
        assert "immutable" in file.headers["cache-control"]
        assert file.headers["x-content-type-options"] == "nosniff"
        again = server.call("GET", link, key="", headers={"if-none-match": file.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
    assert server.call("GET", "/studio/", key="").body == page.body
    assert server.call("GET", "/studio", key="", headers={"if-none-match": page.headers["etag"]}).status == 304


@BUILT
def test_text_is_sent_small_to_whoever_takes_it(server: Server) -> None:
    build = load().build
    for path, small in (("", True), (f"/{build}/app.js", True), (f"/{build}/vendor/inter-400.woff2", False)):
        plain = server.call("GET", f"/studio{path}", key="")
        packed = server.call("GET", f"/studio{path}", key="", headers={"accept-encoding": "br, gzip;q=0.5"})
        assert "content-encoding" not in plain.headers
        if not small:
            assert (packed.body, packed.headers["etag"]) == (plain.body, plain.headers["etag"])
            continue
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert int(packed.headers["content-length"]) == len(packed.body) < len(plain.body)
        assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert packed.headers["content-type"] == plain.headers["content-type"]
        assert packed.headers["etag"] != plain.headers["etag"], "each form has a strong tag of its own"
        for headers, told in (({"accept-encoding": "gzip"}, packed), ({}, plain)):
            known = {**headers, "if-none-match": told.headers["etag"]}
            assert server.call("GET", f"/studio{path}", key="", headers=known).status == 304


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=1.0", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("br, *;q=0", False),
        ("*;q=0, gzip;q=0.1", True),
    ],
)
def test_gzip_is_sent_only_where_it_is_taken(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


def test_other_builds_and_other_files_are_not_there(server: Server) -> None:
    build = load().build
    for path in (f"{build[::-1]}/app.js", f"{build}/none.js", f"{build}/../__init__.py", f"{build}/__init__.py", build):
        answer = server.call("GET", f"/studio/{path}", key="")
        assert (answer.status, answer.json()["error"]["kind"]) == (404, "not_found"), path


@BUILT
def test_every_module_finds_what_it_imports_and_nothing_is_from_outside() -> None:
    files = load().files
    modules = (name for name in files if name.endswith(".js") and not name.startswith("words/"))
    scripts = {name: files[name].data.decode() for name in modules}
    for name, text in scripts.items():
        for target in IMPORT.findall(text):
            assert target.startswith("."), f"{name} imports {target}"
            assert str((SOURCE / name).parent.joinpath(target).resolve().relative_to(SOURCE)) in files, target
    for name, file in files.items():
        if name.endswith((".js", ".css")) and not name.startswith(VENDOR):
            assert not re.search(r"https?://|\binnerHTML\b|dangerously|\beval\(", file.data.decode()), name


@BUILT
def test_the_licences_of_the_libraries_are_with_them() -> None:
    told = load().files[f"{VENDOR}/LICENCES.txt"].data.decode()
    for holder in ("Jason Miller", "Preact Team", "Apache License", "The Inter Project Authors"):
        assert holder in told


@BUILT
def test_little_is_loaded_before_anything_is_seen() -> None:
    """All that the page names, and the words of one language; what other rooms need comes when they are entered."""
    studio = load()
    links = re.findall(
        r'<link rel="(?:modulepreload|stylesheet)" href="/studio/\w+/([^"]+)"', studio.page.data.decode()
    )
    code = sum(len(studio.files[name].data) for name in (*links, "words/zh-Hant.js"))
    assert 60 << 10 < code < 150 << 10


def test_a_build_without_npm_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(danqing.studio, "available", lambda: False)
    bare = load.__wrapped__()
    assert not bare.complete
    assert b"python build_pack.py" in bare.page.data
    assert b"<script" not in bare.page.data
