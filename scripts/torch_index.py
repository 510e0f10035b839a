"""Print the pip options that fetch the PyTorch build this computer can use.

PyTorch's Linux wheels on the package index bring about 2.7 GB of CUDA libraries.
Without an NVIDIA GPU the CPU build (0.2 GB) from PyTorch's own index is the right
one; with an extra index, pip prefers it, because `2.13.0+cpu` sorts above `2.13.0`.
Windows and macOS wheels are CPU builds already.

The environment variable TORCH_INDEX overrides the choice: an index URL, or `none`
for whatever pip finds. When PyTorch's index does not answer, nothing is printed and
pip uses its own configuration.

Only the standard library: it runs before anything is installed.
"""

import os
import shutil
import sys
import urllib.request

CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def answers(url: str) -> bool:
    """Whether the index can be reached within a few seconds."""
    try:
        with urllib.request.urlopen(f"{url}/torch/", timeout=5):
            return True
    except OSError:
        return False


def pip_options() -> str:
    """`--extra-index-url URL`, or nothing."""
    chosen = os.environ.get("TORCH_INDEX", "")
    if chosen:
        return "" if chosen == "none" else f"--extra-index-url {chosen}"
    has_gpu = shutil.which("nvidia-smi") is not None
    if sys.platform != "linux" or has_gpu or not answers(CPU_INDEX):
        return ""
    return f"--extra-index-url {CPU_INDEX}"


if __name__ == "__main__":
    print(pip_options())
