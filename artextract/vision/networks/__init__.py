"""Run networks on a processor by ONNX Runtime, or by PyTorch."""
