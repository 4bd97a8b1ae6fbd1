"""Pictures to numbers: safe decoding, backbones, embeddings."""
