"""Where works come from: any folder, the ArtGAN WikiArt lists, the National Gallery, the demo."""
