"""Networks that embed pictures and text in one space, such as CLIP and SigLIP 2.

Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021;
Tschannen et al., "SigLIP 2: multilingual vision-language encoders", arXiv:2502.14786.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from artextract.errors import missing_package


class DualEncoder(nn.Module):
    """Embeds pictures as a module, and text in the same space by `embed_text`."""

    def __init__(self, folder: Path) -> None:
        """Load `model.safetensors` and `COMPANIONS` from a folder. ArtExtractError if transformers is missing."""
        super().__init__()
        try:
            from transformers import AutoModel, AutoTokenizer
        except ImportError as error:
            raise missing_package("A network that embeds text (CLIP, SigLIP 2)", "transformers", "hub") from error

        local = {"local_files_only": True, "trust_remote_code": False}
        self.model: Any = AutoModel.from_pretrained(folder, dtype=torch.float32, use_safetensors=True, **local)
        if not hasattr(self.model, "get_text_features"):
            raise ValueError("the model has no text encoder")
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **local)
        self._length = int(self.model.config.text_config.max_position_embeddings)

    def forward(self, batch: Tensor) -> Tensor:
        """Embeddings float32 [n, dimension] of normalised pictures float32 [n, 3, size, size]."""
        return self.model.get_image_features(pixel_values=batch).pooler_output

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Embeddings of texts: float32 [texts, dimension]. Case does not matter."""
        # All texts have one length: SigLIP was trained that way and has no mask.
        tokens = self._tokenizer(
            [text.lower() for text in texts],
            padding="max_length",
            max_length=self._length,
            truncation=True,
            return_tensors="pt",
        )
        names = ["input_ids"] + ["attention_mask"] * self.model.config.model_type.startswith("clip")
        inputs = {name: tokens[name].to(self.model.device) for name in names}
        return self.model.get_text_features(**inputs).pooler_output
