"""Imagen's and Veo's calls as clients send them, in every spelling, and back."""

import msgspec
import pybase64
import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Person, Turn
from danqing.domain.media import Medium
from danqing.wire import google

from .samples import PICTURE, PICTURE_64, blob_of, jpeg, sent

IMAGEN = "imagen-3.0-generate-002"
VEO = "veo-3.0-generate-preview"


def predict(text: str) -> Generation:
    return google.read_predict(IMAGEN, text.encode()).generation


def film(text: str) -> Generation:
    return google.read_long_running(VEO, text.encode()).generation


def test_the_request_of_generate_images() -> None:
    body = b'{"instances":[{"prompt":"A minimalist logo"}],"parameters":{"sampleCount":1,"aspectRatio":"1:1"}}'
    assert google.read_predict(IMAGEN, body) == google.Ask(
        Generation(
            model=IMAGEN,
            turns=(Turn("user", ("A minimalist logo",)),),
            wants=frozenset({Medium.IMAGE}),
            count=1,
            aspect="1:1",
        )
    )


def test_no_parameters_leave_everything_to_the_model() -> None:
    assert predict('{"instances":[{"prompt":"a cat"}]}') == Generation(
        model=IMAGEN, turns=(Turn("user", ("a cat",)),), wants=frozenset({Medium.IMAGE})
    )


def test_every_parameter_of_imagen() -> None:
    body = """{"instances":[{"prompt":"p"}],"labels":{"team":"a"},"parameters":{"sampleCount":2,
      "aspectRatio":"16:9","personGeneration":"ALLOW_ADULT","guidanceScale":7.5,"safetySetting":"BLOCK_ONLY_HIGH",
      "includeSafetyAttributes":true,"includeRaiReason":true,"language":"en","sampleImageSize":"2k","seed":7,
      "outputOptions":{"mimeType":"image/jpeg","compressionQuality":80,"new":1},"negativePrompt":"rain",
      "addWatermark":false,"enhancePrompt":true,"storageUri":"gs://b/o"}}"""
    assert google.read_predict(IMAGEN, body.encode()) == google.Ask(
        Generation(
            model=IMAGEN,
            turns=(Turn("user", ("p",)),),
            wants=frozenset({Medium.IMAGE}),
            count=2,
            aspect="16:9",
            size="2K",
            seed=7,
            person=Person.ADULT,
            negative="rain",
            mime="image/jpeg",
            quality=80,
            knobs=(
                ("guidanceScale", 7.5),
                ("safetySetting", "BLOCK_ONLY_HIGH"),
                ("includeSafetyAttributes", True),
                ("language", "en"),
                ("addWatermark", False),
                ("enhancePrompt", True),
                ("storageUri", "gs://b/o"),
                ("outputOptions.new", 1),
                ("labels", '{"team":"a"}'),
            ),
        ),
        with_reasons=True,
    )


@pytest.mark.parametrize(
    "parameters",
    [
        '{"sampleCount":4,"sampleImageSize":"1K","negativePrompt":"x"}',
        '{"sample_count":"4","sample_image_size":"1k","negative_prompt":"x"}',
        '{"numberOfImages":4.0,"imageSize":"1K","negativePrompt":"x"}',
        '{"number_of_images":4,"image_size":"1k","negativePrompt":"x","seed":null}',
    ],
)
def test_parameters_in_all_their_spellings(parameters: str) -> None:
    generation = predict(f'{{"instances":[{{"prompt":"p"}}],"parameters":{parameters}}}')
    assert (generation.count, generation.size, generation.negative, generation.knobs) == (4, "1K", "x", ())


@pytest.mark.parametrize(
    ("word", "person"),
    [
        ("DONT_ALLOW", Person.NONE),
        ("dont_allow", Person.NONE),
        ("Allow_Adult", Person.ADULT),
        ("allow_all", Person.ALL),
        ("ALLOW_NONE", Person.NONE),
    ],
)
def test_people_in_any_letter_case(word: str, person: Person) -> None:
    body = f'{{"instances":[{{"prompt":"p"}}],"parameters":{{"personGeneration":"{word}"}}}}'
    assert (predict(body).person, film(body).person) == (person, person)


def test_the_document_s_request_for_a_film() -> None:
    assert film(
        """{"instances": [{"prompt": "A cat playing with a ball"}], "parameters": {"numberOfVideos": 1,
        "durationSeconds": 8, "aspectRatio": "16:9", "personGeneration": "dont_allow"}}"""
    ) == Generation(
        model=VEO,
        turns=(Turn("user", ("A cat playing with a ball",)),),
        wants=frozenset({Medium.VIDEO}),
        count=1,
        seconds=8,
        aspect="16:9",
        person=Person.NONE,
    )


@pytest.mark.parametrize("seconds", ["8", '"8"', '"8s"', '"8.0s"', "8.0"])
def test_seconds_in_all_their_spellings(seconds: str) -> None:
    assert film(f'{{"instances":[{{"prompt":"p"}}],"parameters":{{"durationSeconds":{seconds}}}}}').seconds == 8


