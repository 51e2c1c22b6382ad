"""What the words of a prompt ask a model to be good at: each wish with the words that show it, in many languages."""

import re
from enum import StrEnum


class Wish(StrEnum):
    """What a prompt can ask for beyond its subject."""

    FILM = "film"  # moving pictures
    SOUND = "sound"  # speech, music or noise in a film
    PHOTO = "photo"  # the quality of a photograph
    STYLE = "style"  # of an art or an artist
    BRAND = "brand"  # a logo, a product, a brand
    KNOWLEDGE = "knowledge"  # of the world, and how things work
    MIXED = "mixed"  # words beside the picture


# Films and animations that are only named for the look of a picture.
_STILL = re.compile(
    r"\b(?:film|movie|video ?game) (?:still|poster|grain|noir|stock|character|style|frame)s?\b|\b35 ?mm film\b"
    r"|[動动][畫画漫](?:風格|风格|角色)|電影(?:感|海報|劇照|質感)|电影(?:感|海报|剧照|质感)|映画ポスター",
    re.IGNORECASE,
)
_SHOWN_BY = {
    Wish.FILM: (
        r"\b(?:videos?|films?|movies?|clips?|footage|animate[ds]?|animation|time-?lapse|slow[- ]motion|vídeos?|vidéos?"
        r"|filme|película|filmato|dolly (?:in|out)|tracking shot|camera (?:pans|follows|moves|zooms|circles|flies))\b"
        r"|видео|фильм|анимаци|影片|視頻|视频|短片|[動动][畫画]|動画|映像|ビデオ|영상|비디오|애니메이션|วิดีโอ|فيديو|वीडियो"
    ),
    Wish.SOUND: (
        r"\b(?:sound|music|songs?|sings?|singing|dialogue|speaks?|says?|whispers?|shouts?|voice-?over|narrat\w+|soundtrack"
        r"|música|musique|musik|musica|dice|dit|sagt|diz|sonido|bruit)\b"
        r"|музык|говорит|配音|音[樂乐]|對白|对白|旁白|[說说](?:道|：|:|「|“)|唱歌|音楽|と言う|音声|음악|말한다"
    ),
    Wish.PHOTO: (
        r"\b(?:photo\w*|dslr|bokeh|hyperrealis\w+|raw photo|foto\w*|fotó?grafía|fotografia|product shot)\b"
        r"|\b\d{2,3} ?mm\b|\bf/\d|фото|[攝摄]影|照片|[寫写][實实]|写真|사진|ภาพถ่าย|صورة فوتوغرافية"
    ),
    Wish.STYLE: (
        r"\b(?:impressionis\w+|anime|manga|water ?colou?rs?|oil painting|ukiyo-e|cubis\w+|surreal\w*|pixel art|ink wash"
        r"|art deco|art nouveau|baroque|low[- ]poly|in the (?:style|manner) of|acuarela|aquarell?e?|acquerello|óleo)\b"
        r"|ölgemälde|акварел|масло|印象派|水墨|山水[畫画]|油[畫画]|水彩|動漫|动漫|工[筆笔]|浮世[繪绘絵]|アニメ|수묵화|수채화|유화"
    ),
    Wish.BRAND: (
        r"\b(?:logos?|brand(?:ing)?|packaging|product (?:design|photo|shot)|mock-?ups?|business cards?|wordmark|emblem"
        r"|logotipos?|marca|marque|marke|verpackung)\b"
        r"|логотип|бренд|[標标][誌志]|[商品][標标]|品牌|產品|产品|包[裝装]|ロゴ|ブランド|로고|브랜드|โลโก้|شعار"
    ),
    Wish.KNOWLEDGE: (
        r"\b(?:maps? of|diagrams?|infographics?|charts?|timelines?|how .{1,60} works?|explain\w*|history of|anatomy"
        r"|cross[- ]section|mapa|diagrama|schéma|carte de|landkarte|schaubild|infografi\w+)\b"
        r"|схем|карта|地[圖图図]|[圖图図]解|示意[圖图]|[資资][訊讯]?[圖图]|原理|지도|도표|แผนที่|خريطة"
    ),
    Wish.MIXED: (
        r"\b(?:poems?|haikus?|story|stories|captions?|recipes?|step[- ]by[- ]step|tutorial|article|blog|describe\w*"
        r"|poema|cuento|receta|poème|histoire|recette|gedicht|geschichte|rezept)\b"
        r"|стих|сказк|рецепт|[詩诗][詞词]|一首|故事|[說说]明|描述|步[驟骤]|食[譜谱]|物語|俳句|レシピ|이야기|시 한 편"
    ),
}
_PATTERNS = {wish: re.compile(pattern, re.IGNORECASE) for wish, pattern in _SHOWN_BY.items()}


def find(text: str) -> dict[Wish, str]:
    """Each wish and the first words that show it."""
    moving = _STILL.sub(" ", text)
    found = {wish: pattern.search(moving if wish is Wish.FILM else text) for wish, pattern in _PATTERNS.items()}
    return {wish: match[0].strip() for wish, match in found.items() if match}
