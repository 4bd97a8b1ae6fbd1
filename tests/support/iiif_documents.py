"""IIIF documents that tests make, as small as they can be."""

import json
from typing import Any

IMAGE_2, IMAGE_3 = "http://iiif.io/api/image/2/level{}.json", "level{}"


def service(base: str, version: int = 2, level: int = 2, **more: Any) -> dict[str, Any]:
    """An image service as manifests have it."""
    if version == 3:
        return {"id": base, "type": "ImageService3", "profile": IMAGE_3.format(level)} | more
    profile = IMAGE_2.format(level)
    if version == 1:
        profile = f"http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level{level}"
    return {"@context": f"http://iiif.io/api/image/{version}/context.json", "@id": base, "profile": profile} | more


def body(address: str, *services: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A picture on a canvas."""
    return {"id": address, "type": "Image", "format": "image/jpeg", "service": list(services)} | more


def canvas(address: str, *bodies: dict[str, Any], size: tuple[int, int] = (800, 600), **more: Any) -> dict[str, Any]:
    """A canvas of Presentation 3; each body is painted on all of it, or on its `target`."""
    painted = [
        {"type": "Annotation", "motivation": "painting", "body": item, "target": item.pop("target", address)}
        for item in bodies
    ]
    page = {"id": f"{address}/page", "type": "AnnotationPage", "items": painted}
    return {"id": address, "type": "Canvas", "width": size[0], "height": size[1], "items": [page]} | more


def manifest(address: str, *canvases: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A manifest of Presentation 3."""
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": address,
        "type": "Manifest",
        "items": list(canvases),
    } | more


def painting(host: str, name: str, **more: Any) -> dict[str, Any]:
    """A manifest at `https://HOST/NAME/manifest.json` with one canvas, whose image has a level 2 service."""
    base = f"https://{host}/{name}"
    picture = body(f"{base}/image/full/max/0/default.jpg", service(f"{base}/image"))
    return manifest(f"{base}/manifest.json", canvas(f"{base}/canvas/1", picture), label={"en": [name]}, **more)


def old_manifest(address: str, *canvases: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A manifest of Presentation 2."""
    return {"@id": address, "@type": "sc:Manifest", "sequences": [{"canvases": list(canvases)}]} | more


def old_canvas(address: str, *resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A canvas of Presentation 2 of 800 × 600."""
    images = [{"@type": "oa:Annotation", "motivation": "sc:painting", "resource": item} for item in resources]
    return {"@id": address, "@type": "sc:Canvas", "width": 800, "height": 600, "images": images} | more


def as_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
