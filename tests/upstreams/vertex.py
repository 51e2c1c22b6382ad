"""Imitates Google's Vertex: content, predict, operations that are fetched, tokens, and Cloud Storage."""

import json
import time
from contextlib import AbstractAsyncContextManager
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from PIL import Image

from .googles import Engine, Refusal, Tree, Work, at_work, decoded, filtered, text

KEY = "AIza-express-0123456789"
PROJECT = "imitated-project"
AUDIENCE = "https://oauth2.googleapis.com/token"  # google-auth's, wherever the tokens are fetched
BUCKET = "films-of-ours"
REFERENCES = {"RAW", "MASK", "CONTROL", "STYLE", "SUBJECT", "CONTENT"}
EDIT_MODES = {
    f"EDIT_MODE_{mode}"
    for mode in (
        *("DEFAULT", "INPAINT_REMOVAL", "INPAINT_INSERTION", "OUTPAINT", "CONTROLLED_EDITING", "STYLE", "BGSWAP"),
        "PRODUCT_IMAGE",
    )
}


class Vertex(Engine):
    """See `googles.Engine`. `tokens` are those that it gave out; `lasting_s` is how long each one holds."""

    image_fields: ClassVar[set[str]] = {*Engine.image_fields, "personGeneration", "imageOutputOptions"}

    def __init__(self) -> None:
        super().__init__((KEY,))
        self.lasting_s = 3600
        self.tokens: list[str] = []
        self.claims: list[Tree] = []
        self.refusing = False
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def key_of(self, request: web.Request) -> str:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer in self.tokens:
            return KEY
        return request.headers.get("x-goog-api-key", bearer)

    def routes(self) -> list[web.RouteDef]:
        owner = "/{version:v1|v1beta1}/{owner:(?:projects/[^/]+/locations/[^/]+/)?publishers/google/}"
        models = f"{owner}models/{{model:[^/:]+}}"
        return [
            web.post("/token", self._token),
            web.get(f"{models}", self.guarded(self._about)),
            web.post(f"{models}:countTokens", self.guarded(self._count)),
            web.post(f"{models}:generateContent", self.guarded(self.content)),
            web.post(f"{models}:predict", self.guarded(self.predict)),
            web.post(f"{models}:predictLongRunning", self.guarded(self.begin)),
            web.post(f"{models}:fetchPredictOperation", self.guarded(self._poll)),
            web.get("/storage/v1/b/{bucket}/o/{name}", self.guarded(self._object)),
        ]

    def service_account(self, folder: Path) -> Path:
        """The JSON file of an account that this imitation knows."""
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        account = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": f"films@{PROJECT}.iam.gserviceaccount.com",
            "token_uri": f"{self.url}/token",
        }
        return _written(folder / "account.json", account)

    def user(self, folder: Path) -> Path:
        """The JSON file that `gcloud auth application-default login` leaves."""
        named = {"client_id": "c", "client_secret": "s", "refresh_token": "r", "quota_project_id": PROJECT}
        return _written(folder / "user.json", {"type": "authorized_user", **named, "token_uri": f"{self.url}/token"})

    async def predict(self, request: web.Request, body: Tree) -> web.StreamResponse:
        """See `googles.Engine`; with pictures that are changed, or gone by (wire.md 15.4)."""
        instance, asked = body["instances"][0], body.get("parameters", {})
        if asked.get("mode") == "upscale":
            _picture(instance["image"])
            if asked["upscaleConfig"]["upscaleFactor"] not in ("x2", "x3", "x4") or asked["sampleCount"] != 1:
                raise Refusal(400, "Invalid upscale config.")
        elif "image" in instance:
            raise Refusal(400, "Unsupported field: image.")
        for reference in instance.get("referenceImages", ()):
            _check_reference(reference)
        if asked.get("editMode", "EDIT_MODE_DEFAULT") not in EDIT_MODES:
            raise Refusal(400, "Invalid edit mode.")
        return await super().predict(request, body)

    async def begin(self, request: web.Request, body: Tree) -> web.StreamResponse:
        """See `googles.Engine`; films go on for seven seconds, and go by three pictures for eight."""
        instance, asked = body["instances"][0], body.get("parameters", {})
        references = instance.get("referenceImages", ())
        for reference in references:
            _picture(reference["image"])
            if reference["referenceType"] not in ("ASSET", "STYLE"):
                raise Refusal(400, "Invalid reference type.")
        if "video" in instance:
            if decoded(instance["video"]["bytesBase64Encoded"])[4:8] != b"ftyp":
                raise Refusal(400, "Unable to process input video.")
            if asked.get("durationSeconds") != 7 or "image" in instance:
                raise Refusal(400, "Unsupported output video duration for feature video_extension.")
        if references and (asked.get("durationSeconds") != 8 or len(references) > 3):
            raise Refusal(400, "Unsupported output video duration for feature reference_to_video.")
        return await super().begin(request, body)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if self.refusing:
            return web.json_response({"error": "invalid_grant", "error_description": "Account disabled."}, status=400)
        if form["grant_type"] != "refresh_token":
            public = self._private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            self.claims.append(dict(jwt.decode(str(form["assertion"]), public, audience=AUDIENCE)))
        self.tokens.append(f"ya29.imitated-{len(self.tokens)}-{int(time.time())}")
        told = {"access_token": self.tokens[-1], "expires_in": self.lasting_s, "token_type": "Bearer"}
        return web.json_response(told)

    def resource(self, request: web.Request) -> str:
        return request.match_info["owner"]

    async def _about(self, request: web.Request, body: Tree) -> web.StreamResponse:
        id = request.match_info["model"]
        if id not in self.models:
            raise Refusal(404, f"Publisher Model `publishers/google/models/{id}` is not found.")
        return web.json_response({"name": f"publishers/google/models/{id}", "launchStage": "GA"})

    async def _count(self, request: web.Request, body: Tree) -> web.StreamResponse:
        await self._about(request, body)
        return web.json_response({"totalTokens": 2, "totalBillableCharacters": 5})

    async def _poll(self, request: web.Request, body: Tree) -> web.StreamResponse:
        name = body["operationName"]
        if not name.startswith(f"{self.resource(request)}models/{request.match_info['model']}/operations/"):
            raise Refusal(400, "The operation is not one of this model.")
        return await self.operation(request, name)

    async def finished(self, request: web.Request, work: Work, words: set[str]) -> web.StreamResponse:
        asked = work.body.get("parameters", {})
        count = asked.get("sampleCount", 1) - (1 if filtered(words) else 0)
        folder = asked.get("storageUri")
        if folder:
            missing = "gone/" if "expired" in words else ""
            films: list[Tree] = [
                {"gcsUri": f"{folder}/{missing}sample_{at}.mp4", "mimeType": "video/mp4"} for at in range(count)
            ]
        else:
            films = [{"bytesBase64Encoded": text(self.film), "mimeType": "video/mp4"}] * count
        told = {"@type": "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse", **filtered(words)}
        response = told | ({"videos": films} if films and "empty" not in words else {})
        return web.json_response({"name": work.id, "done": True, "response": response})

    async def _object(self, request: web.Request, body: Tree) -> web.StreamResponse:
        if "authorization" not in request.headers:
            raise Refusal(401, "Anonymous caller does not have storage.objects.get access.")
        if request.match_info["bucket"] != BUCKET or "gone" in request.match_info["name"]:
            raise Refusal(404, "No such object.")
        return web.Response(body=self.film, content_type="video/mp4")


def _check_reference(reference: Tree) -> None:
    """Ids are numbers; a mask is black and white and has no alpha, or is to be found."""
    kind, shown = reference["referenceType"].removeprefix("REFERENCE_TYPE_"), reference.get("referenceImage")
    if kind not in REFERENCES or not isinstance(reference["referenceId"], int):
        raise Refusal(400, "Invalid reference.")
    picture = _picture(shown) if shown else None
    if kind == "MASK":
        provided = reference["maskImageConfig"]["maskMode"] == "MASK_MODE_USER_PROVIDED"
        if provided is not bool(picture) or (picture and picture.mode not in ("L", "RGB")):
            raise Refusal(400, "Invalid mask.")
    elif not picture:
        raise Refusal(400, "Reference image is missing.")


def _picture(file: Tree) -> Image.Image:
    try:
        return Image.open(BytesIO(decoded(file["bytesBase64Encoded"])))
    except OSError:
        raise Refusal(400, "Unable to process input image.") from None


def _written(path: Path, tree: Tree) -> Path:
    path.write_text(json.dumps(tree))
    return path


def imitating() -> AbstractAsyncContextManager[Vertex]:
    """Vertex at work."""
    return at_work(Vertex())
