"""Named models: Magenta's sizes, the paper's, and this project's for small machines.

Presets carry Magenta's names and sizes. Those of one bar, and the `small` and `medium`
ones of 16 bars, are this project's: small learns on two CPU cores, medium fits a
quarter of an hour of a GPU, and 60 MB in half precision. Where the paper and Magenta's
code differ, the paper's own figures are the `paper-*` presets: a flat decoder of 2 x
2048 (Magenta: 3 x 2048) and a conductor projected to 512 outputs (Magenta: used
directly at its width, 1024). The paper's 130 melody classes (128 pitches, note-off,
rest) are 90 here, as in Magenta, so that one encoding serves every preset.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 4 and appendix.
.. [2] magenta/magenta 526d3eb1, `models/music_vae/configs.py`.
"""

import dataclasses

from explorer.config import Config, ModelConfig, TrainConfig
from explorer.encodings import EncodingName

_SCHEDULED = TrainConfig(
    max_beta=0.2,
    beta_rate=0.99999,
    sampling_schedule="inverse_sigmoid",
    sampling_rate=1000,
    max_transpose=5,
)
_LONG = TrainConfig(free_bits=256, max_beta=0.2)
_LONG_TRIO = dataclasses.replace(_LONG, batch_size=256)
_DRUMS = TrainConfig(
    free_bits=48,
    max_beta=0.2,
    sampling_schedule="inverse_sigmoid",
    sampling_rate=1000,
)
_SMALL = TrainConfig(
    batch_size=64,
    learning_rate=2e-3,
    lr_schedule="trapezoid",
    warmup_steps=200,
    initialisation="chrono",
    max_beta=0.02,
    beta_rate=0.9995,
    word_dropout=0.2,
    ema_decay=0.999,
    max_transpose=5,
)
_SMALL_DRUMS = dataclasses.replace(_SMALL, max_transpose=0)
_SMALL_TRIO = dataclasses.replace(_SMALL, batch_size=32)


