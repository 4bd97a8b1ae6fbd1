"""What is computed of pictures: found missing, computed in parts, kept in shards."""
