"""How picture files become pixels: colours, TIFFs of rare kinds, and JPEGs that miss their end."""
