"""A batch file is read as what it asks for, and whatever is odd in it is told with its line."""

import pytest

from danqing.cli.rows import read
from danqing.domain.errors import Problem


def names(text: str) -> list[str]:
    return [row.name for row in read(text, "b.csv", model="m")]


def test_rows_are_requests_and_a_row_goes_before_what_is_usual() -> None:
    text = 'prompt,model,seconds,aspect,seed\n"a fox, red",,8,16:9,\n狐,veo,,,7\n'
    rows = read(text, "b.csv", model="m")
    assert [row.request for row in rows] == [
        {"model": "m", "prompt": "a fox, red", "seconds": 8, "aspect": "16:9"},
        {"model": "veo", "prompt": "狐", "seed": 7},
    ]
    assert [row.line for row in rows] == [2, 3]


def test_a_template_takes_its_variables_from_the_columns() -> None:
    rows = read("subject,place\na {place},Rome\n", "b.csv", model="m", template="{subject} in {place}")
    assert rows[0].request["prompt"] == "a {place} in Rome", "what was put in is not looked through again"


def test_a_row_keeps_its_name_wherever_it_stands_and_two_that_are_alike_are_two() -> None:
    fox, cat = names("prompt\nfox\ncat\n")
    assert names("prompt\ndog\ncat\nfox\n")[1:] == [cat, fox]
    first, second = names("prompt\nfox\nfox\n")
    assert (first, second != fox) == (fox, True)
    assert [row.name for row in read("prompt\nfox\n", "other.csv", model="m")] != [fox]


@pytest.mark.parametrize(
    ("text", "template", "says"),
    [
        ("", "", "Line 1 has no column 'prompt'"),
        ("prompt\n", "", "Line 1 is the only one"),
        ("prompt,prompt\na,b\n", "", "twice"),
        ("prompt,style\na,b\n", "", "'style' that nothing is done with"),
        ("prompt,subject\na,b\n", "{subject}", "'prompt' that nothing is done with"),
        ("place\nb\n", "{subject}", "no column 'subject'"),
        ("prompt,seed\na,1\nb,one\n", "", "Line 3 has 'one' as seed"),
        ("prompt,seed\na\n", "", "Line 2 does not have as many cells"),
        ("prompt\na,b\n", "", "Line 2 does not have as many cells"),
        ("prompt,seed\n,1\n", "", "Line 2 has no prompt"),
        ('prompt\n"a"b\n', "", "is no CSV"),
    ],
)
def test_what_is_odd_is_told_with_its_line(text: str, template: str, says: str) -> None:
    with pytest.raises(Problem) as caught:
        read(text, "b.csv", model="m", template=template)
    assert says in caught.value.message
