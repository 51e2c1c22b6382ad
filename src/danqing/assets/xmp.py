"""The story as an XMP packet, which JPEG, WebP and MP4 all carry; a packet that is already there is kept and extended.

Sources: XMP specification part 1 (ISO 16684-1) for the packet, IPTC photo metadata for `DigitalSourceType`.
"""

import re
from xml.sax.saxutils import escape, unescape

from danqing.assets.story import caption, dump, parse, software
from danqing.domain.ports import Story

_END = b"</rdf:RDF>"
_OURS = re.compile(rb'<rdf:Description rdf:about="" xmlns:danqing=.*?</rdf:Description>', re.DOTALL)
_RECIPE = re.compile(rb"<danqing:recipe>(.*?)</danqing:recipe>", re.DOTALL)
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>'
    '</x:xmpmeta><?xpacket end="w"?>'
).encode()
_DESCRIPTION = (
    '<rdf:Description rdf:about="" xmlns:danqing="urn:danqing:story/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    "{properties}</rdf:Description>"
)
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def packet(story: Story, old: bytes = b"") -> bytes | None:
    """A packet with the story in place of an earlier one. None when the old packet cannot be extended.

    What others said in the old packet stays; we only add what they left unsaid.
    """
    base = _OURS.sub(b"", old) if old else _EMPTY
    if _END not in base:
        return None
    unsaid = "".join(text for name, text in _for_viewers(story).items() if name.encode() not in base)
    recipe = f"<danqing:recipe>{escape(dump(story))}</danqing:recipe>"
    ours = _DESCRIPTION.format(properties=unsaid + recipe).encode()
    head, _, tail = base.rpartition(_END)
    return head + ours + _END + tail


def read(packet: bytes) -> dict[str, object] | None:
    """The story in a packet, if there is one."""
    recipes = _RECIPE.findall(packet)
    return parse(unescape(recipes[-1].decode(errors="replace"))) if recipes else None


def _for_viewers(story: Story) -> dict[str, str]:
    made = "algorithmicMedia" if story.get("engine") == "sketch" else "trainedAlgorithmicMedia"
    alternatives = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(caption(story))}</rdf:li></rdf:Alt>'
    return {
        "dc:description": f"<dc:description>{alternatives}</dc:description>",
        "xmp:CreatorTool": f"<xmp:CreatorTool>{escape(software(story))}</xmp:CreatorTool>",
        "DigitalSourceType": (f"<Iptc4xmpExt:DigitalSourceType>{_SOURCE_TYPE}{made}</Iptc4xmpExt:DigitalSourceType>"),
    }
