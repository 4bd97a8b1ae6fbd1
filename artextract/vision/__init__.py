"""Safe decoding of pictures, backbones, and embeddings."""
