"""Sources of works: folders, tables, IIIF, Hugging Face, the National Gallery of Art, WikiArt, the demo."""
