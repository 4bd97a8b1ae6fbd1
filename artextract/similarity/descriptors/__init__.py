"""Visual descriptors: palette, composition and texture."""
