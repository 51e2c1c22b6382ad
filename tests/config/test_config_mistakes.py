"""Every mistake is told at once, with its file, its line, its setting and what to do."""

import stat
from pathlib import Path

import pytest

from danqing.config import ConfigError, check, load, look
from danqing.config.written import lines_of

FULL = """\
hots = "0.0.0.0"
port = "many"
lease = 0
public_url = "pictures.example.com"
database = "mysql://root:hush@db/x"
assets = "ftp://root:hush@host/x"
work = "perhaps"
sketch_workers = 0.5
secret = "short"
secret_file = "nowhere"
data = "/srv"

[keep_days]
flims = 3
inputs = "long"

[upstreams]
lonely = 3

[upstreams.google]
kym = "x"
poll_s = 0
base_url = "ftp"
key_env = "NOPE"
weight = -1
deadline_s = "soon"

[upstreams.x]
kind = "gogle"

[upstreams.sketch]

[upstreams.y]
kind = "openai"
key_file = "nowhere"
key_env = 3
"""
TOLD = """\
1: hots is not a setting; did you mean host?
2: port must be a whole number from 0 to 65535.
3: lease must be 1 to 3600 seconds.
4: public_url must be an address such as https://pictures.example.com.
5: database must be sqlite:///path/to/file or postgresql://user@host/name.
6: assets must be a path, or s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.
7: work must be true or false.
8: sketch_workers must be a whole number from 1 to 256.
9: secret must be 64 hexadecimal digits, such as `openssl rand -hex 32` prints.
10: secret_file and secret cannot both be set.
11: data is for a file that DANQING_CONFIG names; this one is in it.
14: keep_days is set for pictures, films, inputs, and not for 'flims'.
18: upstreams.lonely must be a table of its own, [upstreams.NAME].
21: upstreams.google.kym is not a setting; did you mean key?
22: upstreams.google.poll_s must be more than 0 and at most 60 seconds.
23: upstreams.google.base_url must be an address such as https://api.example.com/v1.
24: upstreams.google.key_env names NOPE, which is not set in the environment.
25: upstreams.google.weight must be 0 or more.
26: upstreams.google.deadline_s is wrong: expected `int | null`, got `str`.
29: upstreams.x.kind is wrong: there is no kind of upstream called 'gogle'.
31: upstreams.sketch.kind cannot be the embedded engine; test keys are served by it as it is.
36: upstreams.y.key_env must be a name, or a list of names.
"""


def told(data: Path, text: str, env: dict[str, str] | None = None, *, keys: bool = True) -> list[str]:
    """All mistakes in a danqing.toml, without the name of the file."""
    (data / "danqing.toml").write_text(text)
    (data / "danqing.toml").chmod(0o600)
    found = look(data=data, env=env or {})
    check(found, keys=keys, env=env or {})
    return [str(mistake).removeprefix(f"{data}/danqing.toml:") for mistake in found.mistakes]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    assert told(tmp_path, FULL) == TOLD.splitlines()


def test_a_server_is_told_all_that_is_not_about_upstreams(tmp_path: Path) -> None:
    (tmp_path / "danqing.toml").write_text("port = -1\nhots = 1")
    with pytest.raises(ConfigError) as raised:
        load(data=tmp_path, env={})
    assert len(str(raised.value).splitlines()) == 2


def test_a_variable_is_told_by_its_name_and_a_stranger_only_mentioned(tmp_path: Path) -> None:
    env = {"DANQING_PORT": "tcp://10.0.0.1:80", "DANQING_PROT": "1", "DANQING_SERVICE_HOST": "somebody else's"}
    found = look(data=tmp_path, env=env)
    assert [(str(mistake), mistake.grave) for mistake in found.mistakes] == [
        ("environment: DANQING_PORT must be a whole number from 0 to 65535.", True),
        ("environment: DANQING_PROT is not a setting; did you mean DANQING_PORT?", False),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"port = = 1", "is not TOML: Invalid value (at line 1, column 8)."),
        (b"# caf\xe9", "is not TOML: it is not UTF-8."),
    ],
)
def test_a_file_that_is_no_toml(tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "danqing.toml").write_bytes(text)
    assert [str(mistake) for mistake in look(data=tmp_path, env={}).mistakes] == [f"{tmp_path}/danqing.toml {says}"]


def test_a_file_that_is_named_and_not_there(tmp_path: Path) -> None:
    [mistake] = look(env={"DANQING_CONFIG": str(tmp_path / "none.toml")}).mistakes
    assert str(mistake) == f"environment: DANQING_CONFIG names a file that is not there: {tmp_path}/none.toml."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "upstreams.google.key_file names a file that cannot be read: {data}/keys."),
        ("\n \n", "upstreams.google.key_file names a file without a key: {data}/keys."),
        ("not a key", "upstreams.google.key_file leads to something that is no key: it has spaces, or is too long."),
    ],
)
def test_a_file_of_keys_that_has_none(tmp_path: Path, content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / "keys").write_text(content)
    assert told(tmp_path, '[upstreams.google]\nkey_file = "keys"') == [f"2: {says.format(data=tmp_path)}"]


def test_a_file_that_is_not_named_in_words_is_one_mistake(tmp_path: Path) -> None:
    assert told(tmp_path, "secret_file = 3") == ["1: secret_file must be text in quotation marks."]


def test_without_keys_nobody_looks_for_them(tmp_path: Path) -> None:
    assert told(tmp_path, '[upstreams.google]\nkey_env = "NOPE"', keys=False) == []


def test_a_key_in_a_file_that_others_can_read_is_mentioned(tmp_path: Path) -> None:
    (tmp_path / "danqing.toml").write_text('[upstreams.google]\nkey = "AIza-secret"')
    (tmp_path / "danqing.toml").chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IROTH)
    [mistake] = look(data=tmp_path, env={}).mistakes
    assert not mistake.grave
    assert "others can read it; chmod 600" in str(mistake)
    assert "AIza" not in str(mistake)


def test_lines_are_found_wherever_toml_puts_a_setting() -> None:
    text = "\n".join(
        [
            "# comment",  # 1
            "a.b = 1 # dotted",  # 2
            's = """',  # 3
            "a = 2",  # 4, inside of a text
            '"""',  # 5
            "list = [",  # 6
            "  1,",  # 7
            "]",  # 8
            "inline = {x = 1, y = 2}",  # 9
            "",  # 10
            "[t]",  # 11
            '"quoted name" = 1',  # 12
            "[t.u]",  # 13
            "v = 1",  # 14
            "[a.c]",  # 15
        ]
    )
    assert lines_of(text) == {
        ("a",): 2,
        ("a", "b"): 2,
        ("s",): 3,
        ("list",): 6,
        ("inline",): 9,
        ("inline", "x"): 9,
        ("inline", "y"): 9,
        ("t",): 11,
        ("t", "quoted name"): 12,
        ("t", "u"): 13,
        ("t", "u", "v"): 14,
        ("a", "c"): 15,
    }
    assert lines_of(text.replace("\n", "\r\n")) == lines_of(text)
