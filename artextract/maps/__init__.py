"""Maps: 2-D projections of embeddings."""
