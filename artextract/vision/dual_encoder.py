"""Networks that see pictures and read words into one embedding: CLIP, SigLIP 2 and their like.

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
    """Pictures to embeddings as a module; words to embeddings of the same space by `read`."""

    def __init__(self, folder: Path) -> None:
        """Load what transformers kept in a folder: `model.safetensors` and
        `weights.COMPANIONS`.

        Raises:
            ArtExtractError: transformers is not installed.
            Exception: whatever transformers raises where the files aren't such a model.
        """
        super().__init__()
        try:
            from transformers import AutoModel, AutoTokenizer
        except ImportError as error:
            raise missing_package("A network that reads words (CLIP, SigLIP 2)", "transformers", "hub") from error

        alone = {"local_files_only": True, "trust_remote_code": False}
        self.model: Any = AutoModel.from_pretrained(folder, dtype=torch.float32, use_safetensors=True, **alone)
        if not hasattr(self.model, "get_text_features"):
            raise ValueError("it reads no words")
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **alone)
        self._length = int(self.model.config.text_config.max_position_embeddings)

    def forward(self, batch: Tensor) -> Tensor:
        """Embeddings float32 [n, dimension] of normalised pictures float32 [n, 3, size, size]."""
        return self.model.get_image_features(pixel_values=batch).pooler_output

    def read(self, texts: Sequence[str]) -> Tensor:
        """Embeddings float32 [texts, dimension] of words, in any case."""
        # All to one length: SigLIP was trained so, and knows no mask.
        tokens = self._tokenizer(
            [text.lower() for text in texts],
            padding="max_length",
            max_length=self._length,
            truncation=True,
            return_tensors="pt",
        )
        known = {name: tokens[name].to(self.model.device) for name in ("input_ids",)}
        if self.model.config.model_type.startswith("clip"):
            known["attention_mask"] = tokens["attention_mask"].to(self.model.device)
        return self.model.get_text_features(**known).pooler_output
