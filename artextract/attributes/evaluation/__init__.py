"""How good a model of the attributes is: questions, figures, baselines, trust."""
