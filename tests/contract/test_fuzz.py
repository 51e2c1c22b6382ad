"""Mutated requests over a real socket: whatever a client sends, it is never the server that is at fault."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from serving import Server

from .calls import CHAT, CONTENT, COUNT, FILM, GEMINI, INTERACTIONS, MODELS, PREDICT, STREAM, VEO_2, data_url, new_key

PIXEL = data_url(Image.new("RGB", (1, 1)))
PARAMETERS = {
    "sampleCount": 1,
    "aspectRatio": "1:1",
    "personGeneration": "allow_adult",
    "seed": 3,
    "negativePrompt": "snow",
    "outputOptions": {"mimeType": "image/jpeg", "compressionQuality": 80},
    "includeRaiReason": True,
    "guidanceScale": 7.5,
}
FRAME = {"bytesBase64Encoded": PIXEL.partition(",")[2], "mimeType": "image/png"}
TALK = {
    "contents": [
        {"role": "user", "parts": [{"text": "a fox"}, {"inlineData": {"data": FRAME["bytesBase64Encoded"]}}]},
        {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": "here", "thoughtSignature": "c2ln"}]},
        {"role": "user", "parts": [{"text": "another"}]},
    ],
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "generationConfig": {
        "responseModalities": ["TEXT", "IMAGE"],
        "imageConfig": {"aspectRatio": "1:1", "imageSize": "1K", "imageOutputOptions": {"mimeType": "image/png"}},
        "candidateCount": 1,
        "seed": 7,
    },
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
}
IMAGE = {"type": "image", "data": FRAME["bytesBase64Encoded"], "mime_type": "image/png"}
INTERACTION = {
    "model": GEMINI,
    "input": [
        {"type": "user_input", "content": [{"type": "text", "text": "a fox"}, IMAGE]},
        {"type": "thought", "signature": "c2ln"},
        {"type": "model_output", "content": [{"type": "image", "uri": "files/abc"}]},
        {"role": "user", "content": "another"},
    ],
    "system_instruction": "Be brief.",
    "response_format": [{"type": "text"}, {"type": "image", "aspect_ratio": "1:1", "delivery": "uri"}],
    "response_modalities": ["IMAGE"],
    "generation_config": {"seed": 7, "image_config": {"image_size": "1K"}, "video_config": {"task": "edit"}},
    "previous_interaction_id": "none",
    "background": True,
    "store": True,
}
CLIP = {
    "model": "gemini-omni-1.1-flash",
    "input": [{"type": "video", "uri": "files/abc"}, IMAGE],
    "response_format": {"type": "video", "duration": "8s", "resolution": "720p"},
}
NOBODY = "https://receiver.invalid/done?a=b"
SEEDS: list[tuple[str, dict[str, Any]]] = [
    (PREDICT, {"instances": [{"prompt": "a fox"}], "parameters": PARAMETERS}),
    (
        FILM,
        {
            "instances": [{"prompt": "a fox", "image": FRAME}],
            "parameters": {"numberOfVideos": 1, "durationSeconds": "8s", "resolution": "720p", "enhancePrompt": True},
            "webhookConfig": {"uris": [NOBODY], "userMetadata": {"order": [{"number": 7}]}},
        },
    ),
    (CONTENT, TALK),
    (f"{STREAM}?alt=sse", TALK),
    (COUNT, {"generateContentRequest": TALK}),
    (
        f"{MODELS}/{GEMINI}:batchGenerateContent",
        {"batch": {"displayName": "d", "inputConfig": {"requests": {"requests": [{"request": TALK, "metadata": {}}]}}}},
    ),
    ("/gemini/upload/v1beta/files", {"file": {"name": "files/fuzz", "displayName": "d", "sizeBytes": "1"}}),
    (
        "/v1/responses",
        {
            "model": "gpt-5",
            "input": [
                {
                    "role": "user",
                    "content": [{"type": "input_text", "text": "a fox"}, {"type": "input_image", "image_url": PIXEL}],
                },
                {"type": "image_generation_call", "result": FRAME["bytesBase64Encoded"]},
            ],
            "tools": [{"type": "image_generation", "size": "1024x1024", "input_image_mask": {"image_url": PIXEL}}],
            "tool_choice": {"type": "image_generation"},
            "metadata": {"a": "b"},
        },
    ),
    (INTERACTIONS, INTERACTION),
    (INTERACTIONS, {**INTERACTION, "previous_interaction_id": None, "stream": True}),
    (INTERACTIONS, CLIP),
    (f"{MODELS}/auto:predict", {"instances": [{"prompt": "a fox"}], "parameters": {**PARAMETERS, "language": "ja"}}),
    (f"{MODELS}/auto:generateContent", TALK),
    (f"{MODELS}/auto:countTokens", TALK),
    (CHAT, {"model": "auto", "messages": [{"role": "user", "content": "a fox"}], "aspect_ratio": "1:1"}),
    ("/api/advise", {"model": "auto", "prompt": "a film of a fox", "seconds": 8, "negative": "snow"}),
    (f"{MODELS}/{VEO_2}:fetchPredictOperation", {"operationName": f"models/{VEO_2}/operations/x"}),
    (
        CHAT,
        {
            "model": GEMINI,
            "modalities": ["text", "image"],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.5,
            "messages": [
                {"role": "system", "content": "aspect_ratio=16:9"},
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PIXEL}}]},
                {
                    "role": "assistant",
                    "content": "a dot",
                    "multi_mod_content": [
                        {"text": "a dot", "inlineData": {}},
                        {"inline_data": {"data": PIXEL.partition(",")[2]}},
                    ],
                },
                {"role": "user", "content": [{"type": "text", "text": "another"}]},
            ],
        },
    ),
    (
        "/v1/images/generations",
        {
            "model": "gpt-image-2",
            "prompt": "a fox",
            "n": 2,
            "size": "1536x1024",
            "quality": "hd",
            "output_format": "webp",
            "output_compression": 80,
            "background": "opaque",
            "partial_images": 1,
            "stream": True,
        },
    ),
    (
        "/v1/images/edits",
        {
            "model": "gpt-image-1",
            "prompt": "a fox",
            "images": [{"image_url": PIXEL}, {"file_id": "file-abc"}, PIXEL],
            "mask": {"image_url": {"url": PIXEL}},
            "size": "auto",
            "response_format": "url",
        },
    ),
    (
        "/v1/videos",
        {
            "model": "sora-2",
            "prompt": "a fox",
            "seconds": "8",
            "size": "720x1280",
            "input_reference": {"image_url": PIXEL},
            "negativePrompt": "snow",
            "generateAudio": True,
        },
    ),
    ("/v1/videos/extensions", {"prompt": "on", "seconds": 8, "video": {"id": "video_x"}, "model": "veo-3"}),
    (CHAT, {"model": "veo-3", "messages": [{"role": "user", "content": "a fox"}], "stream": False}),
    ("/api/jobs", {"model": GEMINI, "prompt": "a fox", "wants": ["image"], "pictures": [PIXEL], "knobs": {"a": 1}}),
    ("/api/jobs", {"model": GEMINI, "prompt": "a fox", "webhook": NOBODY}),
    ("/api/webhooks", {"url": NOBODY, "events": ["job.done", "job.failed"]}),
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "\0", "\u2028", "🦊" * 50, "9" * 50, "1e999", "../..", "%00", "models/", "]]>", "1:1", "true"]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[str, bytes]:
    """One of the requests with a few of its values changed, removed, moved or spelled in another way."""
    path, seed = draw(st.sampled_from(SEEDS))
    body = copy.deepcopy(seed)
    for _ in range(draw(st.integers(1, 3))):
        place: Any = body
        while isinstance(place, dict | list) and place:
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
                break
            place = place[key]
        else:
            continue
        match draw(st.sampled_from(["change", "remove", "add", "wrap"])):
            case "change":
                place[key] = draw(ODD)
            case "remove":
                del place[key]
            case "add" if isinstance(place, dict):
                place[draw(st.text(max_size=200))] = draw(ODD)
            case _:
                place[key] = [place[key]]
    return path, json.dumps(body).encode()


@pytest.fixture(scope="module")
def penniless(server: Server) -> str:
    """A key that cannot pay for anything, so that requests which are fine cost no time."""
    return new_key(server, "fuzz", budget_usd="0")


def refused(server: Server, key: str, method: str, path: str, body: bytes | None) -> None:
    answer = server.call(method, path, body, key=key)
    assert answer.status < 500, (method, path, body, answer.status, answer.body)
    if answer.status >= 400:
        assert answer.json()["error"]["message"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(request=mutated())
def test_a_mutated_body_is_never_the_server_s_fault(server: Server, penniless: str, request: tuple[str, bytes]) -> None:
    path, body = request
    refused(server, penniless, "POST", path, body)


@settings(max_examples=60, deadline=None)
@given(seed=st.sampled_from(SEEDS), cut=st.floats(0, 1), noise=st.binary(max_size=4))
def test_a_body_that_breaks_off_is_never_the_server_s_fault(
    server: Server, penniless: str, seed: tuple[str, dict[str, Any]], cut: float, noise: bytes
) -> None:
    path, whole = seed[0], json.dumps(seed[1]).encode()
    at = int(cut * len(whole))
    refused(server, penniless, "POST", path, whole[:at] + noise)
    refused(server, penniless, "POST", path, whole[:at] + noise + whole[at:])


BEGINNINGS = ["/", "/gemini/", "/gemini/v1beta/", "/v1/", "/v1beta1/projects/p/locations/l/", "/api/", "/cdn/"]
SEGMENTS = [
    *(
        "models",
        "operations",
        "batches",
        "interactions",
        "cancel",
        "files",
        "upload",
        "file-x",
        "content",
        "web",
        "jobs",
        "keys",
        "download",
        "publishers",
        "google",
        "events",
    ),
    *("..", ".", "", ":", "{x}", "%00", "%2F", "%FF", "%F0%9F%A6%8A", "20261122", "a.mp4", "x:predict", "x:download"),
]
QUERIES = [
    "",
    "?key=",
    "?key=%00",
    "?pageSize=%FF",
    "?limit=9e9",
    "?before=%00",
    "?alt=sse&key=x&key=y",
    "?&&=&",
    "?stream=%00",
]


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "DELETE", "OPTIONS", "PATCH"]),
    beginning=st.sampled_from(BEGINNINGS),
    segments=st.lists(st.sampled_from(SEGMENTS), max_size=5),
    query=st.sampled_from(QUERIES),
)
def test_an_odd_path_is_never_the_server_s_fault(
    server: Server, penniless: str, method: str, beginning: str, segments: list[str], query: str
) -> None:
    path = beginning + "/".join(segments) + query
    answer = server.call(method, path, key=penniless)
    assert answer.status < 500, (method, path, answer.body)
