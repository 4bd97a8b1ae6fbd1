"""Results per picture: the job that computes what is missing, and the shards that keep the results."""
