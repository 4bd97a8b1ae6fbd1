"""Indexes of vectors: FAISS in this process, or Milvus."""
