"""Pictures over chat completions: what every reader of the answer needs, byte for byte (wire.md 9)."""

import base64
import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from serving import Answer, Server

from .calls import CHAT, GEMINI, IMAGEN, chat_body, curl, data_url, events, new_key, openai_error, opened, spent

BOTH = {"modalities": ["text", "image"]}
PICTURE_TOKENS = 1290
INPUT_PICTURE_TOKENS = 258
PIPELINE = """grep -o '"data":"[^"]*"' | cut -d'"' -f4 | base64 --decode"""
RED = Image.new("RGB", (320, 240), "firebrick")
BLUE = Image.new("RGB", (300, 400), "steelblue")


def part(picture: Image.Image, kind: str = "PNG") -> dict[str, object]:
    return {"type": "image_url", "image_url": {"url": data_url(picture, kind)}}


def message(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer.body[:500]
    return answer.json()["choices"][0]["message"]


def picture(answer: Answer) -> Image.Image:
    [found] = [part for part in message(answer)["multi_mod_content"] if "inline_data" in part]
    return opened(found["inline_data"]["data"])


def test_the_whole_answer_has_the_documented_form(painted: Answer) -> None:
    told = painted.json()
    assert list(told) == ["id", "object", "created", "model", "choices", "usage"]
    assert told["id"].startswith("chatcmpl-")
    assert told["object"] == "chat.completion"
    assert isinstance(told["created"], int)
    [choice] = told["choices"]
    assert (choice["index"], choice["logprobs"], choice["finish_reason"]) == (0, None, "stop")
    assert list(choice["message"]) == ["role", "content", "refusal", "multi_mod_content", "annotations"]
    assert choice["message"]["role"] == "assistant"
    assert painted.headers["content-type"] == "application/json"
    assert int(painted.headers["content-length"]) == len(painted.body)


def test_a_part_has_words_or_a_picture_and_no_null(painted: Answer) -> None:
    words, drawn = message(painted)["multi_mod_content"]
    assert words == {"text": message(painted)["content"], "inlineData": {}}
    assert set(drawn) == {"inline_data", "inlineData"}
    assert set(drawn["inline_data"]) == {"mime_type", "data"}
    assert set(drawn["inlineData"]) == {"mimeType", "data"}
    assert drawn["inline_data"]["data"] == drawn["inlineData"]["data"]
    assert drawn["inline_data"]["mime_type"] == drawn["inlineData"]["mimeType"] == "image/png"


def test_the_picture_can_be_saved_as_anything(painted: Answer) -> None:
    """The document saves it as a JPEG, which cannot have transparency (wire.md 12, row 19)."""
    drawn = picture(painted)
    assert (drawn.mode, drawn.height) == ("RGB", 1024)
    drawn.save(BytesIO(), "JPEG")


def test_chinese_is_answered_in_chinese(painted: Answer) -> None:
    content = message(painted)["content"]
    assert any("\u4e00" <= character <= "\u9fff" for character in content)
    assert json.dumps(content, ensure_ascii=False).encode() in painted.body, "as it is, not as \\u escapes"


def test_the_bytes_are_laid_out_for_grep(painted: Answer) -> None:
    assert painted.body.count(b'"data":"') == 1
    assert painted.body.count(b'"data": "') == 1
    assert b"\\/" not in painted.body
    assert b"\n" not in painted.body


def test_the_document_s_pipeline_writes_exactly_one_picture(server: Server, tmp_path: Path) -> None:
    """Its request is sent as it is printed there, but for the file that holds the body."""
    asked = tmp_path / "body.json"
    asked.write_text(json.dumps(chat_body("a red fox", **BOTH, temperature=0.7)))
    command = (
        f'{shutil.which("curl")} -s "$BASE/v1/chat/completions" -H "Content-Type: application/json"'
        f' -H "Authorization: Bearer $KEY" -d @{asked} | {PIPELINE} > {tmp_path}/imageGen.jpg'
    )
    env = {"BASE": server.url, "KEY": server.key, "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-c", command], env=env, check=True, timeout=60)
    data = (tmp_path / "imageGen.jpg").read_bytes()
    with Image.open(BytesIO(data)) as drawn:
        drawn.load()
        assert drawn.size == (1024, 1024)
    assert data.endswith(b"IEND\xaeB`\x82"), "nothing comes after the picture"


def test_curl_keeps_the_connection_s_answer_whole(server: Server) -> None:
    """The answer that curl prints is JSON and says how long it is."""
    said = curl(f"{server.url}{CHAT}", "-H", f"Authorization: Bearer {server.key}", "-d", json.dumps(chat_body("hi")))
    assert json.loads(said)["object"] == "chat.completion"


