"""What was made is found again, laid on a sheet, shown, and given to others."""

import os
import time
import urllib.error
import urllib.request

import pytest
from PIL import Image

from .terminal import Terminal


def test_a_picture_is_found_shown_and_given_to_others_for_some_time(terminal: Terminal) -> None:
    made = terminal.run("draw", "a teapot on a windowsill at noon", "--seed", "3", "--json").json()
    name = made["outputs"][0]["file"]
    found = terminal.run("gallery", "teapot windowsill", "--kind", "image")
    assert found.status == 0, found.err
    assert name in found.out
    assert "a teapot on a windowsill at noon" in found.out
    assert "a sketch" in found.out
    assert terminal.run("gallery", "teapot windowsill", "--kind", "video").out == "Nothing was found.\n"

    told = terminal.run("gallery", "teapot windowsill", "--sheet", "sheet.png", "--json").json()
    assert [asset["file"] for asset in told["assets"]] == [name]
    with Image.open(told["sheet"]) as sheet:
        assert len(sheet.crop((16, 16, 376, 376)).getcolors(1 << 20)) > 500, "the picture is on it"

    link = terminal.run("share", f"files/{name}", "--hours", "2", "--json").json()
    with urllib.request.urlopen(link["url"]) as seen:
        assert len(seen.read()) == made["outputs"][0]["bytes"]
    assert "opens nothing any more" in terminal.run("unshare", link["id"]).out
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(link["url"])

    shown = terminal.folder / "shown"
    program = terminal.folder / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" >> "{shown}"\n')
    program.chmod(0o755)
    seeing = Terminal(terminal.folder, {**terminal.env, "PATH": f"{terminal.folder}:{os.environ['PATH']}"})
    for wanted in (name, made["id"]):
        opened = seeing.run("open", wanted, "--json").json()
        assert opened["shown"] is True
        while not (shown.exists() and opened["saved"][0] in shown.read_text()):
            time.sleep(0.01)  # the program is not waited for


def test_what_is_not_there_is_said(terminal: Terminal) -> None:
    for words, says in (
        (("share", "nothing"), "There is no file nothing"),
        (("unshare", "nothing"), "There is no"),
        (("open", "nothing"), "There is no file nothing"),
        (("open", "a-job"), "There is no job a-job"),
        (("gallery", "--ratio", "wide"), "ratio is a width to a height"),
        (("gallery", "--sheet", "nowhere/sheet.png"), "choose another place with --sheet"),
    ):
        ended = terminal.run(*words)
        assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1), ended.err
        assert says in ended.err
