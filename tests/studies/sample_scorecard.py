"""A scorecard with every kind of claim, long texts, odd characters and many lives; no study's."""

import hashlib

CONDITIONS = ("BP", "FA", "FA, noise")
SIZES = (100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200)
NETWORKS = 10
COMMAND = "ontogeny study run sample --panel {} --networks 10 --device cpp"
ODD = "Odd: <b>\"a & b\"</b> | `c` *d* _e_ [f](g) $h$ ~i~ \\ ä 試 … <script>alert('no')</script>"


def lives():
    """Return 300 lives, and their names by the keys of panels."""
    found, keys = {}, {}
    for condition in CONDITIONS:
        for size in SIZES:
            for network in range(NETWORKS):
                key = f"{condition} / {size} / {network}"
                digest = hashlib.sha256(key.encode()).hexdigest()
                first = f"{condition} / {SIZES[0]} / {network}"
                parents = [keys[first][:16]] if condition == "FA, noise" and key != first else []
                found[digest[:16]] = {
                    "label": f"{condition}, {size} training stimuli, network {network}",
                    "digest": digest,
                    "description": f"{condition}-{size}",
                    "parents": parents,
                    "seed": network,
                }
                keys[key] = digest[:16]
    return found, keys


def part(label, verdict, value=None, *, low=None, high=None, unit="", effect=None, tests=(), **_):
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "interval": None if low is None else [low, high],
        "effect_size": None if effect is None else {"name": "d_z", "value": effect},
        "tests": list(tests),
        "verdict": verdict,
        "rule": "reproduced if the sign is as expected and P < 0.001 in both tests",
    }


def tested(statistic, probability, paired_statistic, paired_probability):
    return [
        {
            "test": "two-sample t test",
            "paired": False,
            "n": [10, 10],
            "statistic": statistic,
            "p_value": probability,
        },
        {
            "test": "paired t test",
            "paired": True,
            "n": 10,
            "statistic": paired_statistic,
            "p_value": paired_probability,
        },
    ]


def claim(name, panel, text, published, parts, lives=(), *, inferred=(), note="", rule=None):
    first = parts[0] if parts else part("", "not run")
    order = ("not reproduced", "direction only", "reproduced")
    worst = next((v for v in order for p in parts if p["verdict"] == v), "not run")
    return {
        "id": name,
        "panel": panel,
        "claim": text,
        "published": published,
        **{key: first[key] for key in ("value", "unit", "interval", "effect_size", "tests")},
        "verdict": worst,
        "rule": first["rule"] if rule is None else rule,
        "parts": parts,
        "inferred": list(inferred),
        "note": note,
        "command": COMMAND.format(panel) if panel else "",
        "lives": list(lives),
    }


def claims(keys):
    def at(*sizes, conditions=CONDITIONS):
        return [keys[f"{c} / {s} / {n}"] for c in conditions for s in sizes for n in range(10)]

    noise = [
        part(
            "weight alignment after noise - at birth",
            "reproduced",
            -22.843,
            low=-24.41,
            high=-21.27,
            unit="degree",
            effect=-10.4,
            tests=tested(-31.2, 3.2e-17, -33.0, 1.1e-10),
        ),
        part("at birth - 90°", "reproduced", -0.412, low=-1.93, high=1.11, unit="degree"),
    ]
    speed = part(
        "learning speed, FA with noise - FA",
        "reproduced",
        11.42,
        low=10.6,
        high=12.2,
        unit="%",
        effect=9.87,
        tests=tested(18.4, 4e-13, 31.2, 0.0),
    )
    error = [
        part(
            f"generalisation error, {size} training stimuli",
            "direction only" if size < 800 else "reproduced",
            -0.0031 * index,
            low=-0.0043 * index,
            high=-0.0019 * index,
            unit="1",
            effect=-1.2 - 0.2 * index,
            tests=tested(-2.1 - index, 0.04 / 10**index, -2.8 - index, 0.02 / 10**index),
        )
        for index, size in enumerate(SIZES, start=1)
    ]
    after = part(
        "final alignment, noise after data - without",
        "not reproduced",
        3.1,
        low=2.2,
        high=4.0,
        unit="degree",
        effect=2.3,
        tests=tested(4.4, 3e-4, 7.7, 3e-5),
    )
    lonely = part("final accuracy (expected at least 2 networks)", "not run", 0.913, unit="1")
    absent = part("no such networks here", "not run") | {"rule": "not run"}
    words = "Random noise pretraining aligns forward weights to fixed synaptic feedback"
    return [
        claim(
            "A2",
            "1d",
            f"{words}: the angle falls below that of the untrained network.",
            "P < 0.001, n = 10, two-sample t test; means are not given",
            noise,
            at(100),
            inferred=("Adam, rate 1e-4", "512 000 noise patterns", "He weights"),
        ),
        claim("A5", "2b", "Learning is faster.", "P < 0.001", [speed], at(*SIZES)),
        claim(
            "A6",
            "2b",
            "The generalisation error is lower for every training-set size. " + 4 * f"{words}. ",
            "lower for all sizes (figure only)",
            error,
            at(*SIZES),
            note="With few stimuli the interval holds 0; " + 6 * "the paper gives no numbers. ",
        ),
        claim("A7 (b)", "3a/ü", ODD, ODD, [after], at(200), inferred=(ODD,), note=ODD, rule=ODD),
        claim(
            "A8",
            "3a/ü",
            "One network only.",
            None,
            [lonely],
            at(400)[:1],
        ),
        claim("A19", "", "Convolutional networks.", "87.3 %", [absent], rule="not run"),
    ]


def scorecard():
    """Return a scorecard as a study would make it."""
    found, keys = lives()
    return {
        "study": "sample",
        "title": "Pretraining with random noise, as it might have been",
        "citation": "Author, A., Bäcker, B. & Çelik, C. (2024). A title with <angles> & signs. "
        "Journal of Samples 37, 13748-13768.",
        "link": "https://example.org/a?b=1&c=2",
        "settings": {"networks": 10, "seed": 0, "device": "cpp", "sizes": list(SIZES)},
        "claims": claims(keys),
        "panels": [
            {
                "name": name,
                "title": title,
                "rows": rows,
                "alt": f"{title}. The mean angle falls from 88.8° at birth to 66.0° after noise; "
                "backpropagation, the control, stays at 88.7°. " + ("" if name == "1d" else ODD),
                "lives": keys,
            }
            for name, title, rows in (
                ("1d", "Weight alignment during noise", ["A2"]),
                ("2b", "Learning speed and generalisation", ["A5", "A6"]),
                ("3a/ü", "Noise after data", ["A7 (b)", "A8"]),
            )
        ],
        "lives": found,
        "descriptions": {
            **{
                f"{c}-{s}": {"network": f"net-{c}", "schedule": f"size-{s}", "trials": 64}
                for c in CONDITIONS
                for s in SIZES
            },
            **{f"net-{c}": {"sizes": [784, 100, 10], "rule": c} for c in CONDITIONS},
            **{f"size-{s}": {"phases": ["noise", ODD], "training": s} for s in SIZES},
        },
        "run": {
            "command": COMMAND.format("1d --panel 2b --panel 3a"),
            "date": "2026-01-02",
            "seconds": 7421.5,
            "seconds_of_lives": 13880.0,
            "sources": ["0123456789abcdef"],
            "machine": {"processor": "Some processor at 2.5 GHz", "cores": 2},
            "versions": {"ontogeny": "0.1.0", "numpy": "2.3.1"},
            "workers": 2,
            "seconds_by_panel": {"1d": 812.4, "2b": 6001.0, "3a/ü": 608.1},
        },
    }