@pytest.mark.parametrize("modalities", [{}, {"modalities": ["text"]}, {"modalities": None}, {"modalities": []}])
def test_without_image_among_the_modalities_there_are_words_alone(
    server: Server, modalities: dict[str, object]
) -> None:
    answer = server.call("POST", CHAT, chat_body("what would you draw?", **modalities))
    assert list(message(answer)) == ["role", "content", "refusal", "annotations"]
    assert message(answer)["content"]
    assert answer.json()["usage"]["completion_tokens"] < PICTURE_TOKENS


@pytest.mark.parametrize("modalities", [["image"], ["image", "text"], ["TEXT", "IMAGE"]])
def test_with_image_there_is_a_picture(server: Server, modalities: list[str]) -> None:
    assert picture(server.call("POST", CHAT, chat_body("a red fox", modalities=modalities))).size == (1024, 1024)


def test_tokens_are_counted_and_charged(server: Server) -> None:
    key = new_key(server, "tokens")
    answer = server.call("POST", CHAT, chat_body("abcd" * 5, **BOTH), key=key)
    usage, words = answer.json()["usage"], message(answer)["content"]
    assert set(usage) == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert usage["prompt_tokens"] == 5
    assert usage["completion_tokens"] == PICTURE_TOKENS + -(-len(words) // 4)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert spent(server, key) == 100 * usage["prompt_tokens"] + 400 * usage["completion_tokens"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_edited_in_its_own_shape(server: Server, kind: str) -> None:
    content = [{"type": "text", "text": "make it a crayon drawing"}, part(RED, kind)]
    answer = server.call("POST", CHAT, chat_body(content, **BOTH))
    drawn = picture(answer)
    assert abs(drawn.width / drawn.height - 320 / 240) < 0.02
    assert answer.json()["usage"]["prompt_tokens"] >= INPUT_PICTURE_TOKENS


def test_several_pictures_are_taken(server: Server) -> None:
    content = [part(RED), part(BLUE, "JPEG"), {"type": "text", "text": "put them together"}]
    answer = server.call("POST", CHAT, chat_body(content, **BOTH))
    assert picture(answer).mode == "RGB"
    assert answer.json()["usage"]["prompt_tokens"] >= 2 * INPUT_PICTURE_TOKENS


def test_an_answer_can_be_sent_back_over_several_turns(server: Server) -> None:
    """The message as it was answered, with both copies of its picture: it counts once."""
    turns = [{"role": "user", "content": [part(RED), {"type": "text", "text": "make it a watercolour"}]}]
    for number, wish in enumerate(("now darker", "now in pencil"), start=1):
        answer = server.call("POST", CHAT, {"model": GEMINI, "messages": turns, **BOTH})
        words = sum(len(text) for text in _words(turns))
        expected = number * INPUT_PICTURE_TOKENS + -(-words // 4)
        assert answer.json()["usage"]["prompt_tokens"] == pytest.approx(expected, abs=number + 1)
        turns += [message(answer), {"role": "user", "content": wish}]


def _words(turns: list[dict[str, object]]) -> list[str]:
    said = [turn["content"] for turn in turns]
    return [text for item in said for text in ([item] if isinstance(item, str) else [p.get("text", "") for p in item])]


def test_a_ratio_in_the_system_message_is_followed(server: Server) -> None:
    """A habit of many users (wire.md 9.1)."""
    messages = [
        {"role": "system", "content": "aspect_ratio=16:9"},
        {"role": "user", "content": "a red fox in the snow"},
    ]
    drawn = picture(server.call("POST", CHAT, {"model": GEMINI, "messages": messages, **BOTH}))
    assert drawn.width > drawn.height


def test_imagen_answers_over_chat_too(server: Server) -> None:
    """Any dialect reaches any model."""
    answer = server.call("POST", CHAT, chat_body("a red fox", model=IMAGEN, n=1))
    assert picture(answer).size == (1024, 1024)
    assert answer.headers["danqing-cost-usd"] == "0.03"


def test_a_stream_brings_words_picture_and_usage(server: Server) -> None:
    body = chat_body("a red fox", **BOTH, stream=True, stream_options={"include_usage": True})
    answer = server.call("POST", CHAT, body)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.body.endswith(b"\n\ndata: [DONE]\n\n")
    chunks = events(answer.body)
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    *spoken, last = chunks
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] > PICTURE_TOKENS
    deltas = [chunk["choices"][0]["delta"] for chunk in spoken]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "fox" in "".join(delta.get("content", "") for delta in deltas)
    [media] = [delta for delta in deltas if "multi_mod_content" in delta]
    [drawn] = media["multi_mod_content"]
    assert opened(drawn["inline_data"]["data"]).size == (1024, 1024)
    assert [chunk["choices"][0]["finish_reason"] for chunk in spoken] == [None] * (len(spoken) - 1) + ["stop"]


def test_who_names_the_picture_first_finds_it_in_images_too_and_may_send_it_back(server: Server) -> None:
    first = {"modalities": ["image", "text"]}
    told = message(server.call("POST", CHAT, chat_body("a red fox", **first)))
    [image], [drawn] = told["images"], [part for part in told["multi_mod_content"] if "inline_data" in part]
    assert image["image_url"]["url"] == "data:image/png;base64," + drawn["inline_data"]["data"]
    said = [{"role": "assistant", "images": [image]}, {"role": "user", "content": "mirror it"}]
    chunks = events(server.call("POST", CHAT, chat_body("", **first, stream=True) | {"messages": said}).body)
    [media] = [chunk["choices"][0]["delta"] for chunk in chunks if "images" in chunk["choices"][0]["delta"]]
    [mirrored] = media["images"]
    before, after = (opened(each["image_url"]["url"].partition(",")[2]).convert("RGB") for each in (image, mirrored))
    assert before.tobytes() != after.tobytes() == ImageOps.mirror(before).tobytes()


def test_a_stream_of_words_has_no_usage_unless_it_is_wanted(server: Server) -> None:
    chunks = events(server.call("POST", CHAT, chat_body("hello", stream=True)).body)
    assert all(chunk["choices"] and "usage" not in chunk for chunk in chunks)


def test_a_failure_in_mid_stream_is_the_last_event(server: Server) -> None:
    """In the one form that openai raises on (wire.md 10)."""
    answer = server.call("POST", CHAT, chat_body("[danqing:fail] a fox", **BOTH, stream=True))
    assert answer.status == 200
    last = events(answer.body)[-1]
    assert set(last) == {"error"}
    assert set(last["error"]) == {"message", "type", "param", "code"}
    assert b"[DONE]" not in answer.body
    assert b"event:" not in answer.body


@pytest.mark.parametrize(
    ("fields", "param", "sentence"),
    [
        ({"n": 2}, "n", "exactly 1"),
        ({"n": "many"}, "n", "whole number"),
        ({"modalities": ["audio"]}, "modalities", "text, image"),
        ({"modalities": "image"}, "modalities", "must be a list"),
        ({"aspect_ratio": "5:1"}, "aspect_ratio", "Allowed: 1:1"),
        ({"size": "8K"}, "size", "Allowed: 1K"),
        ({"stream": "perhaps"}, "stream", "true or false"),
        ({"messages": []}, "messages", "role user"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages", "role user"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages", "Tools are not offered"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "messages", "Allowed: text, image"),
        ({"messages": "x"}, "messages", "must be a list"),
        ({"messages": [7]}, "messages", "must be an object"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages", "The prompt is empty"),
        ({"model": 7}, "model", "must be a string"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(
    server: Server, fields: dict[str, object], param: str, sentence: str
) -> None:
    error = openai_error(server.call("POST", CHAT, chat_body("a fox") | BOTH | fields), 400)
    assert error["param"] == param
    assert sentence in error["message"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/a.png", "unsupported_url"),
        ("http://127.0.0.1:1/a.png", "unsupported_url"),
        ("file:///etc/passwd", "unsupported_url"),
        ("", "unsupported_url"),
        ("data:image/png;base64,!!!", "invalid_base64"),
        ("data:image/png;base64,AAAA", "invalid_picture"),
        ("data:image/png,AAAA", "unsupported_url"),
        (f"data:image/svg+xml;base64,{base64.b64encode(b'<svg/>').decode()}", "invalid_picture"),
    ],
)
def test_only_pictures_themselves_are_taken(server: Server, url: str, code: str) -> None:
    content = [{"type": "text", "text": "edit it"}, {"type": "image_url", "image_url": {"url": url}}]
    assert openai_error(server.call("POST", CHAT, chat_body(content, **BOTH)), 400)["code"] == code


def test_a_picture_that_is_cut_short_is_the_caller_s_mistake(server: Server) -> None:
    """Its header is fine, so it is only noticed when it is decoded."""
    head, _, data = data_url(RED.effect_spread(40)).partition(",")
    short = base64.b64encode(base64.b64decode(data)[:-400]).decode()
    content = [{"type": "text", "text": "edit it"}, {"type": "image_url", "image_url": {"url": f"{head},{short}"}}]
    openai_error(server.call("POST", CHAT, chat_body(content, **BOTH)), 400)


def test_too_many_pictures_are_refused(server: Server) -> None:
    content = [{"type": "text", "text": "all of them"}, *[part(RED)] * 17]
    assert "at most 16" in openai_error(server.call("POST", CHAT, chat_body(content, **BOTH)), 400)["message"]


def test_what_is_not_honoured_is_told(server: Server) -> None:
    answer = server.call("POST", CHAT, chat_body("hello", temperature=0.7, top_p=1, user="ann"))
    assert set(answer.headers["danqing-ignored"].split(", ")) == {"temperature", "top_p", "user"}