def test_vertex_parameters_of_a_film() -> None:
    generation = film(
        """{"instances":[{"prompt":"p","cameraControl":"pan"}],"parameters":{"resolution":"1080P","seed":"5",
        "generateAudio":true,"fps":24,"enhancePrompt":false,"resizeMode":"CROP"}}"""
    )
    assert (generation.size, generation.seed) == ("1080p", 5)
    assert generation.knobs == (
        ("generateAudio", True),
        ("fps", 24),
        ("enhancePrompt", False),
        ("resizeMode", "CROP"),
        ("cameraControl", "pan"),
    )


PICTURE_URLSAFE = pybase64.urlsafe_b64encode(PICTURE).decode().rstrip("=")


@pytest.mark.parametrize(
    "image",
    [
        f'{{"bytesBase64Encoded":"{PICTURE_64}","mimeType":"image/png"}}',
        f'{{"bytes_base64_encoded":"{PICTURE_URLSAFE}","mime_type":"image/gif"}}',
        f'{{"inlineData":{{"data":"{PICTURE_64}","mimeType":"image/png"}}}}',
        f'{{"inline_data":{{"data":"{PICTURE_64}"}}}}',
    ],
)
def test_a_first_frame_in_all_its_spellings(image: str) -> None:
    ask = google.read_long_running(VEO, f'{{"instances":[{{"prompt":"p","image":{image}}}]}}'.encode())
    assert ask.generation.first_frame == blob_of(PICTURE)
    assert [(upload.blob, upload.data) for upload in ask.uploads] == [(blob_of(PICTURE), PICTURE)]


def test_both_frames_and_no_prompt() -> None:
    last = jpeg()
    last_64 = pybase64.b64encode(last).decode()
    ask = google.read_long_running(
        VEO,
        f'{{"instances":[{{"image":{{"bytesBase64Encoded":"{PICTURE_64}"}},'
        f'"lastFrame":{{"bytesBase64Encoded":"{last_64}"}}}}]}}'.encode(),
    )
    assert ask.generation.turns == (Turn("user", ()),)
    assert (ask.generation.first_frame, ask.generation.last_frame) == (blob_of(PICTURE), blob_of(last, "image/jpeg"))
    assert [upload.data for upload in ask.uploads] == [PICTURE, last]


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ("{}", "instances", "exactly one object with a prompt, not 0"),
        ('{"instances":[]}', "instances", "not 0"),
        ('{"instances":[{"prompt":"a"},{"prompt":"b"}]}', "instances", "not 2"),
        ('{"instances":{"prompt":"a"}}', "instances", "must be a list"),
        ('{"instances":[{"prompt":7}]}', "prompt", "instances[0].prompt must be a string, not a number."),
        ('{"instances":[{"prompt":"p"}],"parameters":[]}', "parameters", "must be an object"),
        ('{"instances":[{"prompt":"p"}],"parameters":{"sampleCount":"four"}}', "sampleCount", "parameters.sampleCount"),
        ('{"instances":[{"prompt":"p"}],"parameters":{"personGeneration":"some"}}', "person", "Allowed: allow_all"),
        ('{"instances":[{"prompt":"p"}],"parameters":{"personGeneration":1}}', "personGeneration", "must be a string"),
        ('{"instances":[{"prompt":"p","referenceImages":[1]}]}', "referenceImages", "must be an object"),
    ],
)
def test_what_both_calls_refuse(body: str, param: str, message: str) -> None:
    for read in (google.read_predict, google.read_long_running):
        with pytest.raises(Problem) as raised:
            read("m", body.encode())
        assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)
        assert message in raised.value.message


@pytest.mark.parametrize(
    ("rest", "param"),
    [
        ('"image":{"gcsUri":"gs://b/o"}', "first_frame"),
        ('"image":{}', "first_frame"),
        ('"image":{"bytesBase64Encoded":"%%"}', "first_frame"),
        ('"lastFrame":{"inlineData":{"data":"R0lGODlhAQABAA=="}}', "last_frame"),
        ('"image":"text"', "image"),
        ('"mask":{}', "mask"),
    ],
)
def test_frames_that_are_refused(rest: str, param: str) -> None:
    with pytest.raises(Problem) as raised:
        google.read_long_running(VEO, f'{{"instances":[{{"prompt":"p",{rest}}}]}}'.encode())
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)


@pytest.mark.parametrize("seconds", ['"eight"', '"8m"', '""', '"8.5s"', "8.5", "true", '"٨"'])
def test_what_is_no_number_of_seconds(seconds: str) -> None:
    with pytest.raises(Problem, match=r"parameters\.durationSeconds must be"):
        film(f'{{"instances":[{{"prompt":"p"}}],"parameters":{{"durationSeconds":{seconds}}}}}')


