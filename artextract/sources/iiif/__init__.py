"""Works from IIIF: manifests, Collections, and images of any IIIF server (https://iiif.io)."""