_OWN_SIZES: dict[str, Config] = {
    config.name: config
    for config in (
        Config(
            name="cat-mel_2bar_small",
            train=_SCHEDULED,
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(512,),
                dec_rnn_size=(256, 256),
                z_size=256,
            ),
        ),
        Config(
            name="cat-mel_2bar_big",
            train=dataclasses.replace(_SCHEDULED, max_beta=0.5),
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(2048,),
                dec_rnn_size=(2048, 2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="flat-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                dec_rnn_size=(2048, 2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="hierdec-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                conductor_rnn_size=(1024, 1024),
                dec_rnn_size=(1024, 1024),
                z_size=512,
            ),
        ),
        Config(
            name="hier-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(1024,),
                enc_rnn_size=(1024,),
                conductor_rnn_size=(1024, 1024),
                dec_rnn_size=(1024, 1024),
                z_size=512,
            ),
        ),
        Config(
            name="cat-mel_1bar_small",
            train=_SMALL,
            model=ModelConfig(
                num_bars=1,
                enc_rnn_size=(192,),
                dec_rnn_size=(192, 192),
                z_size=128,
            ),
        ),
        Config(
            name="hier-mel_16bar_small",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(192,),
                enc_rnn_size=(512,),
                conductor_rnn_size=(512, 512),
                conductor_output_size=128,
                dec_rnn_size=(192, 192),
                z_size=512,
            ),
        ),
        Config(
            name="hierenc-mel_16bar_small",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(192,),
                enc_rnn_size=(512,),
                dec_rnn_size=(480, 480),
                z_size=512,
            ),
        ),
        Config(
            name="cat-mel_2bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(1024,),
                dec_rnn_size=(512, 512),
                z_size=256,
            ),
        ),
        Config(
            name="cat-mel_1bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=1,
                enc_rnn_size=(512,),
                dec_rnn_size=(512, 512),
                z_size=256,
            ),
        ),
        Config(
            name="hier-mel_16bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(512,),
                enc_rnn_size=(768,),
                conductor_rnn_size=(768, 768),
                conductor_output_size=256,
                dec_rnn_size=(512, 512),
                z_size=512,
            ),
        ),
        Config(
            name="hierenc-mel_16bar_medium",
            train=_SMALL,
            model=ModelConfig(
                num_bars=16,
                bar_enc_rnn_size=(512,),
                enc_rnn_size=(768,),
                dec_rnn_size=(880, 880),
                z_size=512,
            ),
        ),
        Config(
            name="cat-drums_1bar_small",
            train=_SMALL_DRUMS,
            model=ModelConfig(
                num_bars=1,
                encoding="drums",
                enc_rnn_size=(192,),
                dec_rnn_size=(192, 192),
                z_size=96,
            ),
        ),
        Config(
            name="hier-drums_16bar_small",
            train=_SMALL_DRUMS,
            model=ModelConfig(
                num_bars=16,
                encoding="drums",
                bar_enc_rnn_size=(192,),
                enc_rnn_size=(384,),
                conductor_rnn_size=(384, 384),
                conductor_output_size=96,
                dec_rnn_size=(192, 192),
                z_size=384,
            ),
        ),
        Config(
            name="cat-trio_1bar_small",
            train=_SMALL_TRIO,
            model=ModelConfig(
                num_bars=1,
                encoding="trio",
                enc_rnn_size=(256,),
                dec_rnn_size=(160, 160),
                z_size=192,
            ),
        ),
        Config(
            name="hier-trio_16bar_small",
            train=_SMALL_TRIO,
            model=ModelConfig(
                num_bars=16,
                encoding="trio",
                bar_enc_rnn_size=(256,),
                enc_rnn_size=(512,),
                conductor_rnn_size=(512, 512),
                conductor_output_size=192,
                dec_rnn_size=(160, 160),
                z_size=512,
            ),
        ),
        Config(
            name="paper-flat-mel_2bar",
            train=dataclasses.replace(_SCHEDULED, free_bits=48, sampling_rate=2000),
            model=ModelConfig(
                num_bars=2,
                enc_rnn_size=(2048, 2048),
                dec_rnn_size=(2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="paper-flat-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                dec_rnn_size=(2048, 2048),
                z_size=512,
            ),
        ),
        Config(
            name="paper-hierdec-mel_16bar",
            train=_LONG,
            model=ModelConfig(
                num_bars=16,
                enc_rnn_size=(2048, 2048),
                conductor_rnn_size=(1024, 1024),
                conductor_output_size=512,
                dec_rnn_size=(1024, 1024),
                z_size=512,
            ),
        ),
    )
}


def _other_music(
    name: str, like: str, encoding: EncodingName, train: TrainConfig
) -> Config:
    """The sizes of a melody preset for other music, as Magenta has them."""
    model = dataclasses.replace(_OWN_SIZES[like].model, encoding=encoding)
    return Config(name=name, model=model, train=train)


CONFIGS: dict[str, Config] = _OWN_SIZES | {
    config.name: config
    for config in (
        _other_music("cat-drums_2bar_small", "cat-mel_2bar_small", "drums", _DRUMS),
        _other_music("cat-drums_2bar_big", "cat-mel_2bar_big", "drums", _DRUMS),
        _other_music("hierdec-trio_16bar", "hierdec-mel_16bar", "trio", _LONG_TRIO),
        _other_music("hier-trio_16bar", "hier-mel_16bar", "trio", _LONG_TRIO),
    )
}

RECIPES: dict[str, TrainConfig] = {
    # What two CPU cores can learn in two hours; docs/training.md has the runs.
    "two-cores": TrainConfig(
        batch_size=64,
        learning_rate=2e-3,
        lr_schedule="cosine",
        num_steps=20_000,
        warmup_steps=200,
        initialisation="chrono",
        max_beta=0.2,
        beta_rate=0.99999,
        word_dropout=0.2,
        ema_decay=0.999,
        max_transpose=5,
    ),
}
"""Trainings other than the published ones, by name."""