def test_a_predict_call_as_it_is_written() -> None:
    generation = Generation(
        model=IMAGEN,
        turns=(Turn("user", ("a cat",)),),
        wants=frozenset({Medium.IMAGE}),
        count=2,
        person=Person.NONE,
        mime="image/png",
        knobs=(("labels", '{"a":"b"}'), ("guidanceScale", 7.5)),
    )
    assert sent(google.write_predict(generation, with_reasons=True)) == (
        b'{"instances":[{"prompt":"a cat"}],"parameters":{"sampleCount":2,"personGeneration":"DONT_ALLOW",'
        b'"outputOptions":{"mimeType":"image/png"},"includeRaiReason":true,"labels":{"a":"b"},"guidanceScale":7.5}}'
    )


def test_a_film_call_as_it_is_written() -> None:
    generation = Generation(
        model=VEO,
        turns=(Turn("user", ("a cat",)),),
        wants=frozenset({Medium.VIDEO}),
        seconds=8,
        person=Person.ADULT,
        first_frame=blob_of(PICTURE),
    )
    assert sent(google.write_long_running(generation)) == (
        b'{"instances":[{"prompt":"a cat","image":{"bytesBase64Encoded":"' + PICTURE_64.encode() + b'",'
        b'"mimeType":"image/png"}}],"parameters":{"durationSeconds":8,"personGeneration":"allow_adult"}}'
    )


@pytest.mark.parametrize(
    "body", [b'{"operationName":"models/v/operations/1"}', b'{"operation_name":"models/v/operations/1"}']
)
def test_fetch_names_the_operation(body: bytes) -> None:
    assert google.read_fetch(body) == "models/v/operations/1"


@pytest.mark.parametrize("body", [b"{}", b'{"operationName":""}', b'{"operationName":5}', b"[]", b""])
def test_fetch_without_a_name_is_a_problem(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        google.read_fetch(body)
    assert raised.value.kind is Kind.INVALID


# What a fitted generation may hold; names of knobs are Google's: camelCase, and none that means something else.
int64 = st.integers(-(2**63), 2**63 - 1)
prompts = st.text(max_size=40).map(str.strip)
knob_names = st.from_regex(r"knob[A-Z][a-z]{0,8}", fullmatch=True)
nested = st.recursive(
    st.none() | st.booleans() | int64 | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
).filter(lambda value: isinstance(value, list | dict))
knob_values = (
    st.booleans()
    | int64
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: number != 0 or str(number) == "0.0")
    | st.text(max_size=20)
    | nested.map(lambda value: msgspec.json.encode(value).decode())
)
knobs = st.dictionaries(knob_names, knob_values, max_size=4).map(lambda chosen: tuple(chosen.items()))
frames = st.sampled_from([None, blob_of(PICTURE), blob_of(jpeg(), "image/jpeg")])
FRAMES = {blob_of(PICTURE): PICTURE, blob_of(jpeg(), "image/jpeg"): jpeg()}
aspects = st.none() | st.sampled_from(["1:1", "16:9"])
persons = st.none() | st.sampled_from(Person)


def turns(prompt: str) -> tuple[Turn, ...]:
    return (Turn("user", (prompt,) if prompt else ()),)


@given(
    st.builds(
        Generation,
        model=st.just(IMAGEN),
        turns=prompts.map(turns),
        wants=st.just(frozenset({Medium.IMAGE})),
        count=st.none() | int64,
        aspect=aspects,
        size=st.none() | st.sampled_from(["1K", "2K"]),
        seed=st.none() | int64,
        person=persons,
        negative=st.text(max_size=20),
        mime=st.none() | st.sampled_from(["image/png", "image/jpeg"]),
        quality=st.none() | st.integers(0, 100),
        knobs=knobs,
    ),
    st.booleans(),
)
def test_a_picture_call_survives_being_written_and_read(generation: Generation, with_reasons: bool) -> None:
    body = sent(google.write_predict(generation, with_reasons=with_reasons))
    assert google.read_predict(IMAGEN, body) == google.Ask(generation, with_reasons=with_reasons)


@given(
    st.builds(
        Generation,
        model=st.just(VEO),
        turns=prompts.map(turns),
        wants=st.just(frozenset({Medium.VIDEO})),
        count=st.none() | int64,
        aspect=aspects,
        size=st.none() | st.sampled_from(["720p", "1080p", "4k"]),
        seconds=st.none() | int64,
        seed=st.none() | int64,
        person=persons,
        negative=st.text(max_size=20),
        first_frame=frames,
        last_frame=frames,
        knobs=knobs,
    )
)
def test_a_film_call_survives_being_written_and_read(generation: Generation) -> None:
    ask = google.read_long_running(VEO, sent(google.write_long_running(generation), FRAMES))
    assert ask.generation == generation
    assert {upload.blob: upload.data for upload in ask.uploads} == {blob: FRAMES[blob] for blob in generation.blobs()}
